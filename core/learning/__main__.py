"""``python -m core.learning COMMAND ...``: training and its runs, without a page.

In: a subcommand and its options. Out: progress on standard error, a report on standard output;
with ``--json`` exactly one JSON value. Exit codes: 0 done, 2 what came cannot be done and a
sentence says why, 3 stopped from elsewhere before its first epoch, 130 stopped by Ctrl+C.
"""

import argparse
import sys

from core.errors import LabError
from core.learning.commands import evaluate, export, listing, release, resume, train

COMMANDS = (train, listing, resume, evaluate, export, release)
"""Every subcommand: to add one, write its module in ``core/learning/commands`` and name it here."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    found = argparse.ArgumentParser(prog="python -m core.learning", description=__doc__)
    commands = found.add_subparsers(dest="command", required=True)
    for module in COMMANDS:
        module.add(commands)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run_command(options)
    except LabError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
