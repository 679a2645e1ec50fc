"""What a lesson is: a network broken on purpose, the finding it triggers, and the cure.

In: the entries of ``core.diagnosis.lessons``. Out: for each the broken run's spec and the cured
one's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.learning.network_config import (
    Block,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    NetworkConfig,
    Pooling,
)
from core.learning.specs import RunSpec
from core.learning.splits import leaving_out
from core.sound.images import DRAWN

COMMON: dict[str, Any] = {
    "epochs": 7,
    "batch_size": 32,
    "train_share": 0.6,
    "image": DRAWN,
    "learning_rate": 0.002,
}
"""What the lessons share: part of the clips and few epochs, so that a run ends within a minute on
two cores that do something else as well; and the picture from which a small network learns best."""


@dataclass(frozen=True)
class Lesson:
    """One lesson: an entry of ``LESSONS``."""

    title: str
    story: str
    """What is done to the network, in a sentence or two."""
    question: str
    """What to think about before pressing."""
    finding: str
    """The verdict, or the cause, that the broken run triggers."""
    lesson: str
    """What was learned."""
    broken: Mapping[str, Any]
    """Changes to the healthy spec."""
    cure: Mapping[str, Any]
    """Changes to the broken spec."""
    cure_label: str
    """What the button says that applies the cure."""
    source: str
    healthy: Mapping[str, Any] = field(default_factory=dict)
    """Changes to the common spec that both runs share."""

    eases: tuple[str, str] | None = None
    """Where the cure lessens what is wrong and need not end it: the two accuracies of an epoch
    whose gap shrinks."""
    needs_people: bool = False
    """Whether machines, who repeat themselves, seldom show it."""
    voices: int = 0
    """Where strangers matter: how many speakers the broken run hears; the last by name is left out
    of both runs. 0: everybody is heard."""

    def specs(
        self, data: str, seed: int = 0, speakers: Sequence[str] = ()
    ) -> tuple[RunSpec, RunSpec]:
        """Return the broken run's spec and the cured one's.

        Parameters
        ----------
        data : str
            A key of ``DATASETS`` or a folder.
        seed : int
        speakers : sequence of str
            The data set's speakers; at least two where ``voices`` is set.
        """
        broken = RunSpec(data=(data,), seed=seed, **{**COMMON, **self.healthy, **self.broken})
        if not self.voices:
            return broken, broken.with_changes(**self.cure)
        *others, stranger = sorted(speakers)
        broken = broken.with_changes(split=leaving_out([stranger]))
        cured = broken.with_changes(**self.cure)
        return broken.with_changes(train_speakers=tuple(others[: self.voices])), cured


def deep(activation: str) -> NetworkConfig:
    """Return a network whose eight hidden layers all have one activation."""
    blocks: list[Block] = [
        Convolution(8, stride=2, activation=activation),
        Convolution(16, stride=2, activation=activation),
        Flatten(),
        *(Dense(48, activation) for _ in range(6)),
    ]
    return NetworkConfig(tuple(blocks))


def small(initialiser: str = "glorot") -> NetworkConfig:
    """Return a quick network that learns well where nothing is broken."""
    return NetworkConfig(
        (
            Convolution(8, stride=2),
            Convolution(16),
            Pooling(),
            Flatten(),
            Dense(64),
        ),
        initialiser,
    )


def with_dropout(rate: float) -> NetworkConfig:
    """Return the quick network with dropout before and after its dense layer."""
    conv, second, pool, flat, dense = small().blocks
    return NetworkConfig((conv, second, pool, Dropout(rate), flat, dense, Dropout(rate)))


def for_strangers() -> NetworkConfig:
    """Return a quick network with batch norm, for changed copies of many voices."""
    return NetworkConfig(
        (
            Convolution(16, stride=2, batch_norm=True),
            Convolution(32, batch_norm=True),
            Pooling(),
            Flatten(),
            Dropout(0.3),
        ),
        "he",
    )
