"""The shelf of models: star, rename, delete with a way back, take out and bring in.

In: a kept model's key, bytes of a zip. Out: folders below ``models/`` of the data folder. A zip
holds the card and the weights and nothing else; whatever comes in is rebuilt from its card and
compared with it before it stands on the shelf, and nothing in it is ever executed.
"""

import io
import json
import re
import secrets
import shutil
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from core.broken_zips import BROKEN_ZIP
from core.errors import ModelError
from core.home import data_folder, subfolder
from core.learning.own_names import without_own_names
from core.learning.saved_models import (
    MAX_WEIGHTS_BYTES,
    SHIPPED,
    SavedModel,
    find_model,
    folder_name,
    load_network,
    read_card,
)
from core.system import json_bytes, write_atomically, write_json

FILES = ("card.json", "weights.safetensors")
"""What a model is, and all that a zip of one holds."""
MAX_CARD_BYTES = 4_000_000
KEPT_SECONDS = 7 * 86400.0
"""How long a deleted model can be brought back."""
MAX_NAME = 80

_DELETED = re.compile(r"\.deleted-(\d{10})-([a-z0-9-]{1,60})")


@dataclass(frozen=True)
class DeletedModel:
    """A model that can still be brought back."""

    folder: str
    """What ``bring_back`` asks for."""
    key: str
    until: float
    """When it goes for good, in seconds since 1970."""


def starred() -> str:
    """Return the key of the model that Live begins with; the shipped one where none is starred."""
    try:
        key = json.loads((data_folder() / "models" / "starred.json").read_text("utf-8"))["key"]
        return find_model(key).key
    except (OSError, ValueError, TypeError, KeyError, ModelError):
        return SHIPPED


def star(key: str) -> None:
    """Let Live begin with a model.

    Raises
    ------
    ModelError
        If there is none of that name, or the folder cannot be written.
    """
    key = find_model(key).key
    try:
        write_json(subfolder("models") / "starred.json", {"key": key})
    except OSError as error:
        raise _unwritten(error) from error


def rename(key: str, name: str) -> None:
    """Give one of the visitor's own models another name; its key stays.

    Raises
    ------
    ModelError
        If the name is empty or too long, or the model is not one's own.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise ModelError(f"A name of {len(name)} characters came; expected 1 to {MAX_NAME}.")
    model = _own(key)
    try:
        write_json(model.folder / "card.json", replace(model.card, name=name).to_dict())
    except OSError as error:
        raise _unwritten(error) from error


def delete(key: str, now: float | None = None) -> DeletedModel:
    """Take one of the visitor's own models off the shelf; it can be brought back for a week."""
    model = _own(key)
    stamp = int(time.time() if now is None else now)
    while (folder := model.folder.with_name(f".deleted-{stamp:010d}-{model.key}")).exists():
        stamp += 1  # another one of its name was deleted in the same second
    try:
        model.folder.rename(folder)
    except OSError as error:
        raise _unwritten(error) from error
    return DeletedModel(folder.name, model.key, stamp + KEPT_SECONDS)


def deleted(now: float | None = None) -> tuple[DeletedModel, ...]:
    """Return what can be brought back, the latest first; what is older goes for good."""
    store = data_folder() / "models"
    now = time.time() if now is None else now
    found = []
    for folder in sorted(store.iterdir(), reverse=True) if store.is_dir() else ():
        name = _DELETED.fullmatch(folder.name)
        if name is None:
            continue
        until = int(name[1]) + KEPT_SECONDS
        if until < now:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(DeletedModel(folder.name, name[2], until))
    return tuple(found)


def bring_back(folder: str) -> str:
    """Put a deleted model back; return its key, another one where its own is taken by now."""
    name = _DELETED.fullmatch(folder)
    store = data_folder() / "models"
    if name is None or not (store / folder).is_dir():
        raise ModelError("That model has gone for good: deleted ones are kept for a week.")
    key = _free_key(store, name[2])
    try:
        (store / folder).rename(store / key)
    except OSError as error:
        raise _unwritten(error) from error
    return key


def take_out(key: str) -> bytes:
    """Return a model as a zip, to be brought in elsewhere; its card names no own voice.

    Raises
    ------
    ModelError
        If it is not there or cannot be read.
    """
    model = find_model(key)
    packed = io.BytesIO()
    nameless = without_own_names(model.card)
    try:
        content = {name: (model.folder / name).read_bytes() for name in FILES}
        if nameless != model.card:
            content["card.json"] = json_bytes(nameless.to_dict())
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                # a fixed date: the same model is the same file
                archive.writestr(zipfile.ZipInfo(name), content[name])
    except OSError as error:
        raise ModelError(f"The model {key} cannot be read ({error.strerror}).") from error
    return packed.getvalue()


def bring_in(data: bytes) -> SavedModel:
    """Put a model from a zip onto the shelf.

    Parameters
    ----------
    data : bytes
        From ``take_out``, perhaps of another machine; hostile until it is read.

    Returns
    -------
    model : SavedModel

    Raises
    ------
    ModelError
        If it is no such zip, or the model in it is damaged, newer, of other shapes or not finite.
    """
    content = _unpacked(data)
    store = subfolder("models")
    staging = store / f".coming-{secrets.token_hex(6)}"
    try:
        staging.mkdir()
        for name in FILES:
            write_atomically(staging / name, content[name])
        try:
            card = read_card(staging)
        except ModelError as error:
            raise ModelError(str(error).replace(staging.name, "in this zip")) from error
        model = SavedModel(staging, card, shipped=False)
        load_network(model)  # shapes, finite numbers, the checksum
        key = _free_key(store, folder_name(card.name))
        return replace(model, folder=staging.rename(store / key))
    except ModelError as error:
        raise ModelError(str(error).replace(staging.name, "in this zip")) from error
    except OSError as error:
        raise _unwritten(error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return a zip's two files; anything else in it is refused before it is unpacked."""
    wanted = f"expected a zip of {FILES[0]} and {FILES[1]}, as “Export” makes it"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = sorted(info.filename for info in archive.infolist())
            if names != sorted(FILES):
                raise ModelError(f"The zip holds {', '.join(names)[:200] or 'nothing'}; {wanted}.")
            content = {}
            for name, most in zip(FILES, (MAX_CARD_BYTES, MAX_WEIGHTS_BYTES), strict=True):
                with archive.open(name) as file:
                    content[name] = file.read(most + 1)  # whatever its directory claims
                if len(content[name]) > most:
                    raise ModelError(f"{name} is larger than {most / 1e6:.0f} MB; {wanted}.")
            return content
    except (*BROKEN_ZIP, OSError) as error:
        raise ModelError(f"This is no whole zip ({str(error)[:200]}); {wanted}.") from error


def _own(key: str) -> SavedModel:
    model = find_model(key)
    if model.shipped:
        raise ModelError("The model that comes with the app is read-only. Change one of your own.")
    return model


def _free_key(store: Path, key: str) -> str:
    taken = {p.name for p in store.iterdir()} | {SHIPPED}
    base = key[:55].strip("-")
    return next(k for k in [key, *(f"{base}-{i}" for i in range(2, 10_000))] if k not in taken)


def _unwritten(error: OSError) -> ModelError:
    return ModelError(
        f"The models' folder cannot be written ({error.strerror}). Free some space there, or set "
        "SPOKEN_DIGITS_HOME to another folder."
    )
