"""``resume``: go on with a run that was interrupted, stopped or failed, where it was.

In: a run's name. Out: what ``train`` prints; the metrics of a run that was never cut short.
"""

import argparse
import json
from typing import Any

from core.errors import RunError
from core.learning import queue
from core.learning.commands.foreground import foreground
from core.learning.runs import find_run


def add(commands: Any) -> None:
    """Add the subcommand."""
    resume = commands.add_parser("resume", help="go on with a run that was cut short")
    resume.add_argument("run", help="its name; see list")
    resume.add_argument("--save", metavar="NAME", help="keep the model under this name")
    resume.add_argument("--queue", action="store_true", help="leave it to a worker, and return")
    resume.add_argument("--json", action="store_true", help="end with one JSON object")
    resume.set_defaults(run_command=run)


def run(options: argparse.Namespace) -> int:
    """Go on with the run and print its scores; returns the exit code."""
    found = find_run(options.run)
    if found is None:
        raise RunError(
            f"There is no run named {options.run!r}. `python -m core.learning list` names them."
        )
    if options.queue:
        queue.enqueue_again(found)
        queue.advance()
        state = found.standing().state
        report = {"run": found.name, "state": state}
        print(json.dumps(report) if options.json else f"{found.name} is {state}")
        return 0
    return foreground(found, options.save, options.json)
