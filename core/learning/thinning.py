"""Thinning: which checkpoints stay, by one stated rule.

In: the runs in the data folder. Out: a smaller data folder; no run, curve, score or model is lost.

A run keeps its two newest checkpoints as long as it is at work or waits. A finished run keeps none:
nothing is left to train, and its best epoch has a file of its own. Of the runs that were cut short
the newest ``RESUMABLE_RUNS`` keep theirs; an older one begins at the beginning if it is resumed.
"""

import shutil

from core.errors import LabError
from core.learning.runs import list_runs
from core.learning.states import RESUMABLE

RESUMABLE_RUNS = 10


def thin() -> None:
    """Remove the checkpoints that the rule does not keep."""
    kept = 0
    for run in list_runs():  # newest first
        if not run.checkpoints.is_dir():
            continue
        try:
            state = run.standing().state
        except LabError:
            continue
        kept += state in RESUMABLE
        if state == "finished" or (state in RESUMABLE and kept > RESUMABLE_RUNS):
            shutil.rmtree(run.checkpoints, ignore_errors=True)
