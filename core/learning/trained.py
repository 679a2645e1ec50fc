"""What was trained, wherever it lies: a run in the data folder, or a kept model.

In: the name of either. Out: its network with its numbers, for evaluation and export.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import LabError, ModelError, RunError
from core.learning.known_speakers import known_speakers
from core.learning.network_config import NetworkConfig
from core.learning.networks import build_network
from core.learning.runs import find_run
from core.learning.saved_models import SavedModel, find_model, put_weights
from core.learning.specs import RunSpec
from core.sound.images import ImageConfig


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with its numbers, and what is known of how it came to be."""

    name: str
    network: str | NetworkConfig
    image: ImageConfig
    n_answers: int
    weights: bytes
    """In the safetensors format."""
    temperature: float
    speakers: tuple[str, ...]
    """Whom it was trained on, as far as its result says."""
    spec: RunSpec | None
    """How it was trained; None where a newer or an older version trained it."""

    def build(self) -> Any:
        """Return the Keras network with its numbers."""
        model = build_network(self.network, self.image.shape, self.n_answers, seed=0)
        put_weights(model, self.weights, self.name)
        return model


def find_trained(name: str) -> TrainedNetwork:
    """Return a run's best epoch or a kept model by its name; a run goes first.

    Raises
    ------
    LabError
        If there is neither, a run has no finished epoch, or its files are damaged.
    """
    run = find_run(name)
    if run is not None:
        spec = run.spec()
        try:
            weights = run.best.read_bytes()
        except OSError as error:
            raise RunError(
                f"The run {name} has no finished epoch yet. Let it train at least one."
            ) from error
        result = run.snapshot().result or {}
        temperature = float(result.get("temperature", 1.0))
        heard = tuple(result.get("speakers", ()))
        return TrainedNetwork(
            name, spec.network, spec.image, spec.n_answers, weights, temperature, heard, spec
        )
    try:
        saved = find_model(name)
    except ModelError as error:
        raise LabError(f"{name!r} is neither a run nor a model. {error}") from error
    return kept_network(saved)


def kept_network(saved: SavedModel) -> TrainedNetwork:
    """Return a kept model as what was trained."""
    card = saved.card
    try:
        trained_by = RunSpec.from_dict(card.training)
    except ValueError:
        trained_by = None  # the model itself is whole; only its story is not understood
    weights = (saved.folder / "weights.safetensors").read_bytes()
    heard = tuple(sorted(known_speakers(card)))
    return TrainedNetwork(
        saved.key,
        card.network,
        card.image,
        card.n_answers,
        weights,
        card.temperature,
        heard,
        trained_by,
    )
