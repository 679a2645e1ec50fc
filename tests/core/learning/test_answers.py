"""Answers: what every epoch makes of the same clips is written down, counted and found again."""

import numpy as np

from core.learning.answers import MOST, Answered, answered_in, clips_in, signs, watched
from core.learning.examples import load_examples
from core.learning.runs import create_run
from core.learning.worker import run_worker


def test_a_run_writes_its_clips_and_answers_and_they_add_up_to_its_curves(small_spec, data_folder):
    spec = small_spec.with_changes(split="speaker:judy-us", epochs=2, validation_share=0.3)
    run = create_run(spec)
    run_worker(run)
    snapshot = run.snapshot()
    assert snapshot.state == "finished", snapshot.problem
    assert clips_in(run.folder) == watched(load_examples(spec))
    for epoch in snapshot.history.epochs:
        found = answered_in(run.folder, epoch.guesses)
        for unseen, accuracy in ((False, epoch.val_accuracy), (True, epoch.unseen_accuracy)):
            part = found.part(unseen)
            right = sum(c.answer == g for c, g in zip(part.clips, part.guesses, strict=True))
            assert right / len(part.clips) == accuracy
            counts = np.array(part.confusion())
            assert counts.trace() == right
            assert counts.sum() == len(part.clips)
            for spoken, answered in np.argwhere(counts):
                heard = part.at(int(spoken), int(answered))
                assert len(heard) == counts[spoken, answered]
                assert {r.digit for r in heard} == {spoken}
            for what in ("digit", "speaker"):
                assert sum(s["right"] for s in part.by(what).values()) == right
        assert {*found.part(True).by("speaker")} == {"judy-us"}


def test_answers_that_do_not_fit_their_clips_are_not_shown(tmp_path):
    assert answered_in(tmp_path, "123") is None
    (tmp_path / "clips.json").write_text('[{"unseen": false}]')
    assert answered_in(tmp_path, "1") is None
    (tmp_path / "clips.json").write_text("7")
    assert answered_in(tmp_path, None) is None


def test_of_many_clips_every_so_many_th_is_written_down():
    logits = np.eye(11, dtype=np.float32)[np.arange(2000) % 11]
    text = signs(logits, np.full(100, 10))
    assert len(text) <= 2 * MOST
    assert text.endswith("x" * 100)
    assert {*text} == {*"0123456789x"}


def test_nothing_answered_is_counted_as_nothing():
    assert np.sum(Answered((), ()).part(True).guesses) == 0
