"""The progress of a training on standard error: a bar that moves, or a line an epoch.

In: what the training loop says. Out: text for a terminal, or for a file that collects it; the run's
folder is written as by any worker.
"""

import sys
from collections.abc import Callable
from typing import Any

from core.learning.history import Epoch, Moment, Signals
from core.learning.runs import Run
from core.learning.worker import RunWriter

BAR = 24
"""Characters of the progress bar."""


class Progress:
    """Draws a progress bar on standard error, one line an epoch where it is no terminal."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._live = sys.stderr.isatty()
        self._said: set[str] = set()

    def phase(self, words: str) -> None:
        """Say what is being done; into a file once, for every epoch trains and validates."""
        if self._live:
            self._draw(f"{words} ...")
        elif words not in self._said:
            self._said.add(words)
            print(words, file=sys.stderr, flush=True)

    def started(
        self, loss: float, val_loss: float, n_train: int, n_validation: int, *others: int
    ) -> None:
        """Say what training starts from."""
        text = (
            f"{n_train} clips train, {n_validation} choose the epoch; loss {loss:.2f} at the start"
        )
        print(("\r\x1b[K" if self._live else "") + text, file=sys.stderr, flush=True)

    def moment(self, moment: Moment) -> None:
        """Move the bar."""
        if self._live:
            done = round(BAR * moment.epoch / self._epochs)
            bar = "#" * done + "." * (BAR - done)
            self._draw(
                f"[{bar}] epoch {moment.epoch:.1f} of {self._epochs}  loss {moment.loss:.3f}"
            )

    def signals(self, signals: Signals) -> None:
        """Say nothing: the run's log holds them."""

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Print an epoch's line."""
        print(
            ("\r\x1b[K" if self._live else "")
            + f"epoch {epoch.epoch:3d}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.4f}  "
            f"val_loss {epoch.val_loss:.4f}  val_accuracy {epoch.val_accuracy:.4f}"
            + ("  best so far" if best else ""),
            file=sys.stderr,
            flush=True,
        )

    def _draw(self, text: str) -> None:
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


class ShownWriter(RunWriter):
    """Writes a run's folder, and shows the same on standard error."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._progress = Progress(run.spec().epochs)

    def phase(self, words: str) -> None:
        """Log and say what is being done."""
        super().phase(words)
        self._progress.phase(words)

    def started(
        self, loss: float, val_loss: float, n_train: int, n_validation: int, *others: int
    ) -> None:
        """Log and say what training starts from."""
        super().started(loss, val_loss, n_train, n_validation, *others)
        self._progress.started(loss, val_loss, n_train, n_validation)

    def moment(self, moment: Moment) -> None:
        """Log a point of the fine curve; move the bar."""
        super().moment(moment)
        self._progress.moment(moment)

    def epoch(self, epoch: Epoch, best: bool, model: Callable[[], Any]) -> None:
        """Log an epoch; print its line."""
        super().epoch(epoch, best, model)
        self._progress.epoch(epoch, best, model)
