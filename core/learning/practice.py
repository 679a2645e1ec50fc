"""Practice: a standby trains a few clips for nobody, so that the first press of Train is quick.

In: the line by which a standby is told its run's folder. Out: that line, and a quick start: what a
run imports late is imported, and the default network's step lies compiled in the data folder's
cache.
"""

import threading
from contextlib import suppress
from typing import TextIO

from core.errors import LabError
from core.learning.requests import Orders
from core.learning.specs import RunSpec
from core.sound.images import WORD

USUAL = RunSpec(epochs=1, batch_size=32, schedule="cosine", image=WORD, train_share=0.05)
"""What the Train page begins with, as far as a compiled step depends on it, on two batches."""
PRACTICE_AFTER = 2.0
"""Seconds without a run after which to practise: whoever is in a hurry need not wait for it."""


class Nobody:
    """A listener (``core.learning.run_listener``) who keeps nothing and asks for nothing."""

    def hear(self, *_: object, **__: object) -> None:
        """Hear what goes on in a run."""

    phase = started = watches = moment = signals = epoch = waypoint = resumed = hear

    def orders(self, step: int, epoch: float) -> Orders:
        """Return that all is to go on as it was asked for."""
        return Orders()

    def stop_asked(self) -> bool:
        """Return that nobody has."""
        return False


def practise() -> None:
    """Train the default network for two steps; what is wrong is told by the run that it stops."""
    from core.learning.training import train

    with suppress(LabError, OSError):
        train(USUAL, Nobody())


def read_line(source: TextIO) -> str:
    """Return the next line, stripped; empty where there will be none. Practise while waiting."""
    waiting = threading.Timer(PRACTICE_AFTER, practise)
    waiting.daemon = True  # where nobody will come any more, nobody waits for its end
    waiting.start()
    line = source.readline().strip()
    waiting.cancel()
    if line:
        waiting.join()  # what it is compiling would be compiled once more
    return line
