"""What a training run was asked to do: one frozen value, checked once, stored with the run.

In: the controls of a page, the options of a command. Out: the worker, the run store, the diagnosis.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from core.learning.networks import NETWORKS
from core.learning.optimizers import OPTIMIZERS
from core.learning.splits import held_out_by
from core.sound.images import ImageConfig

MAX_EPOCHS = 500
MAX_BATCH_SIZE = 1024
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides how a run goes; the same spec gives the same run."""

    data: tuple[str, ...] = ("synthetic",)
    """Keys of ``DATASETS`` or paths. The first is split and scored; the others only train."""
    added_share: float = 1.0
    """Share of the other data sets that each epoch draws anew: they must not drown the first."""
    network: str = "seed"
    """A key of ``NETWORKS``."""
    optimizer: str = "adam"
    """A key of ``OPTIMIZERS``."""
    learning_rate: float | None = None
    """None: the optimizer's default."""
    schedule: Literal["constant", "cosine"] = "constant"
    """``cosine``: five per cent warm-up, then a half cosine down to zero."""
    epochs: int = 15
    batch_size: int = 64
    """Examples a step; a full-batch optimizer takes them all."""
    seed: int = 0
    """First weights, order of examples, dropout and augmentation depend on it."""
    split: str = "official"
    """``official``, ``all`` (nothing held out but validation), ``speaker:NAME`` or
    ``speakers:["NAME", ...]``."""
    validation_share: float = 0.1
    """Share of each training speaker's takes on which the best epoch is chosen."""
    augment: bool = False
    """Whether each epoch sees a freshly changed copy of every clip."""
    non_digits: bool = False
    """Whether recordings of other words and noises are trained as an eleventh answer."""
    label_smoothing: float = 0.0
    """Share of each target that is spread evenly over all answers."""
    average: float = 0.0
    """Decay of the running average of the weights that is scored and kept; 0 for none."""
    image: ImageConfig = field(default_factory=ImageConfig)

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "seed"):
            if not isinstance(getattr(self, name), int):  # a spec in JSON may say 15.5
                raise ValueError(f"{name}={getattr(self, name)!r} must be a whole number.")
        names: object = self.data
        if isinstance(names, str) or not all(isinstance(n, str) and n for n in self.data):
            raise ValueError(f"data={self.data!r}: expected a list of names or folders.")
        if not self.data:
            raise ValueError("data=() names no data set. Name one of DATASETS, or a folder.")
        if not 0 < self.added_share <= 1:
            raise ValueError(f"added_share={self.added_share}: expected above 0, at most 1.")
        if self.network not in NETWORKS:
            raise ValueError(f"network={self.network!r}: expected one of {[*NETWORKS]}.")
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"optimizer={self.optimizer!r}: expected one of {[*OPTIMIZERS]}.")
        if self.learning_rate is not None and not 0 < self.learning_rate <= 100:
            raise ValueError(f"learning_rate={self.learning_rate}: expected above 0, at most 100.")
        if self.schedule not in ("constant", "cosine"):
            raise ValueError(f"schedule={self.schedule!r}: expected 'constant' or 'cosine'.")
        if not 1 <= self.epochs <= MAX_EPOCHS:
            raise ValueError(f"epochs={self.epochs}: expected 1 to {MAX_EPOCHS}.")
        if not 1 <= self.batch_size <= MAX_BATCH_SIZE:
            raise ValueError(f"batch_size={self.batch_size}: expected 1 to {MAX_BATCH_SIZE}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed={self.seed}: expected 0 to {MAX_SEED}.")
        held_out_by(str(self.split))
        if not 0.02 <= self.validation_share <= 0.5:
            raise ValueError(f"validation_share={self.validation_share}: expected 0.02 to 0.5.")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing={self.label_smoothing}: expected 0 to below 1.")
        if not 0 <= self.average < 1:
            raise ValueError(f"average={self.average}: expected 0 to below 1.")
        if self.augment and self.image.fit != "place":
            raise ValueError(
                "augment=True needs image.fit='place': a stretched picture has no room."
            )

    @property
    def rate(self) -> float:
        """The learning rate in force at the start (after warm-up)."""
        if self.learning_rate is not None:
            return self.learning_rate
        return OPTIMIZERS[self.optimizer].learning_rate

    @property
    def held_out_speakers(self) -> tuple[str, ...]:
        """The speakers that training never hears, as far as the split names them."""
        return held_out_by(self.split)

    @property
    def n_answers(self) -> int:
        """Ten digits, and "not a digit" where it is trained."""
        return 11 if self.non_digits else 10

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a run's folder or a model's card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunSpec":
        """Return the spec that ``to_dict`` wrote; unknown names are a ``ValueError``."""
        try:
            data = {**values}.get("data", ("synthetic",))
            spec = cls(
                **{
                    **values,
                    "data": data if isinstance(data, str) else tuple(data),
                    "image": ImageConfig.from_dict(values.get("image", {})),
                }
            )
        except TypeError as error:
            raise ValueError(f"These run settings are not understood: {error}.") from error
        return spec

    def with_changes(self, **changes: Any) -> "RunSpec":
        """Return the spec with some settings changed."""
        return replace(self, **changes)
