"""Keeping a trained network: from a run, or straight from training, to a saved model.

In: a spec, its result, weights. Out: a model folder with its card.
"""

from pathlib import Path
from typing import Any

from core.errors import RunError
from core.learning.runs import Run
from core.learning.saved_models import save_model, weights_bytes
from core.learning.specs import RunSpec
from core.sound.datasets import DATASETS


def data_in_words(spec: RunSpec) -> str:
    """Return what a run trained on, with licences, for the card."""
    parts = []
    for name in spec.data:
        known = DATASETS.get(name)
        parts.append(
            f"{known.label} ({known.licence})" if known else "a folder of the visitor's own"
        )
    return "; ".join(parts)


def _card(name: str, spec: RunSpec, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "network": spec.network,
        "image": spec.image,
        "n_answers": spec.n_answers,
        "training": spec.to_dict(),
        "result": result,
        "data": data_in_words(spec),
    }


def keep(
    name: str, spec: RunSpec, result: dict[str, Any], model: Any, store: Path | None = None
) -> Path:
    """Save a trained network; returns the model's folder."""
    return save_model(_card(name, spec, result), weights_bytes(model), store)


def keep_run(run: Run, name: str) -> Path:
    """Save a run's best epoch as a model; returns the model's folder.

    Raises
    ------
    RunError
        If the run has no finished epoch yet.
    """
    snapshot = run.snapshot()
    best = snapshot.history.best
    try:
        weights = run.best.read_bytes()
    except OSError as error:
        raise RunError(
            f"The run {run.name} has no finished epoch to keep. Let it train at least one."
        ) from error
    result = snapshot.result or {
        "best_epoch": best.epoch if best else None,
        "val_accuracy": best.val_accuracy if best else None,
        "protocol": "ended before it was scored",
        "scores": {"known": None, "unseen": None},
    }
    return save_model(_card(name, snapshot.spec, result), weights)
