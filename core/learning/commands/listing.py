"""``list``: every run in the data folder, newest first.

In: the runs on the disk, damaged ones too. Out: a line a run, or one JSON array.
"""

import argparse
import json
import time
from typing import Any

from core.errors import LabError
from core.learning import queue
from core.learning.runs import Run, list_runs


def add(commands: Any) -> None:
    """Add the subcommand."""
    listing = commands.add_parser("list", help="list the runs, newest first")
    listing.add_argument("--json", action="store_true", help="print one JSON array")
    listing.set_defaults(run_command=run)


def run(options: argparse.Namespace) -> int:
    """Print the runs; returns the exit code."""
    waiting = [r.name for r in queue.standings()[1]]
    rows = [row_of(r, waiting) for r in list_runs()]
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(line_of(row))
    if not rows:
        print("There are no runs yet. `python -m core.learning train` makes one.")
    return 0


def row_of(run: Run, waiting: list[str]) -> dict[str, Any]:
    """Return what is told of a run, as plain values; of a damaged one, its problem."""
    try:
        snapshot = run.snapshot()
    except LabError as error:
        return {"run": run.name, "state": "damaged", "problem": str(error)}
    best = snapshot.history.best
    return {
        "run": run.name,
        "state": snapshot.state,
        "problem": snapshot.problem,
        "place": waiting.index(run.name) + 1 if run.name in waiting else None,
        "asked": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(snapshot.asked)),
        "data": list(snapshot.spec.data),
        "network": snapshot.spec.network_name,
        "optimizer": snapshot.spec.optimizer,
        "split": snapshot.spec.split,
        "epochs": snapshot.spec.epochs,
        "epochs_done": len(snapshot.history.epochs),
        "best_epoch": best.epoch if best else None,
        "val_accuracy": best.val_accuracy if best else None,
        "resumable": snapshot.resumable,
    }


def line_of(row: dict[str, Any]) -> str:
    """Return a row as a line for people."""
    if row["state"] == "damaged":
        return f"{row['run']}  damaged: {row['problem']}"
    state = f"queued ({row['place']})" if row["place"] else row["state"]
    best = (
        f"{row['val_accuracy']:.1%} of validation at epoch {row['best_epoch']}"
        if row["best_epoch"]
        else "no epoch yet"
    )
    done = f"{row['epochs_done']}/{row['epochs']}"
    words = f"{row['network']}, {row['optimizer']}, {', '.join(row['data'])}, {row['split']}"
    problem = f"; {row['problem']}" if row["problem"] else ""
    return f"{row['run']}  {state:12} {done:>7} epochs  {best}; {words}{problem}"
