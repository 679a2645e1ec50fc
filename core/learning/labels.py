"""What people write on a run: its name, a note, a star; and of which run it is the cure.

In: a visitor's words. Out: ``label.json`` in the run's folder. The training itself never reads it.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.errors import RunError
from core.learning.runs import Run, find_run
from core.system import write_json

MAX_NAME = 80
MAX_NOTE = 2000


@dataclass(frozen=True)
class Label:
    """What is written on one run; data, never markup."""

    name: str = ""
    """Empty: it is called by its settings."""
    note: str = ""
    starred: bool = False
    remedy: str = ""
    """What was changed in ``remedy_of``, in words; empty for a run of its own."""
    remedy_of: str = ""
    """Name of the run that it is the cure of."""


def label_of(run: Run) -> Label:
    """Return what is written on a run; an empty label where nothing is, or it is damaged."""
    try:
        found = json.loads((run.folder / "label.json").read_text("utf-8"))
    except (OSError, ValueError):
        return Label()
    if not isinstance(found, dict):
        return Label()
    wanted = {"name": str, "note": str, "starred": bool, "remedy": str, "remedy_of": str}
    return Label(**{k: found[k] for k, kind in wanted.items() if isinstance(found.get(k), kind)})


def write_label(run: Run, **changes: Any) -> Label:
    """Write on a run: some of ``Label``'s fields; returns the whole label.

    Raises
    ------
    RunError
        If the name or the note is too long, or the folder cannot be written.
    """
    label = replace(label_of(run), **changes)
    label = replace(label, name=" ".join(label.name.split()), note=label.note.strip())
    for what, text, most in (("name", label.name, MAX_NAME), ("note", label.note, MAX_NOTE)):
        if len(text) > most:
            raise RunError(
                f"A {what} of {len(text):,} characters came; expected at most {most:,}. Shorten it."
            )
    try:
        write_json(run.folder / "label.json", asdict(label))
    except OSError as error:
        raise RunError(
            f"The folder of the run {run.name} cannot be written ({error.strerror}). Free some "
            "space there, or make it writable; what was written on it before stays."
        ) from error
    return label


def cured_from(run: Run) -> Run | None:
    """Return the run that this one is the cure of; None where there is none (any more)."""
    return find_run(label_of(run).remedy_of)
