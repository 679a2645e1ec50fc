"""What a finished run says beyond two numbers, what would measure more, how it is taken along."""

import json

import numpy as np
import pytest

from core.learning.evaluation import scores_of
from core.learning.runs import list_runs
from core.learning.specs import RunSpec
from core.sound.images import SEED
from core.system import write_json


def scores(speaker="ada", n=100, right=90):
    """Return what a result says of one speaker."""
    answers = np.arange(n, dtype=np.int32) % 10
    logits = 4 * np.eye(10, dtype=np.float32)[answers]
    logits[right:] = np.roll(logits[right:], 1, axis=1)
    return scores_of(logits, answers, [speaker] * n, 0.8)


def amend(run, **changes):
    """Change a run's result; its scores one by one."""
    result = json.loads((run.folder / "result.json").read_text())
    result["scores"] |= changes.pop("scores", {})
    write_json(run.folder / "result.json", {**result, **changes})
    return run


def press(app, key):
    return app.button(key=key).click().run()


def keys(app):
    return {b.key for b in app.button}


def test_every_digit_and_every_speaker_has_its_score_with_its_sample(
    open_page, whole, words_on, make_run
):
    amend(make_run(), scores={"known": scores(), "unseen": scores("bob", 50, 30)})
    app = open_page("train")
    whole(app)
    tables = [d.value for d in app.dataframe]
    digits = [t for t in tables if "Digit" in t]
    speakers = [t for t in tables if "Speaker" in t]
    assert [len(t) for t in digits] == [10, 10]
    assert [[*t["Speaker"]] for t in speakers] == [["ada"], ["bob"]]
    assert [*speakers[1]["Right"]] == ["60.0%"]
    assert [*speakers[1]["Of"]] == [50]
    words = words_on(app)
    assert "Speakers it has never heard" in words
    assert "points on average (expected calibration error in 15 bins)" in words


def test_the_eleventh_answer_is_called_what_it_is(open_page, make_run):
    known = scores()
    known["by_answer"]["10"] = known["by_answer"]["9"]
    amend(make_run(), scores={"known": known})
    app = open_page("train")
    table = next(d.value for d in app.dataframe if "Digit" in d.value)
    assert [*table["Digit"]][-1] == "not a digit"


def test_why_a_run_ended_early_is_told_as_text(open_page, whole, words_on, make_run):
    amend(make_run(), ended="validation accuracy 97.1% reached **97.0%**")
    app = open_page("train")
    whole(app)
    words = words_on(app)
    assert "**97.0%**" not in words  # told, not obeyed
    plain = words.replace("\\", "")
    assert "It ended before its last epoch: validation accuracy 97.1% reached **97.0%**." in plain


def test_a_result_of_the_first_versions_is_shown_without_what_it_lacks(open_page, whole, make_run):
    make_run()
    app = open_page("train")
    whole(app)
    assert not [d for d in app.dataframe if "Speaker" in d.value]


def test_where_strangers_were_not_measured_the_run_that_measures_them_is_offered(
    open_page, whole, words_on, make_run, launcher
):
    spec = RunSpec(epochs=8, seed=3)
    make_run(spec=spec)
    app = open_page("train")
    assert "is **not measured**" in words_on(app)
    press(app, "measure-strangers")
    whole(app)
    (asked,) = launcher.specs
    assert len(asked.held_out_speakers) == 1
    assert asked.with_changes(split="official") == spec


def test_the_run_that_measures_strangers_is_asked_for_once_and_shown_from_then_on(
    open_page, whole, words_on, make_run, launcher
):
    shown = make_run()
    press(open_page("train", run=shown.name), "measure-strangers")
    measuring = list_runs()[0]
    app = open_page("train", run=shown.name)
    whole(app)
    assert "measure-strangers" not in keys(app)
    (name,) = launcher.specs[0].held_out_speakers
    assert f"by the same run without {name}, starting." in words_on(app).replace("\\", "")
    press(app, "show-stranger")
    whole(app)
    assert app.query_params["run"] == measuring.name
    measuring.write("end", state="finished", problem="")
    app = open_page("train", run=shown.name)
    assert "measure-strangers" not in keys(app)
    assert ", finished." in words_on(app)
    measuring.write("end", state="stopped", problem="")  # what was cut short is offered anew
    press(open_page("train", run=shown.name), "measure-strangers")
    assert launcher.specs[0] == launcher.specs[1]


def test_every_speaker_is_left_out_in_turn_at_one_press(open_page, whole, make_run, launcher):
    make_run()
    app = open_page("train")
    press(app, "folds")
    whole(app)
    left_out = [s.held_out_speakers for s in launcher.specs]
    assert len(left_out) == len({*left_out}) > 1


def test_folds_that_have_ended_are_told_together_and_not_asked_for_again(
    open_page, whole, words_on, make_run, launcher
):
    spec = RunSpec(epochs=8)
    for name, right in (("carl-us", 90), ("judy-us", 70)):
        run = make_run(spec=spec.with_changes(split=f"speaker:{name}"))
        amend(run, scores={"unseen": scores(name, right=right)})
    other = make_run(spec=RunSpec(epochs=9, split="speaker:henry-gb"))
    amend(other, scores={"unseen": scores(right=10)})
    shown = make_run(spec=spec)
    app = open_page("train", run=shown.name)
    whole(app)
    assert "80.0% on average, standard deviation 14.1 points" in words_on(app)
    press(app, "folds")
    assert not {"carl-us", "judy-us"} & {s.held_out_speakers[0] for s in launcher.specs}


def test_folds_that_wait_or_are_at_work_are_counted_and_not_queued_again(
    open_page, whole, words_on, make_run, launcher
):
    shown = make_run()
    app = open_page("train", run=shown.name)
    label = app.button(key="folds").label
    press(app, "folds")
    n = len(launcher.specs)
    assert f"({n} runs)" in label
    assert f"{n} runs are at work." in words_on(open_page("train", run=shown.name))
    for run in list_runs()[: n - 1]:  # they wait, as nobody trains them yet
        run.write("asked", queued=True)
    app = open_page("train", run=shown.name)
    whole(app)
    assert f"{n - 1} runs wait and 1 run is at work." in words_on(app)
    assert "folds" not in keys(app)
    for run in list_runs()[:2]:
        run.write("end", state="stopped", problem="")
    app = open_page("train", run=shown.name)
    assert app.button(key="folds").label.endswith("(2 runs)")
    press(app, "folds")
    assert len(launcher.specs) == n + 2
    assert launcher.specs[n:] == [s for s in launcher.specs[:n] if s in launcher.specs[n:]]


def test_a_run_that_left_somebody_out_is_not_asked_to_again(open_page, make_run):
    amend(make_run(spec=RunSpec(split="speaker:carl-us")), scores={"unseen": scores("carl-us")})
    assert "measure-strangers" not in keys(open_page("train"))


def test_a_full_queue_is_a_sentence(open_page, whole, make_run, busy_launcher):
    make_run()
    app = open_page("train")
    press(app, "measure-strangers")
    whole(app)
    assert "no more are taken" in " ".join(t.value for t in app.text)


@pytest.mark.parametrize(
    ("spec", "disabled"),
    [
        (RunSpec(), {"Keras script": False, ".keras file": False}),
        (RunSpec(image=SEED), {"Keras script": False, ".keras file": True}),
        (RunSpec(non_digits=True), {"Keras script": True, ".keras file": False}),
    ],
    ids=["plain", "stretched", "not a digit"],
)
def test_what_cannot_be_had_as_a_file_is_not_offered(open_page, whole, make_run, spec, disabled):
    make_run(spec=spec)
    app = open_page("train")
    whole(app)
    found = {b.label: b.disabled for b in app.get("download_button")}
    assert found == disabled
