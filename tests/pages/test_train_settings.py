"""Train's settings: each gives its part of the spec; what does not fit is a sentence."""

import math

import pytest

from core.errors import LabError
from core.learning.activations import ACTIVATIONS
from core.learning.initialisers import INITIALISERS
from core.learning.network_config import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.networks import NETWORKS
from core.learning.schedules import SCHEDULES
from core.sound.augmentation import AUGMENTATIONS
from pages.shared.controls import EPOCHS
from pages.shared.network_rows import KINDS, block_of, config_of_rows, rows_of
from pages.shared.steps import BATCH_SIZE, SCHEDULE


def press(app):
    return app.button(key="train").click().run()


def spec_after(open_page, whole, launcher, *settings):
    """Return the spec that is trained after some widgets were set."""
    app = open_page("train")
    for kind, key, value in settings:
        getattr(app, kind)(key=key).set_value(value).run()
    whole(app)
    press(app)
    return launcher.specs[0]


def test_the_page_begins_with_what_was_chosen_by_validation(open_page, whole, launcher):
    spec = spec_after(open_page, whole, launcher)
    assert (spec.epochs, spec.batch_size, spec.schedule) == (EPOCHS, BATCH_SIZE, SCHEDULE)
    assert spec.network == "seed"
    assert not spec.augment
    assert (spec.patience, spec.stop_score, spec.stop_seconds) == (0, None, None)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_can_be_chosen_and_says_what_it_does(open_page, words_on, launcher, name):
    app = open_page("train")
    app.selectbox(key="schedule").set_value(name).run()
    assert SCHEDULES[name].summary in words_on(app)
    press(app)
    assert launcher.specs[0].schedule == name


@pytest.mark.parametrize("name", INITIALISERS)
def test_every_initialiser_can_be_chosen_bad_ones_too(open_page, whole, launcher, name):
    spec = spec_after(open_page, whole, launcher, ("selectbox", "initialiser-seed", name))
    assert spec.network_config.initialiser == name
    # the network is called by its name only where nothing of it was changed
    assert isinstance(spec.network, str) == (name == NETWORKS["seed"].config.initialiser)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_every_augmentation_can_be_chosen_alone(open_page, whole, words_on, launcher, name):
    app = open_page("train")
    app.toggle(key="augment").set_value(True).run()
    app.multiselect(key="augmentations").set_value([name]).run()
    whole(app)
    assert AUGMENTATIONS[name].summary in words_on(app)
    press(app)
    assert launcher.specs[0].augmentations == (name,)
    assert launcher.specs[0].augment


def test_without_augmentation_no_change_is_asked_for(open_page, whole, launcher):
    settings = [
        ("toggle", "augment", True),
        ("multiselect", "augmentations", ["room"]),
        ("toggle", "augment", False),
    ]
    spec = spec_after(open_page, whole, launcher, *settings)
    assert spec.augmentations == ()


def test_stops_decay_signals_and_shares_come_into_the_spec(open_page, whole, launcher):
    settings = [
        ("slider", "patience", 4),
        ("select_slider", "stop-score", 0.97),
        ("select_slider", "stop-seconds", 60.0),
        ("select_slider", "weight-decay-seed", 0.01),
        ("select_slider", "train-share", 0.25),
        ("selectbox", "test-takes", "random"),
        ("toggle", "signals", False),
    ]
    spec = spec_after(open_page, whole, launcher, *settings)
    assert (spec.patience, spec.stop_score, spec.stop_seconds) == (4, 0.97, 60.0)
    assert spec.network_config.weight_decay == 0.01
    assert (spec.train_share, spec.split, spec.signals) == (0.25, "random", False)


def test_some_speakers_train_and_another_is_left_out(open_page, launcher):
    app = open_page("train")
    names = app.multiselect(key="left-out").options
    app.multiselect(key="left-out").set_value([names[0]]).run()
    assert names[0] not in app.multiselect(key="train-speakers").options
    app.multiselect(key="train-speakers").set_value([names[1], names[2]]).run()
    press(app)
    assert launcher.specs[0].split == f"speaker:{names[0]}"
    assert launcher.specs[0].train_speakers == (names[1], names[2])


@pytest.mark.parametrize("network", NETWORKS)
def test_shapes_and_numbers_stand_there_before_anything_is_built(
    open_page, whole, words_on, network
):
    app = open_page("train")
    app.selectbox(key="network").set_value(network).run()
    whole(app)
    layers = NETWORKS[network].layers((40, 51, 1))
    assert f"{sum(x.parameters for x in layers):,} numbers" in words_on(app)
    table = next(d.value for d in app.dataframe if "Numbers" in d.value)
    assert [*table["Layer"]] == ["the picture", *(x.words for x in layers)]
    assert [*table["Numbers"]] == [0, *(x.parameters for x in layers)]


def test_the_layers_can_be_changed_in_a_table(open_page, whole, launcher):
    settings = [("toggle", "edit-seed", True)]
    spec = spec_after(open_page, whole, launcher, *settings)
    assert spec.network == "seed"  # shown for editing, and not edited


def test_an_impossible_network_is_told_and_the_other_settings_stay(
    open_page, whole, words_on, launcher, monkeypatch
):
    app = open_page("train")
    app.slider(key="patience").set_value(7).run()
    app.toggle(key="edit-seed").set_value(True).run()
    rows = [{"layer": "Flatten"}, {"layer": "Convolution"}]
    monkeypatch.setattr(
        "pages.shared.network_editor.rows_of", lambda config: rows
    )  # AppTest cannot type into the table
    app.run()
    whole(app)
    told = " ".join(t.value for t in app.text)
    assert "Layer 2 (conv_1): it needs an image" in told
    assert "This network cannot be built. Change it under" in told
    assert not [b for b in app.button if b.key == "train"]
    assert app.slider(key="patience").value == 7


# Rows of the table.


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_survives_its_table(network):
    config = NETWORKS[network].config
    assert config_of_rows(rows_of(config), config.initialiser, config.weight_decay) == config


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_row_has_a_block_and_every_block_a_row(kind):
    assert block_of({"layer": kind}) == KINDS[kind]
    gaps = {"n": math.nan, "size": None, "activation": None, "batch norm": None}
    assert block_of({"layer": kind, **gaps}) == KINDS[kind]
    config = NetworkConfig((KINDS[kind],))
    assert config_of_rows(rows_of(config), "glorot", 0.0) == config


def test_every_setting_of_a_block_survives_its_row():
    blocks = (
        Convolution(7, 5, 2, "valid", "elu", True),
        Pooling(3, "average"),
        Dropout(0.4),
        GlobalPooling("max"),
        Dense(9, "sigmoid"),
        Flatten(),
    )
    config = NetworkConfig(blocks, "tiny", 0.01)
    assert config_of_rows(rows_of(config), "tiny", 0.01) == config
    assert {*ACTIVATIONS} > {"elu", "sigmoid"}


def test_numbers_of_a_table_may_come_as_floats_and_rows_without_a_layer_are_passed_over():
    rows = [{"layer": None, "n": 3.0}, {"layer": "Convolution", "n": 8.0, "size": 3.0}]
    assert config_of_rows(rows, "he", 0.0).blocks == (Convolution(8, 3),)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "0 blocks: expected 1 to 30"),
        ([{"layer": "Flatten"}] * 31, "31 blocks"),
        ([{"layer": "Flatten"}, {"layer": "Dense", "n": 9999}], r"Layer 2 \(Dense\): units=9999"),
        ([{"layer": "Dropout", "rate": 1.5}], r"Layer 1 \(Dropout\): rate=1.5"),
        ([{"layer": "Convolution", "activation": "swish"}], "activation='swish'"),
        ([{"layer": "Pooling of mine"}], r"Layer 1 \(Pooling of mine\)"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(rows, sentence):
    with pytest.raises(LabError, match=sentence):
        config_of_rows(rows, "glorot", 0.0)
