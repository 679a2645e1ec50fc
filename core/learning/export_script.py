"""Export as a plain Keras script: a run without this app, from the recordings to the score.

In: a run's spec. Out: the text of a script that needs numpy, scipy, soundfile, keras and a folder
of recordings, and nothing of ours. Same pictures, same network, same rate and schedule, without
augmentation: its score lies within what another seed would give.
"""

from __future__ import annotations

import pprint
from typing import Any

from core.errors import LabError
from core.learning.activations import ACTIVATIONS
from core.learning.initialisers import INITIALISERS
from core.learning.network_building import NORM_MOMENTUM
from core.learning.network_config import (
    Block,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    Pooling,
)
from core.learning.network_shapes import network_layers
from core.learning.optimizers import OPTIMIZERS
from core.learning.own_names import NUMBERED, spec_without_own_names
from core.learning.script_text import SCRIPT
from core.learning.specs import RunSpec
from core.learning.splits import held_out_by


def _initialiser(name: str) -> str:
    entry = INITIALISERS[name]
    options = ", ".join(f"{k}={v!r}" for k, v in entry.options.items())
    return f"keras.initializers.{entry.keras_name}({options})"


def _lines_of(block: Block, name: str, initialiser: str, n_dropout: int) -> list[str]:
    """Return the lines of a script that make one block's layers."""
    if isinstance(block, Convolution):
        activation = ACTIVATIONS[block.activation].keras_name
        fused = "" if block.batch_norm else f"activation={activation!r}, "
        bias = "use_bias=False, " if block.batch_norm else ""
        lines = [
            f"Conv2D({block.filters}, {block.kernel}, strides={block.stride}, "
            f"padding={block.padding!r}, {fused}{bias}kernel_initializer={initialiser}, "
            f"name={name!r})"
        ]
        if block.batch_norm:
            lines.append(f"BatchNormalization(momentum={NORM_MOMENTUM})")
            lines.append(f"Activation({activation!r})")
        return lines
    if isinstance(block, Pooling):
        kind = "MaxPooling2D" if block.keeps == "max" else "AveragePooling2D"
        return [f"{kind}({block.size})"]
    if isinstance(block, GlobalPooling):
        return ["GlobalMaxPooling2D()" if block.keeps == "max" else "GlobalAveragePooling2D()"]
    if isinstance(block, Dropout):
        return [f"Dropout({block.rate!r}, seed={n_dropout})"]
    if isinstance(block, Flatten):
        return ["Flatten()"]
    assert isinstance(block, Dense)
    activation = ACTIVATIONS[block.activation].keras_name
    return [
        f"Dense({block.units}, activation={activation!r}, kernel_initializer={initialiser}, "
        f"name={name!r})"
    ]


def network_lines(spec: RunSpec) -> str:
    """Return the layers of a run's network as lines of a script."""
    config = spec.network_config
    planned = network_layers(config, spec.image.shape, spec.n_answers)
    initialiser = _initialiser(config.initialiser)
    lines, n_dropout = [], 0
    for block, plan in zip(config.blocks, planned, strict=False):
        n_dropout += isinstance(block, Dropout)
        shape = " x ".join(map(str, plan.shape))
        made = _lines_of(block, plan.name, initialiser, n_dropout)
        lines += [f"        layers.{line}," for line in made]
        lines[-1] += f"  # {shape}"
    last = _initialiser(config.initialiser if INITIALISERS[config.initialiser].bad else "glorot")
    lines.append(f"        layers.Dense(N_ANSWERS, kernel_initializer={last}, name='answers'),")
    return "\n".join(lines)


def _settings(spec: RunSpec) -> dict[str, Any]:
    """Return the settings that stand at the head of the script."""
    image = spec.image
    return {
        "KIND": image.kind,
        "FIT": image.fit,
        "WORD_DB": image.word_db,
        "SCALE": image.scale,
        "SECONDS": image.seconds,
        **{name.upper(): value for name, value in image.to_dict()["analysis"].items()},
        "SHAPE": image.shape,
        "N_ANSWERS": spec.n_answers,
        "LEFT_OUT": held_out_by(spec.split),
        "SPLIT": spec.split if spec.split in ("official", "random", "all") else "official",
        "TRAIN_SPEAKERS": spec.train_speakers,
        "UNNAMED": _own_voices(spec),
        "TRAIN_SHARE": spec.train_share,
        "VALIDATION_SHARE": spec.validation_share,
        "LEARNING_RATE": spec.rate,
        "SCHEDULE": spec.schedule,
        "EPOCHS": spec.epochs,
        "PATIENCE": spec.patience or spec.epochs,
        "BATCH_SIZE": None if OPTIMIZERS[spec.optimizer].full_batch else spec.batch_size,
        "LABEL_SMOOTHING": spec.label_smoothing,
        "WEIGHT_DECAY": spec.network_config.weight_decay,
        "SEED": spec.seed,
    }


def _optimizer(spec: RunSpec) -> str:
    """Return the call that makes the optimizer, read off the one that Keras builds."""
    built = OPTIMIZERS[spec.optimizer].builder(spec.rate)
    names = ("momentum", "nesterov", "rho", "beta_1", "beta_2", "epsilon", "weight_decay")
    plain = {name: value for name in names if (value := getattr(built, name, None)) is not None}
    options = "".join(f", {name}={value!r}" for name, value in plain.items())
    return f"keras.optimizers.{type(built).__name__}(learning_rate{options})"


def _own_voices(spec: RunSpec) -> list[str]:
    """Return the numbers that stand in the script for own voices."""
    named = {*held_out_by(spec.split), *spec.train_speakers}
    return sorted(name for name in named if name.startswith(f"{NUMBERED} "))


def _left_behind(spec: RunSpec) -> list[str]:
    """Return what the run did and the script does not, in words."""
    found = []
    if spec.augment:
        found.append("augmentation")
    if len(spec.data) > 1:
        found.append(f"the {len(spec.data) - 1} further data sets that only trained")
    if spec.average:
        found.append(f"the running average of the weights (decay {spec.average:g})")
    if (spec.stop_score, spec.stop_seconds, spec.stop_epochs) != (None, None, None):
        found.append("stopping at a score, after a time or before the last epoch")
    return found


def _asking_for(numbers: list[str]) -> str:
    """Return what the script says about voices that it does not name; nothing where all are."""
    if not numbers:
        return ""
    example = " ".join(f'"{number}=SPEAKER"' for number in numbers)
    return (
        "\n\nWho is called by a number below is not named here. Say which speaker of the files it "
        f"is:\n\n    KERAS_BACKEND=jax python THIS_FILE.py FOLDER {example}\n"
    )


def script_of(spec: RunSpec, name: str = "a run") -> str:
    """Return a run as a plain Keras script, in which own voices are numbers.

    Parameters
    ----------
    spec : RunSpec
    name : str
        The run's name, for the script's first line.

    Raises
    ------
    LabError
        If the run trained "not a digit": its examples are no files that a script could be given.
    """
    if spec.n_answers != 10:
        raise LabError(
            f"{name} also learned what is not a digit, from recordings that a script cannot be "
            "given as files named after their digit. Export it as .keras, or train without."
        )
    spec = spec_without_own_names(spec)
    settings = "\n".join(
        f"{key} = {pprint.pformat(value, width=90)}" for key, value in _settings(spec).items()
    )
    left = _left_behind(spec)
    remark = f"It leaves out {', '.join(left)}." if left else "It leaves nothing of the run out."
    found = SCRIPT
    for mark, text in (
        ("@NAME@", "".join(c for c in name if c.isprintable() and c not in '"\\')),
        ("@REMARK@", remark + _asking_for(_own_voices(spec))),
        ("@SETTINGS@", settings),
        ("@LAYERS@", network_lines(spec)),
        ("@OPTIMIZER@", _optimizer(spec)),
    ):
        found = found.replace(mark, text)
    return found
