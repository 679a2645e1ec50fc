"""The lessons: networks broken on purpose, each with the finding it triggers and the cure.

In: nothing. Out: for each lesson a story, a question, the broken run's spec and the cured one's;
a page starts both and lays them over each other. To add one, write its entry here; the tests and
``benchmarks/lessons.py`` cover it because it is listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.learning.network_config import (
    Block,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    NetworkConfig,
    Pooling,
)
from core.learning.specs import RunSpec
from core.sound.images import SEED, WAVEFORM


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

    def specs(self, data: str, seed: int = 0, held_out: str = "") -> tuple[RunSpec, RunSpec]:
        """Return the broken run's spec and the cured one's.

        Parameters
        ----------
        data : str
            A key of ``DATASETS`` or a folder.
        seed : int
        held_out : str
            The speaker whom no run hears, for lessons about strangers; see ``needs_a_stranger``.
        """
        common = RunSpec(data=(data,), seed=seed, **{**COMMON, **self.healthy})
        broken = common.with_changes(**self._named(self.broken, held_out))
        return broken, broken.with_changes(**self._named(self.cure, held_out))

    @staticmethod
    def _named(changes: Mapping[str, Any], held_out: str) -> dict[str, Any]:
        return {k: v.format(held_out) if k == "split" else v for k, v in changes.items()}

    @property
    def needs_a_stranger(self) -> bool:
        """Whether a speaker has to be left out."""
        return "{}" in str(self.broken.get("split", ""))


COMMON: dict[str, Any] = {"epochs": 8, "batch_size": 32, "train_share": 0.5}
"""What the lessons share: half of the clips and few epochs, so that a run ends within a minute."""


def _deep(activation: str) -> NetworkConfig:
    """Return a network whose eight hidden layers all have one activation."""
    blocks: list[Block] = [
        Convolution(8, stride=2, activation=activation),
        Convolution(16, stride=2, activation=activation),
        Flatten(),
        *(Dense(48, activation) for _ in range(6)),
    ]
    return NetworkConfig(tuple(blocks))


def _small(*, activation: str = "relu", initialiser: str = "glorot") -> NetworkConfig:
    """Return a quick network that learns well where nothing is broken."""
    return NetworkConfig(
        (
            Convolution(16, stride=2, activation=activation),
            Convolution(32, activation=activation),
            Pooling(),
            Flatten(),
            Dense(64, activation),
        ),
        initialiser,
    )


def _with_dropout(rate: float) -> NetworkConfig:
    """Return the quick network with dropout before and after its dense layer."""
    conv, second, pool, flat, dense = _small().blocks
    return NetworkConfig((conv, second, pool, Dropout(rate), flat, dense, Dropout(rate)))


LESSONS = {
    "vanishing_gradients": Lesson(
        "Vanishing gradients",
        "Eight hidden layers, each with a sigmoid, the activation of the first decades.",
        "Each layer's derivative is at most a quarter. What is left of the error after eight?",
        "vanishing_gradients",
        "A quarter to the eighth power is 0.000015: the first layers hear next to nothing. A "
        "ReLU's derivative is 1 wherever it is open, and the same depth learns.",
        {"network": _deep("sigmoid")},
        {"network": _deep("relu")},
        "Replace every sigmoid by ReLU",
        "Hochreiter 1991; Glorot & Bengio 2010; Nair & Hinton 2010",
        {"learning_rate": 0.002},
    ),
    "dead_relus": Lesson(
        "Dead ReLUs",
        "A few steps that are far too long throw units to where they are negative for every clip.",
        "A unit that is always zero has which gradient? Can it come back?",
        "dead_relus",
        "What is always zero gets no gradient, so it stays there. Shorter steps never kill it.",
        {"learning_rate": 0.05},
        {"learning_rate": 0.002},
        "Take shorter steps",
        "Maas et al. 2013",
        {"network": _small()},
    ),
    "rate_too_high": Lesson(
        "A learning rate a hundred times too high",
        "Plain gradient steps, a hundred times as long as they should be.",
        "The gradient shows downhill. Why does the loss rise?",
        "rate_too_high",
        "The slope is only known where you stand: a step of that length ends on the other side "
        "of the valley, higher up.",
        {"learning_rate": 2.0},
        {"learning_rate": 0.02},
        "Divide the rate by 100",
        "LeCun et al. 1998, Efficient BackProp",
        {"network": _small(), "optimizer": "sgd"},
    ),
    "rate_too_low": Lesson(
        "A learning rate a thousand times too low",
        "Adam with steps a thousand times shorter than usual.",
        "Every step goes the right way. How long would the journey take?",
        "rate_too_low",
        "Nothing is wrong but the pace: the curve is a healthy one, stretched a thousandfold.",
        {"learning_rate": 1e-6},
        {"learning_rate": 1e-3},
        "Multiply the rate by 1,000",
        "Karpathy 2019",
        {"network": _small()},
    ),
    "zeros": Lesson(
        "All weights begin at zero",
        "Zero seems a modest place to begin: no opinion at all.",
        "If all units of a layer are equal, what can make them different?",
        "identical_units",
        "Equal units get equal gradients, and through zeros no gradient passes at all. Random "
        "first weights are what lets units become different.",
        {"network": _small(initialiser="zeros")},
        {"network": _small()},
        "Begin at random (Glorot)",
        "Goodfellow, Bengio & Courville 2016, section 8.4",
    ),
    "huge_start": Lesson(
        "First weights far too wide",
        "The first weights are ten times as wide as they should be.",
        "What does an untrained network answer, and how sure is it?",
        "untrained_start",
        "It begins absurdly sure, and wrong. A loss far above ln 10 = 2.30 before the first step "
        "tells it at once.",
        {"network": _small(initialiser="huge")},
        {"network": _small()},
        "Begin with Glorot's width",
        "Glorot & Bengio 2010; Karpathy 2019",
    ),
    "underfitting": Lesson(
        "Underfitting: a network that is too small",
        "One filter, one number: the whole picture is averaged away.",
        "How many of ten digits can one number tell apart?",
        "underfitting",
        "It cannot even learn the clips it is shown: no data and no patience help, only room.",
        {"network": NetworkConfig((Convolution(1), GlobalPooling()))},
        {"network": _small(), "learning_rate": 0.002},
        "Give it sixteen filters and a dense layer",
        "Goodfellow, Bengio & Courville 2016, chapter 5",
        {"learning_rate": 0.01, "epochs": 12},
    ),
    "overfitting": Lesson(
        "Overfitting: few clips, a big network",
        "A network with a hundred thousand weights sees a few dozen clips, again and again.",
        "It will answer every one of them right. What has it learned?",
        "overfitting",
        "It knows its clips by heart. More clips are the only complete cure.",
        {"train_share": 0.04},
        {"train_share": 0.6, "epochs": 10},
        "Give it fifteen times the clips",
        "Zhang et al. 2017, on learning by heart",
        {"network": _small(), "epochs": 30, "batch_size": 16},
    ),
    "dropout": Lesson(
        "What dropout does",
        "The overfitting network again, with a tenth of the clips.",
        "What if, at every step, half of its units were switched off by chance?",
        "overfitting",
        "No unit can rely on a single other one, so what is learned is spread out. The training "
        "curve gets worse and the validation curve better: that is the bargain.",
        {"network": _small()},
        {"network": _with_dropout(0.3)},
        "Switch on dropout",
        "Srivastava et al. 2014",
        {"epochs": 40, "train_share": 0.1, "batch_size": 16},
    ),
    "full_batch": Lesson(
        "Slow: one step for all examples",
        "Gradient descent as in the textbook: look at all clips, then take one step.",
        "The direction is exact. What does exactness cost?",
        "slow",
        "One step an epoch. Mini-batches take dozens, each a little wrong, and are far ahead.",
        {"optimizer": "gradient_descent"},
        {"optimizer": "sgd"},
        "Take a step every 32 clips",
        "Bottou 2010",
        {"network": _small(), "learning_rate": 0.1},
    ),
    "waveform": Lesson(
        "A picture of the waveform",
        "The first experiment's other picture: amplitude over time, as it is plotted.",
        "Two sevens sound alike. Do their waveforms look alike?",
        "overfitting",
        "The plotted wave changes with phase, pitch and loudness, the spectrogram hardly does: "
        "the picture decides more than the optimizer.",
        {"image": WAVEFORM},
        {"image": SEED},
        "Show it the spectrogram",
        "the experiment that this app began with",
        {"network": _small(), "epochs": 20},
    ),
    "speaker_overfitting": Lesson(
        "“98 %, so why does it not hear me?”",
        "One speaker is left out altogether; the others' new takes are answered well.",
        "Is a new take of a known voice a fair test for a stranger?",
        "speaker_overfitting",
        "A score holds for the kind of clip it was measured on. Changing pitch, speed and noise "
        "while training makes up for some of the voices that are not there.",
        {"split": "speaker:{}"},
        {"augment": True, "network": "strong", "optimizer": "adamw", "schedule": "cosine"},
        "Train a batch-normed network on changed copies",
        "Becker et al. 2018; the README's leave-one-speaker-out figures",
        {"network": _small(), "epochs": 15, "train_share": 1.0},
    ),
}
"""Every lesson, in the order in which the page shows them."""
