"""Train: every choice gives a spec, every end of a run is shown, and a model can be kept."""

import errno
import json

import numpy as np
import pytest

from core.learning.examples import load_examples
from core.learning.history import Moment, record_of
from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.practice import USUAL
from core.learning.requests import read_requests
from core.learning.runs import create_run, find_run
from core.learning.saved_models import list_models
from core.learning.specs import RunSpec
from core.sound.datasets import open_dataset
from core.sound.images import PRESETS, WORD
from core.system import held
from core.voices.flags import mark, marks, undo
from core.voices.own import add_speaker
from core.voices.own import keep as keep_take
from pages.shared import cached
from pages.shared.steps import SCHEDULE


def press(app, key: str):
    """Press a button and let the page draw itself again."""
    return app.button(key=key).click().run()


def keep(app, name: str):
    """Fill in the form that keeps a model and send it."""
    app.text_input[-1].set_value(name)
    next(b for b in app.button if b.label == "Keep it").click()
    return app.run()


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_can_be_chosen(open_page, whole, words_on, launcher, network):
    app = open_page("train")
    app.selectbox(key="network").set_value(network).run()
    whole(app)
    assert NETWORKS[network].summary in words_on(app)
    press(app, "train")
    assert launcher.specs[0].network == network


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_can_be_chosen_with_its_own_rate(
    open_page, whole, words_on, launcher, optimizer
):
    app = open_page("train")
    app.selectbox(key="optimizer").set_value(optimizer).run()
    whole(app)
    assert OPTIMIZERS[optimizer].summary in words_on(app)
    assert OPTIMIZERS[optimizer].update in app.latex[0].value
    press(app, "train")
    assert launcher.specs[0].optimizer == optimizer
    assert launcher.specs[0].rate == OPTIMIZERS[optimizer].learning_rate
    if optimizer == USUAL.optimizer:  # what a standby practises is what the page begins with
        begun = launcher.specs[0].with_changes(epochs=1, train_share=USUAL.train_share)
        assert begun == USUAL.with_changes(learning_rate=USUAL.rate, data=begun.data)


@pytest.mark.parametrize("image", PRESETS)
@pytest.mark.parametrize("augment", [False, True])
def test_every_image_can_be_chosen_with_and_without_augmentation(
    open_page, whole, launcher, image, augment
):
    app = open_page("train")
    app.toggle(key="augment").set_value(augment).run()
    app.selectbox(key="image").set_value(image).run()
    whole(app)
    press(app, "train")
    spec = launcher.specs[0]
    assert spec.image == PRESETS[image]
    assert spec.augment == (augment and PRESETS[image].has_room)  # else there is no room


def test_pressing_train_hands_over_what_was_chosen(open_page, whole, launcher):
    app = open_page("train")
    app.selectbox(key="network").set_value("strong").run()
    app.selectbox(key="optimizer").set_value("sgd").run()
    app.select_slider(key="rate-sgd").set_value(OPTIMIZERS["sgd"].learning_rate * 3.0)
    app.slider(key="epochs").set_value(3)
    app.select_slider(key="batch-size").set_value(128)
    app.number_input(key="seed").set_value(7)
    app.run()
    press(app, "train")
    whole(app)
    assert launcher.specs == [
        RunSpec(
            data=("synthetic",),
            network="strong",
            optimizer="sgd",
            learning_rate=OPTIMIZERS["sgd"].learning_rate * 3.0,
            epochs=3,
            batch_size=128,
            schedule=SCHEDULE,
            seed=7,
            image=WORD,
        )
    ]


def test_speakers_can_be_left_out(open_page, launcher):
    app = open_page("train")
    speakers = app.multiselect(key="left-out").options
    app.multiselect(key="left-out").set_value(speakers[2:3]).run()
    press(app, "train")
    app.multiselect(key="left-out").set_value(speakers[2:4]).run()
    press(app, "train")
    assert [spec.held_out_speakers for spec in launcher.specs] == [
        (speakers[2],),
        tuple(sorted(speakers[2:4])),
    ]


def own_voices(*names: str):
    """Keep a take of each digit by some people."""
    for i, name in enumerate(names):
        speaker = add_speaker(name)
        for digit in range(10):
            y = np.random.default_rng(10 * i + digit).uniform(-0.2, 0.2, 3200)
            keep_take(speaker.folder, digit, y.astype(np.float32))


def test_own_voices_train_beside_another_data_set_with_classmates_left_out(
    open_page, whole, launcher
):
    own_voices("Anna/1", "李明", "<b>x</b>")
    app = open_page("train")
    app.selectbox(key="dataset").set_value("own").run()
    whole(app)
    app.multiselect(key="further").set_value(["synthetic"]).run()
    app.multiselect(key="left-out").set_value(["Anna/1", "李明"]).run()
    whole(press(app, "train"))
    assert launcher.specs[0].data == ("own", "synthetic")
    shared = open_page("train", data="own", further=cached.title_of("synthetic"))
    assert shared.multiselect(key="further").value == ["synthetic"]
    examples = load_examples(launcher.specs[0])
    unseen = {examples.recordings[i].speaker for i in examples.split.unseen}
    assert unseen == {"Anna/1", "李明"}
    trained = {examples.recordings[i].speaker for i in examples.split.train}
    assert "<b>x</b>" in trained
    assert unseen.isdisjoint(trained)


def test_without_own_voices_nothing_is_offered_beside(open_page):
    keys = [m.key for m in open_page("train").multiselect]
    assert keys == ["left-out", "train-speakers", "augmentations"]


def test_what_is_excluded_is_told_with_its_reason(open_page, whole, words_on):
    recordings = [r for r in open_dataset("synthetic").recordings if r.digit is not None]
    mark(recordings[0], "flag", "only flagged", "x")
    app = open_page("train")
    assert "not trained on" not in words_on(app)
    for recording in recordings[:2]:
        mark(recording, "exclude", "two <b>words</b>", "x")
    app = app.run()
    whole(app)
    text = words_on(app)
    assert "2 recordings are excluded and not trained on" in text
    assert "two \\<b\\>words" in text
    assert "only flagged" not in text
    undo(marks()[-1].key)
    assert "1 recording is excluded" in words_on(app.run())


def test_the_address_names_the_run_that_was_started(open_page):
    app = press(open_page("train"), "train")
    assert find_run(app.query_params["run"]) is not None
    assert "tarting" in app.get("progress")[0].proto.text


def test_a_full_queue_refuses_another_in_one_sentence(open_page, whole, words_on, busy_launcher):
    app = press(open_page("train"), "train")
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert "wait already" in words_on(app)


HISTORIES = {
    "Healthy": {},
    "Overfitting": {"validation": lambda i: 0.6},
    "Underfitting": {"train": lambda i: 0.3, "validation": lambda i: 0.3},
    "Too slow": {"train": lambda i: 0.1 * i, "validation": lambda i: 0.1 * i},
}


@pytest.mark.parametrize("verdict", HISTORIES)
def test_a_finished_run_is_shown_with_its_verdict(open_page, words_on, make_run, verdict):
    make_run(**HISTORIES[verdict])
    assert f"**{verdict}:" in words_on(open_page("train"))


def test_too_few_epochs_are_not_judged(open_page, words_on, make_run):
    make_run(n_epochs=2)
    assert "Could not judge yet" in words_on(open_page("train"))


def test_a_score_stands_with_its_sample_interval_and_protocol(open_page, words_on, make_run):
    make_run()
    text = words_on(open_page("train"))
    assert "97.0%" in text
    assert "291 of 300" in text
    assert "94.4% to 98.4%" in text
    assert "first takes of every speaker" in text


def test_a_score_that_was_not_measured_is_not_zero(open_page, make_run):
    make_run()
    app = open_page("train")
    assert [m.value for m in app.metric] == ["97.0%", "not measured"]


def test_a_failed_run_says_why_in_one_sentence(open_page, words_on, make_run):
    make_run(end="failed", problem="The memory ran out. Choose a smaller batch.", n_epochs=0)
    text = words_on(open_page("train"))
    assert text.count("This did not work") == 1
    assert "The memory ran out. Choose a smaller batch." in text
    assert "Keep it" not in text


def test_an_interrupted_run_says_so_and_can_be_kept(open_page, words_on, make_run):
    run = make_run(end=None, n_epochs=3)
    checkpoint(run, 3)
    app = open_page("train")
    assert "was interrupted" in words_on(app)
    assert "Its best epoch can be kept, and it can go on after epoch 3." in words_on(app)
    app = keep(app, "half a model")
    assert [m.card.name for m in list_models()[0] if not m.shipped] == ["half a model"]


def test_a_stopped_run_can_be_kept(open_page, whole, words_on, make_run):
    make_run(end="stopped", n_epochs=3)
    app = keep(open_page("train"), "stopped early")
    whole(app)
    assert "Kept as stopped-early" in words_on(app)
    assert [m.key for m in list_models()[0] if not m.shipped] == ["stopped-early"]


def test_keeping_twice_under_one_name_loses_neither(open_page, words_on, make_run):
    make_run()
    app = keep(open_page("train"), "mine")
    app = keep(app, "mine")
    assert sorted(m.key for m in list_models()[0] if not m.shipped) == ["mine", "mine-2"]


@pytest.mark.parametrize("name", ["", "   ", "../../etc/passwd", "shipped", "**x** <script>", "七"])
def test_any_name_keeps_a_model_inside_the_data_folder(
    open_page, whole, words_on, make_run, data_folder, name
):
    make_run()
    app = keep(open_page("train"), name)
    whole(app)
    (model,) = [m for m in list_models()[0] if not m.shipped]
    assert model.folder.parent == data_folder / "models"
    assert model.key != "shipped"
    assert "<script>" not in words_on(app)


def asked_of(run) -> list[tuple[str, float | None]]:
    return [(r.kind, r.rate) for r in read_requests(run.requests)]


def test_a_running_run_shows_how_far_it_is_and_can_be_stopped(open_page, whole, make_run):
    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    with held(run.lock):
        app = open_page("train")
        assert "epoch 5 of 10" in app.get("progress")[0].proto.text
        press(app, "stop")
        whole(app)
        assert run.stop_asked()


def test_a_line_tells_the_loss_at_the_start_the_rate_and_the_seconds_an_epoch(
    open_page, words_on, make_run
):
    guess = "Loss at the start: 2.31 (a guess among 10 answers gives ln 10 = 2.30)."
    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    with held(run.lock):
        words = words_on(open_page("train"))
    assert f"{guess} Learning rate in force: 0.001. 2 s an epoch." in words
    make_run(spec=RunSpec(epochs=8, non_digits=True))
    words = words_on(open_page("train"))
    assert "a guess among 11 answers gives ln 11 = 2.40" in words
    assert "Learning rate at the end: 0.001. 2 s an epoch." in words
    make_run(end=None, n_epochs=0)
    words = words_on(open_page("train"))
    assert guess in words
    assert "s an epoch" not in words


def test_a_run_that_is_scored_has_no_epoch_to_come(open_page, make_run):
    run = make_run(end=None, n_epochs=10, spec=RunSpec(epochs=10))
    with held(run.lock):
        bar = open_page("train").get("progress")[0].proto
        assert bar.text == "Training"  # its last epoch has just ended
        run.write("phase", phase="scoring")
        bar = open_page("train").get("progress")[0].proto
    assert (bar.text, bar.value) == ("Scoring", 100)


def test_while_the_last_epoch_is_validated_it_is_still_that_epoch(open_page, make_run):
    run = make_run(end=None, n_epochs=9, spec=RunSpec(epochs=10))
    run.write(**record_of(Moment(260, 10.0, 0.1, 0.9)))
    with held(run.lock):
        text = open_page("train").get("progress")[0].proto.text
    assert text == "Training, epoch 10 of 10"


@pytest.mark.parametrize("what", ["pause", "step"])
def test_a_running_run_can_be_paused_and_take_one_step(open_page, whole, make_run, what):
    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    with held(run.lock):
        app = press(open_page("train"), what)
        whole(app)
    assert asked_of(run) == [(what, None)]


def test_a_paused_run_says_so_and_can_go_on(open_page, whole, make_run):
    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    run.write("request", request="pause", number=0, step=104, epoch=4.0)
    with held(run.lock):
        app = open_page("train")
        assert "aused" in app.get("progress")[0].proto.text
        assert not any(b.key == "pause" for b in app.button)
        press(app, "continue")
        whole(app)
    assert asked_of(run) == [("continue", None)]


def test_the_learning_rate_can_be_changed_on_the_way(open_page, whole, words_on, make_run):
    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    with held(run.lock):
        app = open_page("train")
        assert "In force: 0.001" in words_on(app)
        app.number_input(key=f"new-rate-{run.name}").set_value(0.0123).run()
        press(app, "set-rate")
        whole(app)
        assert asked_of(run) == [("rate", 0.0123)]
        run.write("request", request="rate", rate=0.0123, number=0, step=104, epoch=4.0)
        assert "In force: 0.0123" in words_on(app.run())


def test_the_rate_of_one_run_is_not_offered_to_another(open_page, make_run):
    one, other = (
        make_run(end=None, n_epochs=0, spec=RunSpec(optimizer=name, learning_rate=rate, epochs=8))
        for name, rate in (("adam", 0.001), ("sgd", 0.5))
    )
    with held(one.lock), held(other.lock):
        app = open_page("train", run=one.name)
        assert app.number_input(key=f"new-rate-{one.name}").value == 0.001
        app.query_params["run"] = other.name
        app.run()
        press(app, "set-rate")
    assert asked_of(other) == [("rate", 0.5)]


def test_a_run_goes_on_where_the_one_anew_is_refused(
    open_page, whole, words_on, make_run, busy_launcher
):
    run = make_run(end=None)
    busy_launcher.advance = lambda: None
    with held(run.lock):
        app = press(open_page("train", run=run.name), "start-over")
        whole(app)
    assert "no more are taken" in words_on(app)
    assert not asked_of(run)


def test_a_run_at_the_smallest_rate_that_can_be_chosen_has_its_controls(
    open_page, whole, words_on, make_run
):
    rate = 0.001 * OPTIMIZERS["rmsprop"].learning_rate
    spec = RunSpec(epochs=10, optimizer="rmsprop", learning_rate=rate)
    run = make_run(end=None, n_epochs=4, spec=spec)
    with held(run.lock):
        app = open_page("train")
        assert app.number_input(key=f"new-rate-{run.name}").value == rate
        assert "did not work" not in words_on(app)
        press(app, "stop")
        whole(app)
        assert run.stop_asked()


@pytest.mark.parametrize("key", ["pause", "step", "stop"])
def test_a_run_that_has_ended_can_be_asked_nothing(open_page, make_run, key):
    make_run()
    assert open_page("train").button(key=key).disabled


def test_a_folder_that_cannot_be_written_is_one_sentence_at_a_press(
    open_page, whole, words_on, make_run, monkeypatch
):
    def refuse(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    run = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    with held(run.lock):
        app = open_page("train")
        monkeypatch.setattr("core.logs.append", refuse)
        press(app, "pause")
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert "Read-only file system" in words_on(app)


def test_a_run_that_waits_shows_its_place_and_can_be_cancelled(
    open_page, whole, words_on, make_run
):
    busy = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    first, second = create_run(RunSpec()), create_run(RunSpec())
    with held(busy.lock):
        app = open_page("train", run=second.name)
        assert "2 of 2 in the queue" in words_on(app)
        assert "behind 1 at work" in words_on(app)
        press(app, "cancel")
        whole(app)
        assert "Cancelled" in words_on(app)
    assert (first.standing().state, second.standing().state) == ("queued", "stopped")


def test_a_run_behind_a_paused_one_is_told_what_it_waits_for(open_page, words_on, make_run):
    busy = make_run(end=None, n_epochs=4, spec=RunSpec(epochs=10))
    waiting = create_run(RunSpec())
    with held(busy.lock):
        words = words_on(open_page("train", run=waiting.name))
        assert "begins by itself, also when this page is closed" in words
        busy.write("request", request="pause", number=0, step=104, epoch=4.0)
        words = words_on(open_page("train", run=waiting.name))
        assert "What is at work is **paused**" in words
        assert "also when this page is closed" not in words
        assert "in the queue, and begins once what is at work, paused now," in words


def checkpoint(run, epoch):
    """Let a run made by hand look as if it could go on after an epoch."""
    run.checkpoints.mkdir()
    (run.checkpoints / f"{26 * epoch:08d}.safetensors").touch()


def test_a_run_killed_before_its_first_epoch_has_nothing_to_keep_and_says_so(
    open_page, words_on, make_run
):
    make_run(end=None, n_epochs=0)
    app = open_page("train")
    assert "It had not finished its first epoch, so there is nothing to keep" in words_on(app)
    assert app.button(key="resume").label == "Begin it again"
    assert not any(b.label == "Keep it" for b in app.button)


@pytest.mark.parametrize(
    ("kept", "words", "label"),
    [
        (1, "after epoch 1, where its newest checkpoint is; epochs 2 to 3 will", "Resume from"),
        (2, "after epoch 2, where its newest checkpoint is; epoch 3 will be", "Resume from"),
        (0, "No checkpoint is left to go on from: it can begin again", "Begin it again"),
    ],
)
def test_a_run_goes_on_from_where_its_newest_checkpoint_is(
    open_page, words_on, make_run, kept, words, label
):
    run = make_run(end="failed", problem="The disk is full.", n_epochs=3, spec=RunSpec(epochs=10))
    if kept:
        checkpoint(run, kept)
    app = open_page("train")
    assert "The run failed. The disk is full. Its best epoch can be kept" in words_on(app)
    assert words in words_on(app)
    assert app.button(key="resume").label.startswith(label)


@pytest.mark.parametrize("end", [None, "stopped", "failed"])
def test_a_run_that_was_cut_short_can_be_resumed(open_page, whole, launcher, make_run, end):
    run = make_run(end=end, n_epochs=3, spec=RunSpec(epochs=10))
    checkpoint(run, 3)
    app = open_page("train")
    assert app.button(key="resume").label == "Resume from epoch 4 of 10"
    press(app, "resume")
    whole(app)
    assert launcher.resumed == [run.name]
    assert run.standing().state == "queued"


def test_a_finished_run_cannot_be_resumed(open_page, make_run):
    make_run()
    assert not any(b.key == "resume" for b in open_page("train").button)


def test_any_run_can_be_chosen_and_damaged_ones_are_in_the_list(open_page, whole, make_run):
    first = make_run(n_epochs=2)
    broken = make_run()
    (broken.folder / "spec.json").write_text("{")
    last = make_run()
    app = open_page("train")
    (choice,) = [s for s in app.selectbox if s.label.startswith("Runs here")]
    assert choice.value == last.name
    assert any("cannot be read" in o for o in choice.options)
    for run in (first, broken):
        (choice,) = [s for s in app.selectbox if s.label.startswith("Runs here")]
        choice.set_value(run.name).run()
        whole(app)
        assert app.query_params["run"] in (run.name, [run.name])


def test_the_address_chooses_among_runs(open_page, words_on, make_run):
    first = make_run(end="failed", problem="The first problem.", n_epochs=0)
    second = make_run()
    assert "The first problem." in words_on(open_page("train", run=first.name))
    assert "The first problem." not in words_on(open_page("train", run=second.name))


@pytest.mark.parametrize("name", ["", "x", "../../../etc", "20260101-000000-abcdef", "\0"])
def test_an_address_of_no_run_shows_the_page(open_page, words_on, make_run, name):
    make_run()
    assert "**Healthy:" in words_on(open_page("train", run=name))


DAMAGE = {
    "no spec": lambda run: (run.folder / "spec.json").unlink(),
    "half a spec": lambda run: (run.folder / "spec.json").write_text('{"data": ["synth'),
    "a spec of another kind": lambda run: (run.folder / "spec.json").write_text("[1, 2]"),
    "an unknown network": lambda run: (run.folder / "spec.json").write_text('{"network": "gpt"}'),
    "a torn log": lambda run: run.log.write_bytes(run.log.read_bytes()[:-20]),
    "a log of noise": lambda run: run.log.write_bytes(bytes(range(256)) * 40),
    "no log": lambda run: run.log.unlink(),
    "half a result": lambda run: (run.folder / "result.json").write_text('{"scores": {'),
    "an empty result": lambda run: (run.folder / "result.json").write_text("{}"),
    "another result": lambda run: (run.folder / "result.json").write_text(
        json.dumps({"scores": {"known": 3}})
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_run_raises_nothing(open_page, whole, make_run, what):
    run = make_run()
    DAMAGE[what](run)
    app = open_page("train")
    app.switch_page("pages/home.py").run()
    whole(app)


def test_a_run_with_damaged_weights_cannot_be_kept_and_says_so(
    open_page, whole, words_on, make_run
):
    make_run().best.write_bytes(b"these are no weights")
    app = keep(open_page("train"), "nothing")
    whole(app)
    assert words_on(app).count("This did not work") == 1
    assert [m for m in list_models()[0] if not m.shipped] == []


def test_a_run_without_its_weights_cannot_be_kept_and_says_so(open_page, words_on, make_run):
    make_run().best.unlink()
    app = keep(open_page("train"), "nothing")
    assert words_on(app).count("This did not work") == 1
    assert [m for m in list_models()[0] if not m.shipped] == []


def test_names_in_a_protocol_are_shown_literally(open_page, make_run):
    run = make_run()
    result = json.loads((run.folder / "result.json").read_text())
    result["protocol"] = "speaker **x** ![y](http://z/) <script> left out"
    (run.folder / "result.json").write_text(json.dumps(result))
    app = open_page("train")
    for kind in ("markdown", "caption"):
        assert not any("**x**" in e.value or "![y](" in e.value for e in app.get(kind))
