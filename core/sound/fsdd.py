"""Where a copy of the Free Spoken Digit Dataset is on this machine, and which edition it is.

In: the environment variable ``SPOKEN_DIGITS_FSDD``, the data folder. Out: a folder or zip for
``core.sound.datasets``; the ids by which a download is checked (``core.sound.fetching``).
"""

import os
import re
import zipfile
from pathlib import Path

from core.errors import DataError
from core.home import data_folder
from core.sound.people import Person
from core.sound.tree_id import tree_id

VERSION = "1.0.10"

TREE = "f5377fa58d517b63b3075998142f3878db1f30ef"
"""Tree id of the 3,000 recordings of v1.0.10, every file as mode 100644."""

TREE_2019 = "79811732e828f8123b6ab666a4cca9201049821d"
"""Tree id of the 2,000 recordings of the four speakers of 2019, by the same rule."""

SPEAKERS_2019 = ("jackson", "nicolas", "theo", "yweweler")
"""The speakers of the edition of 2019."""

PEOPLE = (
    Person("george", "man", "Greece / Greek"),
    Person("jackson", "man", "USA / neutral"),
    Person("lucas", "man", "Germany / German"),
    Person("nicolas", "man", "Belgium / French"),
    Person("theo", "man", "USA / neutral"),
    Person("yweweler", "man", "Germany / German"),
)
"""Who speaks, by the data set's own metadata.py at v1.0.10."""

SPLIT = (
    "By the index of the take, for every digit and speaker alike: takes 0 to 4 test, takes from 5 "
    "on train. Every speaker is on both sides, so a score says nothing of voices never heard."
)
"""The data set's own split, in words."""

VARIABLE = "SPOKEN_DIGITS_FSDD"
"""The environment variable that names a copy which the user already has."""

_NAME = re.compile(r"[0-9]_[^/\\]+_[0-9]{1,9}\.wav")

# One recording tells that a speaker is there: looking for all 3,000 would take too long for a page.
_IN_EVERY_EDITION = "0_jackson_0.wav"
_ONLY_IN_FULL = "0_george_0.wav"


def downloaded_folder() -> Path:
    """Return where the app keeps its own download; it need not exist."""
    return data_folder() / "datasets" / f"fsdd-{VERSION}" / "recordings"


def _holds(root: Path, name: str) -> bool:
    """Return whether a folder, or a zip at any depth, holds a file of this name."""
    try:
        if root.is_dir():
            return (root / name).is_file()
        with zipfile.ZipFile(root) as archive:
            return any(path.rpartition("/")[2] == name for path in archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _candidates() -> list[Path]:
    named = os.environ.get(VARIABLE, "").strip()
    places = [downloaded_folder()]
    if named:
        root = Path(named).expanduser()
        places = [root, root / "recordings", *places]
    return places


def find_fsdd() -> Path | None:
    """Return the folder or zip that holds FSDD on this machine, in whichever edition.

    The copy named by ``SPOKEN_DIGITS_FSDD`` comes first (the folder of recordings, the folder
    around it, or a zip), then the app's own download.
    """
    return next((root for root in _candidates() if _holds(root, _IN_EVERY_EDITION)), None)


def find_full() -> Path | None:
    """Return the folder or zip that holds all six speakers on this machine, or None."""
    return next(
        (
            root
            for root in _candidates()
            if _holds(root, _IN_EVERY_EDITION) and _holds(root, _ONLY_IN_FULL)
        ),
        None,
    )


def why_missing() -> str:
    """Return in a sentence or two how to get FSDD, and what is wrong with the named copy."""
    named = os.environ.get(VARIABLE, "").strip()
    remedy = (
        "Download it on the Browse page, or give the path of a folder or zip that holds "
        f"its recordings ({_IN_EVERY_EDITION} and so on)."
    )
    if not named:
        return f"The Free Spoken Digit Dataset is not on this machine. {remedy}"
    return (
        f"{VARIABLE} names {named}, which does not hold the recordings of the Free Spoken Digit "
        f"Dataset that are needed. {remedy}"
    )


def verify_fsdd(root: Path) -> str | None:
    """Return which edition a folder or zip is, by the names and contents of all its recordings.

    Parameters
    ----------
    root : Path
        A folder of recordings, the folder around it, or a zip.

    Returns
    -------
    key : str or None
        ``"fsdd"`` (v1.0.10, six speakers), ``"fsdd-2019"`` (four of them), or None: something
        else, perhaps another version, or with files added, missing or changed. That is no error.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        if root.is_dir():
            folder = root / "recordings" if (root / "recordings").is_dir() else root
            names = [p.name for p in folder.iterdir() if _NAME.fullmatch(p.name)]
            found = tree_id((n, (folder / n).read_bytes()) for n in names)
        else:
            with zipfile.ZipFile(root) as archive:
                paths = [
                    path
                    for path in archive.namelist()
                    if _NAME.fullmatch(path.rpartition("/")[2]) and not path.startswith("__MACOSX")
                ]
                found = tree_id((p.rpartition("/")[2], archive.read(p)) for p in paths)
    except ValueError:
        return None  # the same name twice, in two folders of a zip
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(
            f"{root} cannot be read ({error}). Check that it is there, complete, and that you "
            "may read it."
        ) from error
    return {TREE: "fsdd", TREE_2019: "fsdd-2019"}.get(found)
