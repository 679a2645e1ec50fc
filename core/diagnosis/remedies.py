"""Remedies: what one press changes in a run's settings to cure what was found.

In: a finding and the spec of the run it was found in. Out: specs to run again from the same seed,
each with words for its button. A remedy that changes nothing, or is impossible, is not offered. To
add one, write its function and list it in ``REMEDIES``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.diagnosis.findings import Finding
from core.learning.network_config import Convolution, Dense, Dropout, NetworkConfig
from core.learning.optimizers import OPTIMIZERS
from core.learning.specs import MAX_EPOCHS, RunSpec

ADAPTIVE = ("adagrad", "rmsprop", "adam", "adamw")
"""Optimizers that choose the length of each weight's step themselves."""
MOST = 3
"""Remedies offered for one finding: more would be a menu."""


@dataclass(frozen=True)
class Remedy:
    """One remedy for one run."""

    label: str
    """What its button says."""
    spec: RunSpec
    """The same run, from the same seed, with the cure."""


Changes = Mapping[str, Any]
Maker = Callable[[RunSpec], tuple[str, Changes]]
"""A run's spec -> the button's words and the settings that change."""


PARTS = {0.3: "a third of", 0.1: "a tenth of", 0.01: "a hundredth of"}
"""Factors below one, in words."""


def _rate(factor: float) -> Maker:
    words = PARTS.get(factor, f"{factor:g} times")

    def make(spec: RunSpec) -> tuple[str, Changes]:
        rate = spec.rate * factor
        return f"Take {words} the learning rate ({rate:.3g})", {"learning_rate": rate}

    return make


def _longer(spec: RunSpec) -> tuple[str, Changes]:
    epochs = min(MAX_EPOCHS, 3 * spec.epochs)
    return f"Train for {epochs} epochs", {"epochs": epochs}


def _adam(spec: RunSpec) -> tuple[str, Changes]:
    if spec.optimizer in ADAPTIVE:
        return "", {}
    return "Let Adam choose each step's length", {"optimizer": "adam", "learning_rate": None}


def _batches(spec: RunSpec) -> tuple[str, Changes]:
    if not OPTIMIZERS[spec.optimizer].full_batch:
        return "", {}
    return "Take a step every 32 clips (SGD)", {"optimizer": "sgd", "batch_size": 32}


def _stronger(spec: RunSpec) -> tuple[str, Changes]:
    return "Choose the batch-normed network", {"network": "strong"}


def _all_clips(spec: RunSpec) -> tuple[str, Changes]:
    return "Train on all clips", {"train_share": 1.0}


def _augmented(spec: RunSpec) -> tuple[str, Changes]:
    if not spec.image.has_room:
        return "", {}
    return "Turn on augmentation", {"augment": True}


def _dropout(spec: RunSpec) -> tuple[str, Changes]:
    config = spec.network_config
    dense = [i for i, block in enumerate(config.blocks) if isinstance(block, Dense)]
    if any(isinstance(block, Dropout) for block in config.blocks) or not dense:
        return "", {}
    blocks = list(config.blocks)
    for i in reversed(dense):
        blocks.insert(i + 1, Dropout(0.5))
    return "Switch half of the dense units off by chance (dropout)", {
        "network": replace(config, blocks=tuple(blocks))
    }


def _patience(spec: RunSpec) -> tuple[str, Changes]:
    return "Stop after 3 epochs without improvement", {"patience": 3} if not spec.patience else {}


def _begun_with(initialiser: str, words: str) -> Maker:
    def make(spec: RunSpec) -> tuple[str, Changes]:
        config = replace(spec.network_config, initialiser=initialiser)
        return words, {"network": config, "start": ""}

    return make


def _activated(config: NetworkConfig, activation: str) -> NetworkConfig:
    """Return a network all of whose layers have one activation."""
    return replace(
        config,
        blocks=tuple(
            replace(block, activation=activation)
            if isinstance(block, Convolution | Dense)
            else block
            for block in config.blocks
        ),
    )


def _with(activation: str, words: str) -> Maker:
    def make(spec: RunSpec) -> tuple[str, Changes]:
        return words, {"network": _activated(spec.network_config, activation)}

    return make


def _batch_norm(spec: RunSpec) -> tuple[str, Changes]:
    blocks = tuple(
        replace(block, batch_norm=True) if isinstance(block, Convolution) else block
        for block in spec.network_config.blocks
    )
    return "Add batch norm to every convolution", {
        "network": replace(spec.network_config, blocks=blocks)
    }


def _right_labels(spec: RunSpec) -> tuple[str, Changes]:
    return "Give every clip its right answer", {"shuffled_labels": 0.0}


def _no_leak(spec: RunSpec) -> tuple[str, Changes]:
    return "Keep test clips out of training", {"leaked_share": 0.0}


_GLOROT = _begun_with("glorot", "Begin at random (Glorot)")
_RELU = _with("relu", "Use ReLU in every layer")
_LEAKY = _with("leaky", "Use leaky ReLU in every layer")

REMEDIES: dict[str, tuple[Maker, ...]] = {
    "underfitting": (_stronger, _all_clips, _longer),
    "slow": (_batches, _rate(3), _adam, _longer),
    "diverged": (_rate(0.1), _rate(0.01)),
    "overfitting": (_all_clips, _augmented, _dropout, _stronger),
    "identical_units": (_GLOROT,),
    "untrained_start": (_GLOROT,),
    "vanishing_gradients": (_RELU, _batch_norm, _GLOROT),
    "exploding_gradients": (_rate(0.1), _GLOROT, _batch_norm),
    "dead_relus": (_rate(0.1), _LEAKY),
    "saturation": (_GLOROT, _RELU, _batch_norm),
    "rate_too_low": (_rate(10), _rate(100), _adam),
    "rate_too_high": (_rate(0.1), _rate(0.01)),
    "plateau": (_rate(0.3), _adam, _stronger),
    "too_small_network": (_stronger,),
    "too_little_data": (_all_clips, _augmented, _dropout),
    "speaker_overfitting": (_augmented, _stronger),
    "leaked_split": (_no_leak,),
    "shuffled_labels": (_right_labels,),
    "past_its_best": (_patience,),
}
"""What is offered for each cause, and for a verdict; the likeliest first."""


def remedies(finding: Finding, spec: RunSpec) -> tuple[Remedy, ...]:
    """Return what can be pressed for a finding, the likeliest first.

    Parameters
    ----------
    finding : Finding
    spec : RunSpec
        Of the run it was found in.
    """
    name = finding.cause or finding.verdict
    if not finding.cause and finding.title.startswith(("Diverged", "Slow: its steps are too")):
        name = "diverged"
    found: list[Remedy] = []
    for make in REMEDIES.get(name, ()):
        words, changes = make(spec)
        try:
            cured = spec.with_changes(**changes)
        except (TypeError, ValueError):
            continue  # it does not fit these settings
        if _spelt_out(cured) != _spelt_out(spec) and all(cured != r.spec for r in found):
            found.append(Remedy(words, cured))
    return tuple(found[:MOST])


def _spelt_out(spec: RunSpec) -> RunSpec:
    """Return a spec with its network block by block: a name stands for nothing but its blocks."""
    return spec.with_changes(network=spec.network_config, learning_rate=spec.rate)
