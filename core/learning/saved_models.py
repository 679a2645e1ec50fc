"""Saved models: a card that says everything, and weights that hold no code.

In: a trained network and what is known of it. Out: folders that ``core.listening`` loads.

    card.json            what it is, what it was trained on, its scores, its image settings
    weights.safetensors  the numbers, checked against the card before they are used

A model is rebuilt through ``NETWORKS``, or from the blocks on its card; nothing in its folder is
ever executed.
"""

import hashlib
import json
import re
import shutil
import time
import unicodedata
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError
from core.home import SHIPPED_MODELS, data_folder, subfolder
from core.learning.cards import FORMAT, MAX_VIEWS, Card
from core.learning.network_config import NetworkConfig
from core.learning.networks import build_network
from core.learning.weights import put_weights, weights_bytes
from core.sound.images import ImageConfig
from core.system import json_bytes, write_atomically, write_json

__all__ = [
    "FORMAT", "MAX_VIEWS", "MAX_WEIGHTS_BYTES", "SHIPPED", "Card", "SavedModel", "find_model",
    "folder_name", "list_models", "load_network", "put_weights", "read_card", "save_model",
    "weights_bytes",
]  # fmt: skip

MAX_WEIGHTS_BYTES = 256 * 2**20
MAX_CARD_BYTES = 4_000_000
"""A card of the shipped model, which names four hundred speakers, has 0.02 MB."""
SHIPPED = "shipped"
"""The name of the model that comes with the app."""
WHICH = "which"
"""The folder of its second network, inside its own."""


@dataclass(frozen=True)
class SavedModel:
    """A folder with a card and weights."""

    folder: Path
    card: Card
    shipped: bool

    @property
    def key(self) -> str:
        """What names it on command lines and in address bars: the folder's name."""
        return self.folder.name


def second_network(saved: SavedModel) -> SavedModel | None:
    """Return the network that says which digit it is, where another one says whether it is any.

    It lies in the model's own folder. Only what comes with the app has one: a model that is brought
    in is a card and weights and nothing else.

    Raises
    ------
    ModelError
        If it is incomplete.
    """
    folder = saved.folder / WHICH
    if not saved.shipped or not folder.is_dir():
        return None
    return SavedModel(folder, read_card(folder), shipped=True)


def folder_name(name: str) -> str:
    """Return a folder's name for a model's name: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "model"


def save_model(
    card_without_hash: dict[str, Any], weights: bytes, store: Path | None = None
) -> Path:
    """Write a model into the store; an existing one is never overwritten.

    Parameters
    ----------
    card_without_hash : dict
        The fields of ``Card`` but ``weights_sha256`` and ``created``.
    weights : bytes
        From ``weights_bytes``.
    store : Path, optional
        The folder of models; by default the visitor's own, in the data folder.

    Returns
    -------
    folder : Path

    Raises
    ------
    ModelError
        If a number is not finite, or the store cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        numbers = load(weights)
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"The weights to keep are damaged ({error}). Train again.") from error
    if not all(np.isfinite(value).all() for value in numbers.values()):
        raise ModelError(
            "The model cannot be kept: its training diverged, and its numbers are not finite. "
            "Train it again with a smaller learning rate."
        )
    card = Card(
        **card_without_hash,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )
    store = store or subfolder("models")
    base = folder_name(card.name)
    taken = {p.name for p in store.iterdir()} | ({SHIPPED} if store != SHIPPED_MODELS else set())
    numbered = (f"{base[:55].strip('-')}-{i}" for i in range(2, 10_000))
    key = next(k for k in chain([base], numbered) if k not in taken)
    unfinished = store / f".{key}.unfinished"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        write_atomically(unfinished / "weights.safetensors", weights)
        write_json(unfinished / "card.json", card.to_dict())
        return unfinished.rename(store / key)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ModelError(
            f"The model cannot be written to {store} ({error.strerror}). "
            "Free some space there, or set SPOKEN_DIGITS_HOME to another folder."
        ) from error


def read_card(folder: Path) -> Card:
    """Return a model folder's card.

    Raises
    ------
    ModelError
        If a file is missing, damaged or from a newer version.
    """
    for name in ("card.json", "weights.safetensors"):
        if not (folder / name).is_file():
            raise ModelError(
                f"The model {folder.name} has no {name}. Import or train it again; "
                "the other models are not touched."
            )
        if (folder / name).is_symlink():
            raise ModelError(
                f"{name} of the model {folder.name} is a link to another place; only what lies in "
                "a model's own folder is read. Import or train it again."
            )
    try:
        if (size := (folder / "card.json").stat().st_size) > MAX_CARD_BYTES:
            raise ModelError(
                f"The card of the model {folder.name} is {size / 1e6:.0f} MB large; at most "
                f"{MAX_CARD_BYTES / 1e6:.0f} MB are read. Import or train it again."
            )
        values = json.loads((folder / "card.json").read_text("utf-8"))
        json_bytes(values)  # a number that is none, half a letter: it could not be written again
        if values.get("format", FORMAT) > FORMAT:
            raise ModelError(
                f"The model {folder.name} was written by a newer version of the app (format "
                f"{values['format']}, this one reads up to {FORMAT}). Update the app."
            )
        if isinstance(values.get("network"), dict):
            values["network"] = NetworkConfig.from_dict(values["network"])
        return Card(**{**values, "image": ImageConfig.from_dict(values["image"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"The card of the model {folder.name} is damaged ({error}). Import or train it again."
        ) from error


def find_model(key: str) -> SavedModel:
    """Return the shipped model or one of the visitor's own.

    Raises
    ------
    ModelError
        If there is none of that name, or it is incomplete.
    """
    if key != folder_name(key):
        raise ModelError(f"{key!r} is no model's name: these are letters, digits and hyphens.")
    if (SHIPPED_MODELS / key).is_dir():
        return SavedModel(SHIPPED_MODELS / key, read_card(SHIPPED_MODELS / key), shipped=True)
    folder = data_folder() / "models" / key
    if not folder.is_dir():
        known = ", ".join(m.key for m in list_models()[0]) or "none"
        raise ModelError(f"There is no model named {key!r}. The models here are: {known}.")
    return SavedModel(folder, read_card(folder), shipped=False)


def list_models() -> tuple[tuple[SavedModel, ...], tuple[str, ...]]:
    """Return the usable models, the shipped first, then the newest; and the others' problems."""
    models: list[SavedModel] = []
    problems: list[str] = []
    for store, shipped in ((SHIPPED_MODELS, True), (data_folder() / "models", False)):
        folders = [p for p in store.iterdir() if p.is_dir()] if store.is_dir() else []
        for folder in sorted(folders):
            if folder.name.startswith("."):
                continue
            try:
                models.append(SavedModel(folder, read_card(folder), shipped))
            except ModelError as error:
                problems.append(str(error))
    models.sort(key=lambda m: m.card.created, reverse=True)
    models.sort(key=lambda m: not m.shipped)
    return tuple(models), tuple(problems)


def load_network(saved: SavedModel) -> Any:
    """Return the rebuilt Keras network with its weights.

    Raises
    ------
    ModelError
        If the weights are damaged, of other shapes, or not finite.
    """
    path = saved.folder / "weights.safetensors"
    again = "Import or train it again."
    try:
        if path.stat().st_size > MAX_WEIGHTS_BYTES:
            raise ModelError(f"The weights of {saved.key} are larger than 256 MB. {again}")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The weights of {saved.key} cannot be read ({error}). {again}") from error
    if hashlib.sha256(data).hexdigest() != saved.card.weights_sha256:
        raise ModelError(f"The weights of {saved.key} are not those that its card names. {again}")
    model = build_network(saved.card.network, saved.card.image.shape, saved.card.n_answers, seed=0)
    put_weights(model, data, saved.key)
    return model
