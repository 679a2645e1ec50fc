"""The Models page: cards, star, rename, delete and undo, import; its parts: test_modelling."""

import io
import json
import zipfile

import pytest

from core.learning.network_config import Dense, Flatten, NetworkConfig
from core.learning.networks import build_network
from core.learning.saved_models import find_model, list_models, save_model, weights_bytes
from core.learning.shelf import bring_in, starred, take_out
from core.sound.images import LOG_MEL

CONFIG = NetworkConfig((Flatten(), Dense(4)))


@pytest.fixture
def kept():
    """Return the key of a small model whose name wants to be markup."""
    model = build_network(CONFIG, LOG_MEL.shape, 10, seed=0)
    card = {"name": "<b>mine</b> **", "network": CONFIG, "image": LOG_MEL, "n_answers": 10}
    return save_model(card, weights_bytes(model)).name


def press(app, key):
    return app.button(key=key).click().run()


def test_the_shipped_model_is_shown_with_both_numbers_and_cannot_be_changed(open_page, whole):
    app = open_page("models")
    whole(app)
    assert [m.label for m in app.metric] == [
        "Speakers it knows, takes it does not",
        "Speakers it has never heard",
    ]
    assert "delete" not in [b.key for b in app.button]


def test_a_model_is_starred(open_page, whole, kept):
    app = open_page("models", model=kept)
    press(app, "star")
    whole(app)
    assert starred() == kept
    assert app.button(key="star").disabled


def test_a_deleted_model_comes_back_at_undo(open_page, whole, kept):
    app = open_page("models", model=kept)
    press(app, "delete")
    whole(app)
    assert [m.key for m in list_models()[0]] == ["shipped"]
    undo = next(b for b in app.button if b.label == "Undo")
    undo.click().run()
    whole(app)
    assert find_model(kept).card.name == "<b>mine</b> **"


def test_a_model_is_renamed(open_page, whole, kept):
    app = open_page("models", model=kept)
    app.text_input[0].set_value("ours")
    next(b for b in app.button if b.label == "Rename").click().run()
    whole(app)
    assert find_model(kept).card.name == "ours"


@pytest.mark.parametrize("first", [True, False])
def test_of_two_models_of_one_name_the_one_shown_is_deleted(open_page, kept, first):
    """A list sends the label that was pressed, not the key behind it."""
    twin = bring_in(take_out(kept)).key
    asked, other = (kept, twin) if first else (twin, kept)
    app = open_page("models", model=asked)
    assert len(set(app.selectbox(key="model-chosen").options)) == 3
    app.run()
    assert app.selectbox(key="model-chosen").value == asked
    press(app, "delete")
    assert {m.key for m in list_models()[0]} == {"shipped", other}


def test_an_address_that_names_no_model_shows_the_starred_one(open_page, whole):
    app = open_page("models", model="../../etc")
    whole(app)
    assert app.selectbox(key="model-chosen").value == "shipped"


def test_a_model_comes_in_as_a_zip_and_nonsense_is_a_sentence(open_page, whole, words_on, kept):
    app = open_page("models")
    app.file_uploader(key="import-file").set_value(("m.zip", take_out(kept), "application/zip"))
    next(b for b in app.button if b.label == "Import").click().run()
    whole(app)
    assert {m.key for m in list_models()[0]} == {"shipped", kept, f"{kept}-2"}
    app.file_uploader(key="import-file").set_value(("x.zip", b"nonsense", "application/zip"))
    next(b for b in app.button if b.label == "Import").click().run()
    whole(app)
    assert "no whole zip" in words_on(app)


def test_a_damaged_model_is_told_and_the_others_stay(open_page, whole, words_on, kept):
    (find_model(kept).folder / "card.json").write_text(json.dumps({"format": 99}))
    app = open_page("models")
    whole(app)
    assert "newer version" in app.warning[0].value


def test_what_is_exported_is_a_card_and_weights(kept):
    with zipfile.ZipFile(io.BytesIO(take_out(kept))) as archive:
        assert archive.namelist() == ["card.json", "weights.safetensors"]
