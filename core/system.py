"""What differs between Linux, macOS and Windows, in one place: files, processes, priorities.

In: the run store and the worker. Out: calls that mean the same on every system.
Run on Linux; written for macOS and Windows over filelock and psutil, not run there.
"""

import contextlib
import ctypes
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import psutil
from filelock import FileLock, Timeout


def write_atomically(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write a file so that a reader, or a crash, sees the old bytes or the new, never a mixture.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    data : bytes
        The whole new content, on the disk when this returns.
    lasting : bool
        Whether to wait until it would outlast a power cut too; if not, this is quicker, and only
        the end of this process, however sudden, cannot harm it.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    if lasting:
        _sync_folder(path.parent)


def json_bytes(value: Any) -> bytes:
    """Return plain values as JSON that people can read."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def write_json(path: Path, value: Any) -> None:
    """Write plain values as JSON, atomically."""
    write_atomically(path, json_bytes(value))


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut; Windows has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held(lock: Path, wait: float = 0.0) -> Iterator[bool]:
    """Hold a lock that ends with this process, whatever ends it; yields whether it was free.

    Parameters
    ----------
    lock : Path
        The lock's file.
    wait : float
        Seconds to wait for it. Whoever asks ``is_held`` holds it for a moment, so that an owner
        who does not wait a little may take a question for another owner.
    """
    file_lock = FileLock(lock)
    try:
        file_lock.acquire(timeout=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        file_lock.release()


def is_held(lock: Path) -> bool:
    """Return whether some living process holds the lock."""
    if not lock.exists():
        return False
    try:
        with held(lock) as was_free:
            return not was_free
    except OSError:
        return False  # a read-only folder has no running worker


def start_detached(
    arguments: Sequence[str], log: Path, folder: Path, stdin: bool = False
) -> subprocess.Popen[bytes]:
    """Start a Python process that outlives this one.

    Parameters
    ----------
    arguments : sequence of str
        What follows the interpreter's name, e.g. ``["-m", "core.learning.worker", ...]``.
    log : Path
        File that receives what it prints, as UTF-8.
    folder : Path
        Its working folder.
    stdin : bool
        Whether to keep a pipe to its standard input.
    """
    options: dict[str, Any] = {}
    # what is not UTF-8 in a name is written as an escape; a print must not end a run
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:backslashreplace"}
    if os.name == "nt":
        options["creationflags"] = (
            subprocess.DETACHED_PROCESS  # type: ignore[attr-defined,unused-ignore]
            | subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined,unused-ignore]
        )
    else:
        options["start_new_session"] = True
    output: IO[bytes]
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            **options,
        )


def mark_of(pid: int) -> dict[str, Any]:
    """Return what tells a process from all others, as plain values; see ``lives``."""
    mark: dict[str, Any] = {"pid": pid, "host": platform.node(), "time": time.time()}
    with contextlib.suppress(psutil.Error):
        mark["created"] = psutil.Process(pid).create_time()
    return mark


def lives(mark: Mapping[str, Any], since: float) -> bool:
    """Return whether a marked process still lives.

    Parameters
    ----------
    mark : mapping
        From ``mark_of``, perhaps by another machine or by a version that marked less.
    since : float
        A process that cannot be looked at from here is believed to live if it was marked after
        this time, in seconds since 1970.
    """
    pid, created = mark.get("pid"), mark.get("created")
    if mark.get("host") != platform.node():
        return float(mark.get("time") or 0.0) > since
    if not isinstance(pid, int) or created is None:
        return False  # it had gone before it could be marked
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created) < 2.0  # clocks are set; numbers are reused
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


MALLOPT = {"arenas": (-8, 1), "map": (-3, 2**31 - 1), "trim": (-1, 2**31 - 1)}
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc's malloc.h, with their values."""


def reuse_memory() -> None:
    """Let this process keep the memory that it frees, for its next large array.

    glibc returns every large array to Linux as soon as it is freed, and Linux hands out the next
    one page by page, each zeroed: on some machines that takes most of a training step. To be called
    before threads start. Other systems do not need it, and are left alone.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library has no mallopt
            mallopt = ctypes.CDLL(None).mallopt
            for option, value in MALLOPT.values():
                mallopt(option, value)


def lower_priority() -> None:
    """Let everything else on the machine, live audio above all, go before this process.

    Linux shares the processor among sessions first, and counts ``nice`` only within one
    (autogroups, sched(7)). A detached worker is a session of its own: its session steps back too.
    """
    with contextlib.suppress(psutil.Error, OSError):
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if os.name == "nt" else 10)
    if sys.platform == "linux" and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text("10")


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
