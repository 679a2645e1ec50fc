"""The data folder: everything that the app writes lies under one folder.

In: the environment variable ``SPOKEN_DIGITS_HOME``. Out: paths to data sets, runs and models.
One folder to back up, to move, to delete; the repository itself is never written to.
"""

import os
from pathlib import Path

from core.errors import LabError

REPOSITORY = Path(__file__).resolve().parent.parent
SHIPPED_MODELS = REPOSITORY / "models"
"""The models that come with the app, read-only."""


def data_folder() -> Path:
    """Return the folder that holds downloads, runs, own models and own voices.

    Returns
    -------
    folder : Path
        ``$SPOKEN_DIGITS_HOME``, or ``data/`` beside dashboard.py. It need not exist yet.

    Raises
    ------
    LabError
        If it begins with the home of somebody who is unknown here.
    """
    chosen = os.environ.get("SPOKEN_DIGITS_HOME", "").strip()
    try:
        return Path(chosen).expanduser().resolve() if chosen else REPOSITORY / "data"
    except RuntimeError as error:  # "~name" of nobody here
        raise LabError(
            f"SPOKEN_DIGITS_HOME={chosen} cannot be found ({error}). Give the whole path."
        ) from error


def subfolder(name: str) -> Path:
    """Return a folder inside the data folder, made if it is missing.

    Parameters
    ----------
    name : str
        ``datasets``, ``runs``, ``models`` or ``cache``.

    Raises
    ------
    LabError
        If the folder cannot be made, with the reason and the remedy.
    """
    folder = data_folder() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"The data folder {data_folder()} cannot be written ({error.strerror}). "
            "Make it writable, or set SPOKEN_DIGITS_HOME to a folder that is."
        ) from error
    return folder
