"""``export``: a run or a kept model as a file for elsewhere.

In: its name and where to write. Out: a ``.keras`` file that takes a waveform, or a plain Keras
script that trains the same network again.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from core.errors import LabError
from core.learning.trained import TrainedNetwork, find_trained
from core.system import write_atomically


def add(commands: Any) -> None:
    """Add the subcommand."""
    export = commands.add_parser("export", help="write a run or a model as .keras or as a script")
    export.add_argument("name", help="a run's or a kept model's name")
    export.add_argument("file", type=Path, help="where to write: FILE.keras or FILE.py")
    export.add_argument("--json", action="store_true", help="end with one JSON object")
    export.set_defaults(run_command=run)


def exported(trained: TrainedNetwork, ending: str) -> bytes:
    """Return the bytes of an export.

    Parameters
    ----------
    trained : TrainedNetwork
    ending : str
        ``.keras`` or ``.py``.

    Raises
    ------
    LabError
        If there is no such export, or this network cannot be had as one.
    """
    if ending == ".keras":
        from core.learning.export_keras import keras_bytes

        return keras_bytes(trained)
    if ending == ".py":
        from core.learning.export_script import script_of

        if trained.spec is None:
            raise LabError(
                f"How {trained.name} was trained is not understood by this version, so no script "
                "can train it again. Export it as .keras."
            )
        return script_of(trained.spec, trained.name).encode()
    raise LabError(f"{ending or 'A file without an ending'} is no export: choose .keras or .py.")


def run(options: argparse.Namespace) -> int:
    """Write the file and print its name; returns the exit code."""
    path: Path = options.file
    data = exported(find_trained(options.name), path.suffix)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise LabError(
            f"{path} cannot be written ({error.strerror}). Name a file in a folder of your own."
        ) from error
    report = {"name": options.name, "file": str(path), "bytes": len(data)}
    print(json.dumps(report) if options.json else f"{path} ({len(data):,} bytes)")
    return 0
