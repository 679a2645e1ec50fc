"""Why a run failed, in one sentence that a visitor can act on.

In: what was raised in a worker. Out: the words for the run's log; the traceback of what was not
foreseen goes to worker.log.
"""

import errno
import traceback
from pathlib import Path

from core.errors import LabError

MEMORY = "The memory ran out. Choose a smaller batch or network."


def told(folder: Path, error: Exception) -> str:
    """Return why a run failed.

    Parameters
    ----------
    folder : Path
        The run's folder.
    error : Exception
        What ended it, being handled now.
    """
    if isinstance(error, LabError):
        return str(error)
    if isinstance(error, MemoryError):
        return MEMORY
    traceback.print_exc()
    if "RESOURCE_EXHAUSTED" in str(error):  # XLA's word for it
        return MEMORY
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return (
                f"The disk with {folder.parent} is full ({error.strerror}). Free some space, "
                "then resume the run."
            )
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO):
            return (
                f"The folder {folder} cannot be written or read ({error.strerror}). Make it "
                "writable and look after its disk, then resume the run."
            )
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
