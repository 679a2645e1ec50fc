"""Who answers: one model, another beside it, both exchanged while sound goes on.

In: functions that load recognisers, which may take seconds. Out: whoever is loaded now, for the
listener's worker to ask.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.listening.stream import Recognises

Load = Callable[[], Recognises]

_LOG = logging.getLogger("spoken_digit_lab")

_ANOTHER = "Choose another model under “Models and sensitivity”."


@dataclass(frozen=True, eq=False)
class Wanted:
    """Who shall answer."""

    recogniser: Load
    beside: Load | None = None
    names: tuple[str, ...] = ()
    key: str = ""
    """What whoever asks knows the first by."""

    def name(self, i: int) -> str:
        """Return what one of them is called."""
        return self.names[i] if i < len(self.names) else ""


@dataclass(frozen=True, eq=False)
class Named:
    """A recogniser that is loaded, and what it is called."""

    recogniser: Recognises
    name: str
    key: str = ""


def sentence(error: Exception) -> str:
    """Return an error's text on one line, with one full stop at its end."""
    return (" ".join(str(error).split()) or type(error).__name__).rstrip(".") + "."


class Answering:
    """The models in force: those that were asked for last and could be loaded.

    Parameters
    ----------
    wanted : Wanted
    loaded : callable
        Called, in the thread that loads, when the first model is there.
    failed : callable
        Called with what is wrong and what to do, in the same thread, if it cannot be and no other
        model is in force.
    """

    def __init__(
        self, wanted: Wanted, loaded: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self.notice = ""
        """Which model that is wanted does not answer, and why; empty while all do or may."""
        # Whoever asks, and each thread that loads, holds this to compare and to replace.
        self._lock = threading.Lock()
        self._wanted = wanted
        self._loaded = loaded
        self._failed = failed
        # The thread that loads replaces both together; the worker reads them once a word.
        self._models: tuple[Named | None, Named | None] = (None, None)

    @property
    def first(self) -> Named | None:
        """Whoever answers; None before anybody is loaded."""
        return self._models[0]

    @property
    def beside(self) -> Named | None:
        """Whoever answers after that."""
        return self._models[1]

    def want(self, wanted: Wanted) -> None:
        """Take note of others; ``fetch`` loads them."""
        with self._lock:
            self._wanted, self.notice = wanted, ""

    def fetch(self) -> None:
        """Load who is wanted, in a thread of its own; who is in force answers until then."""
        threading.Thread(
            target=self._load, args=(self._wanted,), name="listener-models", daemon=True
        ).start()

    def miss(self, beside: Named, error: Exception) -> None:
        """Note that the second model could not answer for a word."""
        _LOG.warning("The second model did not answer", exc_info=error)
        with self._lock:
            if self._models[1] is beside:
                self.notice = (
                    f"{_named(beside.name)} did not answer: {sentence(error)} "
                    "Words are answered without it."
                )

    def _load(self, wanted: Wanted) -> None:
        """Load the models, the one that answers first; others may be wanted meanwhile."""
        try:
            first = Named(wanted.recogniser(), wanted.name(0), wanted.key)
        except Exception as error:
            self._refuse(wanted, error)
            return
        if not self._put(wanted, (first, None)):
            return
        self._loaded()
        if wanted.beside is None:
            return
        try:
            beside = Named(wanted.beside(), wanted.name(1))
        except Exception as error:  # the words are answered all the same
            _LOG.warning("No second model answers: %s", error)
            notice = f"{_cannot(wanted.name(1), error)} Words are answered without it."
            self._put(wanted, (first, None), notice)
            return
        self._put(wanted, (first, beside))

    def _put(self, wanted: Wanted, models: tuple[Named, Named | None], notice: str = "") -> bool:
        """Put models in force, unless others are wanted by now; return whether it was done."""
        with self._lock:
            if self._wanted is not wanted:
                return False
            self._models, self.notice = models, notice
            return True

    def _refuse(self, wanted: Wanted, error: Exception) -> None:
        """Say that a model cannot be loaded; whoever is in force goes on answering."""
        cannot = _cannot(wanted.name(0), error)
        first, beside = self._models
        if first is not None:
            _LOG.warning("Another model goes on answering", exc_info=error)
            still = f"“{first.name}”" if first.name else "The model before"
            self._put(wanted, (first, beside), f"{cannot} {still} goes on answering. {_ANOTHER}")
        elif self._wanted is wanted:
            self._failed(f"{cannot} {_ANOTHER}")


def _named(name: str) -> str:
    return f"“{name}”" if name else "The model"


def _cannot(name: str, error: Exception) -> str:
    return f"{_named(name)} cannot be loaded: {sentence(error)}"
