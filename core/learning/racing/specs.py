"""What a race was asked to do: one frozen value, checked once, stored with the race.

In: the controls of the Race page, a benchmark. Out: the worker, the race's folder.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.learning.network_config import Convolution, Dense, Flatten, NetworkConfig, Pooling
from core.learning.optimizers import OPTIMIZERS
from core.learning.specs import MAX_BATCH_SIZE, RunSpec
from core.sound.images import ImageConfig

SMALL = NetworkConfig(
    (
        Convolution(8, stride=2),
        Convolution(16),
        Pooling(),
        Flatten(),
        Dense(32),
    )
)
"""The network that a race begins with: quick, and without dropout, so that the curves differ by
the optimizer alone."""

MOST_LANES = 8
MOST_EPOCHS = 60
FEWEST_CLIPS, MOST_CLIPS = 50, 5000
FACTORS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Learning rates of a sweep over the optimizer's own default, two for each power of ten."""
MIDDLE = FACTORS.index(1.0)


@dataclass(frozen=True)
class RaceSpec:
    """Everything that decides how a race goes; the same spec gives all but the same seconds."""

    data: str = "synthetic"
    """A key of ``DATASETS`` or a path."""
    optimizers: tuple[str, ...] = ("gradient_descent", "sgd", "adam", "momentum")
    """The lanes, keys of ``OPTIMIZERS``; the first three in the order of the first experiment."""
    network: str | NetworkConfig = SMALL
    """A key of ``NETWORKS``, or blocks of one's own."""
    clips: int = 600
    """Training clips, as many of each digit; all there are where there are fewer."""
    epochs: int = 20
    """Of the race."""
    sweep_epochs: int = 20
    """Of each learning rate in the sweep before it. Where they are as many, a rate is judged by
    what it does in the race itself."""
    rates: int = 5
    """Learning rates that each sweep begins with; see ``core.learning.racing.sweeping``."""
    batch_size: int = 32
    """Examples a step; full-batch optimizers take them all."""
    seed: int = 0
    """First weights, which clips, and their order depend on it."""
    image: ImageConfig = field(default_factory=ImageConfig)

    def __post_init__(self) -> None:
        names: object = self.optimizers
        if not isinstance(names, tuple) or not 1 <= len(names) <= MOST_LANES:
            raise ValueError(
                f"optimizers={names!r:.200}: expected 1 to {MOST_LANES} of {[*OPTIMIZERS]}."
            )
        for name in names:
            if name not in OPTIMIZERS:
                raise ValueError(f"optimizers={name!r:.50}: expected some of {[*OPTIMIZERS]}.")
        if len({*names}) < len(names):
            raise ValueError(f"optimizers={names!r:.200}: expected each only once.")
        for name, low, high in (
            ("clips", FEWEST_CLIPS, MOST_CLIPS),
            ("epochs", 1, MOST_EPOCHS),
            ("sweep_epochs", 1, MOST_EPOCHS),
            ("rates", 1, 7),
            ("batch_size", 1, MAX_BATCH_SIZE),
        ):
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ValueError(f"{name}={value!r}: expected a whole number from {low} to {high}.")
        if self.sweep_epochs > self.epochs:
            raise ValueError(
                f"sweep_epochs={self.sweep_epochs}: expected at most the race's {self.epochs}."
            )
        self.run_spec()  # checks the rest

    def run_spec(self) -> RunSpec:
        """Return what every lane trains; its optimizer plays no part.

        Raises
        ------
        ValueError, LabError
            If network and image do not fit, or a setting makes no sense.
        """
        return RunSpec(
            data=(self.data,),
            network=self.network,
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=self.seed,
            signals=False,
            image=self.image,
        )

    @property
    def epochs_in_all(self) -> int:
        """Epochs of all lanes with their sweeps, where no sweep goes beyond its first rates."""
        return len(self.optimizers) * (self.rates * self.sweep_epochs + self.epochs)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the race's folder."""
        network = self.network if isinstance(self.network, str) else self.network.to_dict()
        return {**asdict(self), "network": network}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RaceSpec":
        """Return the spec that ``to_dict`` wrote; unknown names are a ``ValueError``."""
        try:
            found = {**values, "image": ImageConfig.from_dict(values.get("image", {}))}
            if isinstance(found.get("network"), dict):
                found["network"] = NetworkConfig.from_dict(found["network"])
            if isinstance(found.get("optimizers"), list):
                found["optimizers"] = tuple(found["optimizers"])
            return cls(**found)
        except TypeError as error:
            raise ValueError(f"These race settings are not understood: {error}.") from error
