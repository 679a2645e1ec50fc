"""Keeping a trained network: from a run, or straight from training, to a saved model.

In: a spec, its result, weights. Out: a model folder with its card.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import ModelError, RunError
from core.learning.examples import NOT_A_DIGIT
from core.learning.runs import Run
from core.learning.saved_models import (
    SHIPPED,
    WHICH,
    find_model,
    load_network,
    save_model,
    weights_bytes,
)
from core.learning.specs import RunSpec
from core.learning.starting import begin_with
from core.sound.datasets import DATASETS
from core.system import write_atomically, write_json


def data_in_words(spec: RunSpec) -> str:
    """Return what a run trained on, with licences, for the card."""
    parts = []
    for name in spec.data:
        known = DATASETS.get(name)
        parts.append(
            f"{known.label} ({known.licence})" if known else "a folder of the visitor's own"
        )
    return "; ".join(parts)


def _public(data: str) -> str:
    """Return a data set's name as a card may tell it: of a path, the last part only."""
    return data if data in DATASETS else Path(data).name


def _card(name: str, spec: RunSpec, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "network": spec.network,
        "image": spec.image,
        "n_answers": spec.n_answers,
        "training": {**spec.to_dict(), "data": [_public(name) for name in spec.data]},
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


def release(
    key: str,
    name: str,
    temperature: float,
    threshold: float,
    store: Path,
    views: tuple[float, ...] = (1.0,),
    prior: float = 0.0,
    averaged_with: str = "",
    floor_db: float | None = None,
    second: bool = False,
) -> Path:
    """Copy a kept model into a store of shipped models, at a working point.

    Parameters
    ----------
    key : str
        The kept model's folder name.
    name : str
        Its name from now on.
    temperature, threshold : float
        Its working point; see ``core.learning.saved_models.Card``.
    store : Path
        The folder of shipped models; a model named ``shipped`` there is replaced.
    views : tuple of float
        Speeds at which it looks at a word.
    prior : float
        Taken from the bias of "not a digit": the log of how much rarer it is where the model is
        used than it was in training. It is written into the weights, so that whoever asks the
        network hears the same.
    averaged_with : str
        Key of another kept model, begun with this one or begun by it, whose weights are averaged
        with it (Wortsman et al. 2022); empty for none.
    floor_db : float, optional
        How far below a word faint noise is laid under it; see ``core.sound.faint_noise``.

    second : bool
        Whether it becomes the shipped model's second network, which says which digit it is, and
        leaves the first where it is.

    Raises
    ------
    ModelError
        If there is no such model, it is damaged, or the working point makes no sense.
    """
    saved = find_model(key)
    network = load_network(saved)  # what cannot be loaded must not replace what can
    weights = (saved.folder / "weights.safetensors").read_bytes()
    if averaged_with:
        _average(network, averaged_with)
        weights = weights_bytes(network)
    if prior:
        if saved.card.n_answers != 11:
            raise ModelError(f"prior={prior}: {saved.card.name} has no answer 'not a digit'.")
        bias = next(v for v in network.variables if v.path.endswith("answers/bias"))
        bias.assign(bias.value.at[NOT_A_DIGIT].add(-prior))
        weights = weights_bytes(network)
    card = replace(
        saved.card,
        name=name,
        temperature=temperature,
        threshold=threshold,
        views=views,
        floor_db=floor_db,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        result=saved.card.result | _only_set(prior=prior, averaged_with=averaged_with),
    )
    folder = store / SHIPPED / WHICH if second else store / SHIPPED
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "weights.safetensors", weights)
    write_json(folder / "card.json", card.to_dict())
    return folder


def _only_set(**settings: float | str) -> dict[str, float | str]:
    """Return the settings that are not empty."""
    return {name: value for name, value in settings.items() if value}


def _average(network: Any, key: str) -> None:
    """Make a network's weights the mean of its own and a kept model's."""
    own = [(v, v.value) for v in network.variables]
    begin_with(network, key)
    for variable, before in own:
        if "seed_generator" not in variable.path:
            variable.assign((before + variable.value) / 2)
