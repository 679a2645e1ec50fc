"""Training in the foreground: the run of a page, in this very process, with a bar and a report.

In: a spec, or a run that was cut short. Out: its folder in the data folder, and its scores.
"""

import json
import sys
from contextlib import suppress
from typing import Any

from core.errors import LabError, RunError
from core.learning import queue
from core.learning.runs import Run, Snapshot
from core.learning.specs import RunSpec

STOPPED = 3
"""Exit code of a run that somebody stopped from elsewhere before its first epoch."""


def foreground(wanted: RunSpec | Run, save: str | None, as_json: bool) -> int:
    """Train here and print the scores.

    Parameters
    ----------
    wanted : RunSpec or Run
        What to train, or the run to go on with.
    save : str or None
        Name under which to keep the model.
    as_json : bool
        Whether to print one JSON object.

    Returns
    -------
    code : int
        0, or 3 where it was stopped before there was anything to score.

    Raises
    ------
    LabError
        If it failed, with the reason.
    KeyboardInterrupt
        If it was stopped by Ctrl+C.
    """
    from core.learning.commands.progress import ShownWriter
    from core.learning.worker import prepare, run_worker

    run = queue.take(wanted)
    try:
        prepare()
        trained = run_worker(run, ShownWriter)
    except KeyboardInterrupt:  # before there was anything to stop
        run.write("end", state="stopped", problem="")
        trained = None
    snapshot = run.snapshot()
    with suppress(LabError):
        queue.advance()  # what waited for this one
    if snapshot.state == "failed":
        raise RunError(snapshot.problem)
    if trained is None:
        print(f"python -m core.learning resume {run.name} goes on with it", file=sys.stderr)
        if run.stop_asked():
            return STOPPED
        raise KeyboardInterrupt
    report = report_of(snapshot)
    if save:
        from core.learning.keeping import keep

        report["saved_as"] = keep(save, snapshot.spec, trained.result, trained.model).name
    if as_json:
        print(json.dumps(report))
    else:
        print_scores(report)
    return 0


def report_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return what ``--json`` prints of a run that has its scores."""
    spec, result = snapshot.spec, snapshot.result or {}
    known, unseen = (result["scores"][k] for k in ("known", "unseen"))
    return {
        "run": snapshot.name,
        "state": snapshot.state,
        "data": list(spec.data),
        "network": spec.network_name,
        "optimizer": spec.optimizer,
        "epochs": spec.epochs,
        "split": spec.split,
        "seed": spec.seed,
        "accuracy": known["share"] if known else None,
        "unseen_accuracy": unseen["share"] if unseen else None,
        **result,
    }


def print_scores(report: dict[str, Any]) -> None:
    """Print each score with its sample and its interval."""
    print(f"run: {report['run']}")
    print(f"protocol: {report['protocol']}; epoch {report['best_epoch']} kept by validation")
    for name, score in report["scores"].items():
        text = "not measured" if score is None else f"{100 * score['share']:.1f} %"
        interval = (
            ""
            if score is None
            else (
                f" ({score['right']} of {score['total']}; 95 % interval "
                f"{100 * score['low']:.1f} to {100 * score['high']:.1f} %)"
            )
        )
        print(f"{name} speakers: {text}{interval}")
