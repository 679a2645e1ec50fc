"""Checkpoints: places from which training can go on, as files that hold numbers and no code.

In: the values of a run between two epochs. Out: ``checkpoints/STEP.safetensors`` in its folder,
after every epoch, of which the two newest stay; and from them the same values, bit for bit.
"""

import json
import re
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.learning.history import Epoch
from core.system import write_atomically

if TYPE_CHECKING:
    from core.learning.step import TrainingState

FORMAT = 1
KEPT = 2
"""Checkpoints that stay: should the newest be damaged, the one before is an epoch older."""
COST = 0.03
"""Share of the time that waiting for the disk may take. Every epoch has its checkpoint, which a
killed worker leaves behind whole; where epochs are shorter than the wait / COST not each is waited
for, and a power cut, which takes what the disk had not yet got, costs a second or two."""
_NAME = re.compile(r"(\d{1,12})\.safetensors")

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Waypoint:
    """A place between two epochs from which training goes on as if it had never stopped."""

    state: "TrainingState"
    epochs: tuple[Epoch, ...]
    """All epochs so far; there is at least one."""
    best: Epoch
    """The one that is kept."""
    best_state: "TrainingState"
    """Its values; of them only ``averaged`` and ``other``."""

    @property
    def step(self) -> int:
        """Steps done."""
        return self.epochs[-1].step


def _arrays(waypoint: Waypoint) -> Arrays:
    found: Arrays = {}
    state, best = waypoint.state, waypoint.best_state
    for name, values in (
        ("weights", state.weights),
        ("other", state.other),
        ("slots", state.slots),
        ("averaged", state.averaged),
        ("best_averaged", best.averaged),
        ("best_other", best.other),
    ):
        found |= {f"{name}/{i}": np.asarray(v, order="C") for i, v in enumerate(values)}
    return found


def _checksum(text: str, arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return a number that any flipped bit changes; safetensors itself looks at shapes only."""
    total = zlib.crc32(text.encode())
    for name in sorted(arrays):
        total = zlib.crc32(arrays[name].data, total)
    return total


def to_bytes(waypoint: Waypoint) -> bytes:
    """Return a waypoint in the safetensors format."""
    from safetensors.numpy import save

    arrays = _arrays(waypoint)
    about = {
        "format": FORMAT,
        "epochs": [asdict(e) for e in waypoint.epochs],
        "best": waypoint.best.epoch,
    }
    text = json.dumps(about)
    metadata = {"waypoint": text, "crc32": str(_checksum(text, arrays))}
    data: bytes = save(arrays, metadata=metadata)
    return data


def from_bytes(data: bytes, like: "TrainingState") -> Waypoint:
    """Return the waypoint that ``to_bytes`` wrote.

    Parameters
    ----------
    data : bytes
    like : TrainingState
        The state of the same network and optimizer, freshly built.

    Raises
    ------
    ValueError
        If the bytes are damaged, of a later version, or of another network or optimizer.
    """
    import jax.numpy as jnp
    from safetensors import SafetensorError
    from safetensors.numpy import load

    from core.learning.step import TrainingState

    try:
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length])["__metadata__"]
        text, crc = metadata["waypoint"], metadata["crc32"]
        about = json.loads(text)
        if about["format"] > FORMAT:
            raise ValueError(f"it was written by a later version (format {about['format']})")
        arrays = load(data)
        epochs = tuple(
            Epoch(**{k: e[k] for k in Epoch.__annotations__ if k in e}) for e in about["epochs"]
        )
        best = next(e for e in epochs if e.epoch == about["best"])
    except (SafetensorError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ValueError(f"it is damaged ({type(error).__name__})") from error
    if str(_checksum(text, arrays)) != crc:
        raise ValueError("its numbers are not those that were written")

    def values(name: str, expected: list[Any]) -> list[Any]:
        found = [arrays.get(f"{name}/{i}") for i in range(len(expected))]
        for value, wanted in zip(found, expected, strict=True):
            if value is None or value.shape != wanted.shape or value.dtype != wanted.dtype:
                raise ValueError("it is of another network or another optimizer")
        return [jnp.array(value) for value in found]

    state = TrainingState(
        values("weights", like.weights),
        values("other", like.other),
        values("slots", like.slots),
        values("averaged", like.averaged),
    )
    averaged = values("best_averaged", like.averaged)
    best_state = TrainingState(averaged, values("best_other", like.other), [], averaged)
    return Waypoint(state, epochs, best, best_state)


def paths_in(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder, newest first; none where there is no folder."""
    try:
        found = [(int(m[1]), p) for p in folder.iterdir() if (m := _NAME.fullmatch(p.name))]
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True)]


def epochs_kept(folder: Path, epochs: Sequence[Epoch]) -> int:
    """Return after how many finished epochs a run would go on; quick, it opens no file.

    Parameters
    ----------
    folder : Path
        The run's checkpoints.
    epochs : sequence of Epoch
        What it has finished.

    Returns
    -------
    kept : int
        0 where it would begin at the beginning.
    """
    paths = paths_in(folder)
    step = int(paths[0].stem) if paths else 0
    return sum(epoch.step <= step for epoch in epochs)


def read_newest(folder: Path, like: "TrainingState") -> tuple[Waypoint | None, list[str]]:
    """Return the newest waypoint that is whole, if there is one, and what was wrong with others."""
    problems: list[str] = []
    for path in paths_in(folder):
        try:
            return from_bytes(path.read_bytes(), like), problems
        except (OSError, ValueError) as error:
            problems.append(f"{path.name}: {error}")
    return None, problems


class Keeper:
    """Writes a run's checkpoints into a folder; now and then it waits until the disk has one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cost = 0.0
        self._waited: float | None = None
        self._lasting: Path | None = None

    def due(self) -> bool:
        """Return whether enough was trained since the disk was last waited for."""
        since = time.monotonic() - (self._waited or 0.0)
        return self._waited is None or since * COST >= self._cost

    def write(self, waypoint: Waypoint, last: bool = False) -> None:
        """Write a checkpoint and remove those too old.

        A worker that is killed once this has returned leaves it behind. It outlasts a power cut too
        if it is the last or one is due; the newest that does stays beside the two newest.
        """
        lasting = last or self.due()
        data = to_bytes(waypoint)
        began = time.monotonic()
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{waypoint.step:08d}.safetensors"
        write_atomically(path, data, lasting)
        if lasting:
            self._lasting = path
            self._waited = time.monotonic()
            self._cost = self._waited - began
        for old in paths_in(self._folder)[KEPT:]:
            if old != self._lasting:
                old.unlink(missing_ok=True)
