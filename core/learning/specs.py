"""What a training run was asked to do: one frozen value, checked once, stored with the run.

In: the controls of a page, the options of a command. Out: the worker, the run store, the diagnosis.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.learning.history import Setting
from core.learning.network_config import Dropout, NetworkConfig
from core.learning.network_shapes import network_layers
from core.learning.networks import NETWORKS, config_of, name_of
from core.learning.optimizers import OPTIMIZERS
from core.learning.schedules import SCHEDULES
from core.learning.splits import held_out_by
from core.learning.stopping import check_stops
from core.sound.augmentation import AUGMENTATIONS, MIXTURES
from core.sound.images import ImageConfig

MAX_EPOCHS = 500
MAX_BATCH_SIZE = 1024
MAX_SEED = 2**31 - 1
LISTS = {
    "data": "names or folders",
    "train_speakers": "names",
    "augmentations": "names",
}
"""Settings that are tuples here and lists in JSON, with what they hold."""


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides how a run goes; the same spec gives the same run."""

    data: tuple[str, ...] = ("synthetic",)
    """Keys of ``DATASETS`` or paths. The first is split and scored; the others only train."""
    added_share: float = 1.0
    """Share of the other data sets that each epoch draws anew: they must not drown the first."""
    network: str | NetworkConfig = "seed"
    """A key of ``NETWORKS``, or blocks of one's own."""
    optimizer: str = "adam"
    """A key of ``OPTIMIZERS``."""
    learning_rate: float | None = None
    """None: the optimizer's default."""
    schedule: str = "constant"
    """A key of ``SCHEDULES``: how the rate goes from the first step to the last."""
    epochs: int = 15
    batch_size: int = 64
    """Examples a step; a full-batch optimizer takes them all."""
    seed: int = 0
    """First weights, order of examples, dropout and augmentation depend on it."""
    split: str = "official"
    """``official``, ``random``, ``all`` (nothing held out but validation), ``speaker:NAME`` or
    ``speakers:["NAME", ...]``; see ``core.learning.splits``."""
    train_speakers: tuple[str, ...] = ()
    """Who trains; empty for everybody whom the split does not hold out."""
    train_share: float = 1.0
    """Share of the training clips of each speaker and word that is used."""
    validation_share: float = 0.1
    """Share of each training speaker's takes on which the best epoch is chosen."""
    shuffled_labels: float = 0.0
    """Share of the training clips whose answers are exchanged among them: wrong on purpose."""
    leaked_share: float = 0.0
    """Share of the validation and test clips that are trained on as well: wrong on purpose."""
    augment: bool = False
    """Whether each epoch sees a freshly changed copy of every clip."""
    strength: float = 1.0
    """Share of the mixture's changes that are made: towards the end of a training fewer, so that
    it ends nearer to what it will hear. 1 for all."""
    augmentations: tuple[str, ...] = ()
    """Which changes, keys of ``AUGMENTATIONS``; empty for a mixture of them."""
    mixture: str = "plain"
    """Which mixture changes the clips where none are chosen: a key of ``MIXTURES``."""
    non_digits: bool = False
    """Whether recordings of other words and noises are trained as an eleventh answer."""
    start: str = ""
    """Key of a kept model of the same network, whose weights the run begins with; empty for fresh
    ones."""
    nonwords: float = 0.0
    """Words that are none, made from pieces of the digits, for each digit; see ``nonwords``."""
    label_smoothing: float = 0.0
    """Share of each target that is spread evenly over all answers."""
    average: float = 0.0
    """Decay of the running average of the weights that is scored and kept; 0 for none."""
    keep_last: bool = False
    """Whether the last epoch is kept instead of the one with the best validation loss: where the
    rate has fallen to nothing and the weights are averaged, a few hundred validation clips choose
    among epochs by chance."""
    patience: int = 0
    """Epochs without a better validation loss after which to stop; 0 to go on to the end."""
    stop_score: float | None = None
    """Validation accuracy at which to stop, in (0, 1]; None to go on."""
    stop_seconds: float | None = None
    """Seconds of training after which to stop, at the end of an epoch; None to go on."""
    stop_epochs: int | None = None
    """Epochs after which to stop although the schedule is drawn for more; None to go on."""
    signals: bool = True
    """Whether gradients, updates and activations are measured on the way; costs a few per cent."""
    image: ImageConfig = field(default_factory=ImageConfig)

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "seed", "patience"):
            if not isinstance(getattr(self, name), int):  # a spec in JSON may say 15.5
                raise ValueError(f"{name}={getattr(self, name)!r} must be a whole number.")
        for name, words in LISTS.items():
            names: object = getattr(self, name)
            if not isinstance(names, tuple) or not all(isinstance(n, str) and n for n in names):
                raise ValueError(f"{name}={names!r:.200}: expected a list of {words}.")
        if not self.data:
            raise ValueError("data=() names no data set. Name one of DATASETS, or a folder.")
        if not 0 < self.added_share <= 1:
            raise ValueError(f"added_share={self.added_share}: expected above 0, at most 1.")
        if not isinstance(self.network, NetworkConfig) and self.network not in NETWORKS:
            raise ValueError(f"network={self.network!r}: expected one of {[*NETWORKS]}.")
        network_layers(config_of(self.network), self.image.shape, self.n_answers)
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"optimizer={self.optimizer!r}: expected one of {[*OPTIMIZERS]}.")
        if self.learning_rate is not None and not 0 < self.learning_rate <= 100:
            raise ValueError(f"learning_rate={self.learning_rate}: expected above 0, at most 100.")
        if self.schedule not in SCHEDULES:
            raise ValueError(f"schedule={self.schedule!r}: expected one of {[*SCHEDULES]}.")
        if not 1 <= self.epochs <= MAX_EPOCHS:
            raise ValueError(f"epochs={self.epochs}: expected 1 to {MAX_EPOCHS}.")
        if not 1 <= self.batch_size <= MAX_BATCH_SIZE:
            raise ValueError(f"batch_size={self.batch_size}: expected 1 to {MAX_BATCH_SIZE}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed={self.seed}: expected 0 to {MAX_SEED}.")
        both = sorted({*held_out_by(str(self.split))} & {*self.train_speakers})
        if both:
            raise ValueError(f"{', '.join(both)}: expected to train or to be left out, not both.")
        if not 0 < self.train_share <= 1:
            raise ValueError(f"train_share={self.train_share}: expected above 0, at most 1.")
        if not 0.02 <= self.validation_share <= 0.5:
            raise ValueError(f"validation_share={self.validation_share}: expected 0.02 to 0.5.")
        for name in ("shuffled_labels", "leaked_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}={getattr(self, name)}: expected 0 to 1.")
        if not isinstance(self.start, str):
            raise ValueError(
                f"start={self.start!r}: expected the name of a kept model, or nothing."
            )
        if not 0 <= self.nonwords <= 4 or (self.nonwords and not self.non_digits):
            raise ValueError(
                f"nonwords={self.nonwords}: expected 0 to 4, above 0 only with non_digits=True."
            )
        if not 0 <= self.strength <= 1:
            raise ValueError(f"strength={self.strength}: expected 0 to 1.")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing={self.label_smoothing}: expected 0 to below 1.")
        if not 0 <= self.average < 1:
            raise ValueError(f"average={self.average}: expected 0 to below 1.")
        check_stops(self.patience, self.stop_score, self.stop_seconds, self.stop_epochs)
        for name in self.augmentations:
            if name not in AUGMENTATIONS:
                raise ValueError(f"augmentations={name!r}: expected some of {[*AUGMENTATIONS]}.")
        if self.mixture not in MIXTURES:
            raise ValueError(f"mixture={self.mixture!r}: expected one of {[*MIXTURES]}.")
        if self.augment and not self.image.has_room:
            raise ValueError(
                "augment=True needs image.fit='place' or 'word': a stretched picture has no room."
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
    def network_config(self) -> NetworkConfig:
        """The network's blocks."""
        return config_of(self.network)

    @property
    def network_name(self) -> str:
        """What the network is called in lists: its key, or "own"."""
        return name_of(self.network)

    @property
    def setting(self) -> Setting:
        """What a judgement of the run's history must know of it."""
        optimizer, network = OPTIMIZERS[self.optimizer], self.network_config
        layers = network_layers(network, self.image.shape, self.n_answers)
        dropped = any(isinstance(b, Dropout) and b.rate > 0 for b in network.blocks)
        return Setting(
            self.optimizer,
            optimizer.adaptive,
            optimizer.full_batch,
            optimizer.learning_rate,
            sum(layer.parameters for layer in layers),
            self.augment or dropped or self.label_smoothing > 0,
        )

    @property
    def n_answers(self) -> int:
        """Ten digits, and "not a digit" where it is trained."""
        return 11 if self.non_digits else 10

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a run's folder or a model's card."""
        network = self.network if isinstance(self.network, str) else self.network.to_dict()
        return {**asdict(self), "network": network}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunSpec":
        """Return the spec that ``to_dict`` wrote; unknown names are a ``ValueError``."""
        try:
            found = {**values, "image": ImageConfig.from_dict(values.get("image", {}))}
            if isinstance(found.get("network"), dict):
                found["network"] = NetworkConfig.from_dict(found["network"])
            for name in LISTS:
                if name in found and not isinstance(found[name], str):
                    found[name] = tuple(found[name])
            spec = cls(**found)
        except TypeError as error:
            raise ValueError(f"These run settings are not understood: {error}.") from error
        return spec

    def with_changes(self, **changes: Any) -> "RunSpec":
        """Return the spec with some settings changed."""
        return replace(self, **changes)
