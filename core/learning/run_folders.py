"""Where runs lie: folders named by when they were asked for, in a store of the data folder.

In: the name of a store, what a whole folder holds at least. Out: paths; a name that is no run's
name never leads out of its store. Runs, races, range tests and probes are found by this.
"""

import re
import secrets
import time
from pathlib import Path

from core.home import data_folder

SPEC = "spec.json"
"""What every such folder holds."""

_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def new_name() -> str:
    """Return a name after all given so far: date, time, 20 bits of the second, a random digit."""
    now = time.time()
    date = time.strftime("%Y%m%d-%H%M%S-", time.gmtime(now))
    return f"{date}{int(now % 1 * 2**20):05x}{secrets.token_hex(1)[0]}"


def found_folder(store: str, name: str, holds: str = SPEC) -> Path | None:
    """Return the folder of that name in a store; None where there is none, or it is not whole.

    Parameters
    ----------
    store : str
        A folder of the data folder.
    name : str
        Perhaps from an address bar; one that is no run's name is not looked for.
    holds : str
        The file without which it is none.
    """
    if not _NAME.fullmatch(name):
        return None
    folder = data_folder() / store / name
    try:
        return folder if (folder / holds).is_file() else None
    except OSError:  # a folder that may not be entered
        return None


def found_folders(store: str, holds: str = SPEC) -> list[Path]:
    """Return the whole folders of a store, newest first; none where it does not exist."""
    try:
        names = sorted((p.name for p in (data_folder() / store).iterdir()), reverse=True)
    except OSError:
        return []
    return [path for name in names if (path := found_folder(store, name, holds)) is not None]
