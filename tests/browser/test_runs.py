"""Runs and answers, in a browser: rows ticked while a run is at work, a cell that can be heard.

The runs are written by hand, as a worker leaves them: nothing is trained here.
"""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from core.learning.answers import CLIPS, Watched
from core.learning.history import Epoch, record_of
from core.learning.runs import create_run
from core.learning.specs import RunSpec
from core.sound.datasets import open_dataset
from core.system import held, write_json

ROW = 35
"""Pixels from one row of a table to the next; the head is as high."""


@pytest.fixture
def write_run(server, monkeypatch):
    """Write a run of some epochs where the server finds it."""
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(server.home))

    def written(n_epochs: int, end: str | None = "stopped", seed: int = 0):
        run = create_run(RunSpec(epochs=30, seed=seed))
        run.write("start", loss=2.31, val_loss=2.31, n_train=640, n_validation=160)
        for i in range(1, n_epochs + 1):
            run.write(**record_of(epoch(i)))
        if end is not None:
            run.write("end", state=end, problem="")
        return run

    return written


def epoch(i: int) -> Epoch:
    return Epoch(i, 20 * i, 1.0 / i, 0.9, 1.2 / i, 0.88, 0.001, 2.0 * i)


def row_of(tab, run_words: str):
    """Return a table's row by what stands in it: a canvas is told to readers as a table too."""
    return tab.locator("[role=row]").filter(has_text=run_words).first


def test_ticks_stay_while_a_run_at_work_gets_further(tab, server, write_run):
    first, second = write_run(4, seed=1), write_run(5, seed=2)
    at_work = write_run(2, end=None, seed=3)
    with held(at_work.lock) as free:
        assert free
        tab.goto(f"{server.url}/runs?runs={at_work.name}")
        expect(row_of(tab, "2 of 30")).to_be_attached()
        grid = tab.get_by_test_id("stDataFrame").first
        grid.click(position={"x": 15, "y": 1.5 * ROW + 2 * ROW})  # the oldest of the three
        tab.wait_for_url(lambda url: first.name in url)
        at_work.write(**record_of(epoch(3)))
        expect(row_of(tab, "3 of 30")).to_be_attached()  # by itself
        assert at_work.name in tab.url
        assert first.name in tab.url
        grid.click(position={"x": 15, "y": 1.5 * ROW + ROW})
        tab.wait_for_url(lambda url: second.name in url)
        assert first.name in tab.url
        expect(tab.get_by_role("tab")).to_have_count(3)
        at_work.write("end", state="stopped", problem="")
    expect(row_of(tab, "running")).to_have_count(0)  # the end is seen as well
    expect(tab.get_by_role("tab")).to_have_count(3)


def test_a_pressed_cell_of_the_confusion_matrix_plays_its_clips(tab, server, write_run):
    run = write_run(4, end=None)
    clips = [r for r in open_dataset("synthetic").recordings if r.digit is not None][:20]
    write_json(run.folder / CLIPS, [Watched(r, False).to_dict() for r in clips])
    right = "".join(str(r.digit) for r in clips)
    other = str((clips[0].digit + 3) % 10)
    run.write(**record_of(replace(epoch(5), guesses=other + right[1:])))
    run.write("end", state="stopped", problem="")
    tab.goto(f"{server.url}/train?run={run.name}")
    tab.get_by_text("What it answers, epoch by epoch").click()
    plot = tab.locator(".st-key-answers-known .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    at = plot.evaluate(
        """(plot, [spoken, answered]) => {
            const layout = plot._fullLayout, box = plot.getBoundingClientRect();
            const x = layout.xaxis, y = layout.yaxis;
            return [box.x + x._offset + x.d2p(answered), box.y + y._offset + y.d2p(spoken)];
        }""",
        [str(clips[0].digit), other],
    )
    tab.mouse.move(*at)
    tab.mouse.click(*at)
    words = f"Spoken {clips[0].digit}, answered {other}"
    expect(tab.get_by_text(words).first).to_be_visible()
    expect(tab.get_by_text("1 in this epoch").first).to_be_visible()
    sound = tab.locator("audio").first
    expect(sound).to_be_attached()
    assert sound.evaluate("async a => { await a.play(); return a.duration > 0.1; }")
