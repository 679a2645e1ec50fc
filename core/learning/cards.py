"""The card of a saved model: what it is, what it was trained on, its scores, its working point.

In: plain values from ``card.json``, or from a run that is kept. Out: a checked ``Card``; what it
says can be trusted to build a network from.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import ModelError
from core.learning.card_tables import check_tables
from core.learning.network_config import NetworkConfig
from core.learning.network_shapes import network_layers
from core.learning.networks import NETWORKS, config_of
from core.sound.audio import SAMPLE_RATE
from core.sound.images import ImageConfig

FORMAT = 3
"""Version of the card; a card of a later version is refused, an earlier one is still read.
Version 2 may hold a network's blocks and views, version 3 a noise floor; a card is written as the
earliest version that can hold it."""
MAX_VIEWS = 5
"""Looks at one word: each costs a picture and a pass through the network."""


@dataclass(frozen=True)
class Card:
    """What is known of a saved model."""

    name: str
    """As shown; the folder's name is derived from it."""
    network: str | NetworkConfig
    """A key of ``NETWORKS``, or blocks of one's own."""
    image: ImageConfig
    """The image it was trained on and must be shown."""
    n_answers: int
    """10, or 11 where the last is "not a digit"."""
    weights_sha256: str
    created: str
    """Date and time, UTC, ISO 8601."""
    training: dict[str, Any] = field(default_factory=dict)
    """The run's spec."""
    result: dict[str, Any] = field(default_factory=dict)
    """Scores, each with sample, interval and protocol."""
    data: str = ""
    """What it was trained on, in words, with licences."""
    temperature: float = 1.0
    """Logits are divided by it, so that confidence means what it says."""
    threshold: float = 0.5
    """Below this confidence a word is answered "not a digit"."""
    views: tuple[float, ...] = (1.0,)
    """Speeds at which a word is looked at; the logits are averaged. A network trained on voices
    played faster and slower knows each of them, and errs on them differently."""
    floor_db: float | None = None
    """How far below a word faint noise is laid under and around it, in dB; None for no noise. See
    ``core.sound.faint_noise``."""
    format: int = FORMAT

    def __post_init__(self) -> None:
        for kind, words, names in (
            (str, "text", ("name", "weights_sha256", "created", "data")),
            (str | NetworkConfig, "network", ("network",)),
            (dict, "table", ("training", "result")),
            (int, "whole number", ("n_answers", "format")),
        ):
            for name in names:
                if not isinstance(getattr(self, name), kind):
                    raise TypeError(f"{name}={getattr(self, name)!r:.60} is no {words}")
        check_tables(self.training, self.result)
        if isinstance(self.network, str) and self.network not in NETWORKS:
            raise ModelError(
                f"The model {self.name!r} is a network {self.network!r}, which this version does "
                f"not know (it knows {', '.join(NETWORKS)}). Update the app, or train it again."
            )
        if self.image.analysis.sr != SAMPLE_RATE:
            raise ModelError(
                f"The model {self.name!r} hears {self.image.analysis.sr} samples a second; this "
                f"app gives it {SAMPLE_RATE}. Train it on images of that rate."
            )
        if self.n_answers not in (10, 11):
            raise ModelError(f"The model {self.name!r} has {self.n_answers} answers, not 10 or 11.")
        try:
            network_layers(config_of(self.network), self.image.shape, self.n_answers)
        except ValueError as error:
            raise ModelError(
                f"The model {self.name!r} has a network that cannot be built. {error}"
            ) from error
        if not (0 < self.temperature <= 100 and 0 <= self.threshold <= 1):
            raise ModelError(
                f"The model {self.name!r} states temperature {self.temperature} and threshold "
                f"{self.threshold}; expected above 0 and in [0, 1]. Its card is damaged."
            )
        views = self.views
        if not (
            isinstance(views, list | tuple)
            and 1 <= len(views) <= MAX_VIEWS
            and all(isinstance(v, int | float) and 0.5 <= v <= 2 for v in views)
        ):
            raise ModelError(
                f"The model {self.name!r} states views={views!r:.60}; expected one to {MAX_VIEWS} "
                "speeds from 0.5 to 2. Its card is damaged."
            )
        floor = self.floor_db
        if floor is not None and not (isinstance(floor, int | float) and 0 <= floor <= 120):
            raise ModelError(
                f"The model {self.name!r} states floor_db={floor!r:.60}; expected 0 to 120 dB or "
                "none. Its card is damaged."
            )
        # JSON writes 1.0 as it likes, and a slider wants its numbers of one kind
        object.__setattr__(self, "temperature", float(self.temperature))
        object.__setattr__(self, "threshold", float(self.threshold))
        object.__setattr__(self, "views", tuple(float(v) for v in views))  # JSON has lists

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for card.json."""
        values = asdict(self)
        values["views"] = list(self.views)
        if self.views == (1.0,):
            del values["views"]
        if self.floor_db is None:
            del values["floor_db"]
        if not isinstance(self.network, str):
            values["network"] = self.network.to_dict()
        plain = isinstance(self.network, str) and "views" not in values
        return {**values, "format": 3 if "floor_db" in values else 1 if plain else 2}
