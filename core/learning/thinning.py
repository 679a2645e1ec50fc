"""Thinning: what stays of checkpoints, compiled steps and deleted runs, by stated rules.

In: the data folder. Out: a smaller one; no run, curve, score or model is lost.

A run keeps its two newest checkpoints as long as it is at work or waits. A finished run keeps none:
nothing is left to train, and its best epoch has a file of its own. Of the runs that were cut short
the newest ``RESUMABLE_RUNS`` keep theirs; an older one begins at the beginning if it is resumed.

Of what JAX compiled, ``COMPILED_BYTES`` stay, the latest used: what goes is compiled once more when
it is asked for. Runs that somebody deleted go when their week is over.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from core.errors import LabError
from core.home import data_folder
from core.learning.run_trash import empty
from core.learning.runs import list_runs
from core.learning.states import RESUMABLE

RESUMABLE_RUNS = 10
COMPILED_BYTES = 512 * 2**20
"""Some hundreds of networks. JAX's own limit (``jax_compilation_cache_max_size``) would end all
writing where one file lacks its time of use: in every data folder made without the limit, and
wherever a worker was killed between the two."""


def compiled_folder() -> Path:
    """Return the folder of what JAX compiled; it need not exist yet."""
    return data_folder() / "cache" / "jax"


def thin() -> None:
    """Remove what the rules do not keep."""
    _thin_checkpoints()
    _thin_compiled()
    empty()


def _thin_compiled() -> None:
    files = []
    with suppress(OSError):
        for path in compiled_folder().iterdir():
            there = path.stat()
            files.append((max(there.st_atime, there.st_mtime), there.st_size, path))
    room = COMPILED_BYTES
    for _, size, path in sorted(files, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):  # Windows keeps what another worker is reading just now
                path.unlink()


def _thin_checkpoints() -> None:
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
