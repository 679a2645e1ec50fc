"""Files that are whole, locks that end with their process, processes that outlive their parent."""

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from core.home import REPOSITORY
from core.system import (
    available_cores,
    held,
    is_held,
    start_detached,
    write_atomically,
    write_json,
)


def test_a_file_is_written_and_replaced_whole(tmp_path):
    path = tmp_path / "a.bin"
    write_atomically(path, b"old")
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new and longer")
    assert path.read_bytes() == b"new and longer"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, step):
    path = tmp_path / "a.bin"
    write_atomically(path, b"old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_a_reader_sees_the_old_bytes_or_the_new_and_never_a_mixture(tmp_path):
    path = tmp_path / "a.bin"
    versions = {letter * 200_000 for letter in (b"a", b"b")}
    write_atomically(path, b"a" * 200_000)
    done = threading.Event()

    def write():
        for i in range(60):
            write_atomically(path, (b"a", b"b")[i % 2] * 200_000)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(path.read_bytes())
    writer.join()
    assert seen <= versions


def test_json_comes_back_as_it_was(tmp_path):
    value = {"name": "sechs – 六", "numbers": [1, 2.5, None], "nested": {"yes": True}}
    write_json(tmp_path / "a.json", value)
    text = (tmp_path / "a.json").read_text("utf-8")
    assert json.loads(text) == value
    assert "六" in text and text.endswith("\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}])
def test_what_json_cannot_say_is_refused_and_the_old_file_stays(tmp_path, value):
    write_json(tmp_path / "a.json", 1)
    with pytest.raises((ValueError, TypeError)):
        write_json(tmp_path / "a.json", {"value": value})
    assert json.loads((tmp_path / "a.json").read_text()) == 1


def test_a_lock_has_one_holder(tmp_path):
    lock = tmp_path / "lock"
    assert not is_held(lock)
    with held(lock) as mine:
        assert mine
        assert is_held(lock)
        with held(lock) as second:
            assert not second
        assert is_held(lock), "who did not get the lock must not release it"
    assert not is_held(lock)


def test_asking_whether_a_lock_is_held_makes_no_file(tmp_path):
    assert not is_held(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_free_in_a_moment_can_be_waited_for(tmp_path):
    lock = tmp_path / "lock"
    got: list[bool] = []

    def wait_for_it():
        with held(lock, wait=20) as mine:
            got.append(mine)

    with held(lock):
        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        waiting.join(0.1)
        assert got == []
    waiting.join(20)
    assert got == [True]


def test_asking_again_and_again_does_not_keep_the_owner_from_its_lock(tmp_path):
    """A page that polls holds the lock for moments; a worker that waits gets it all the same."""
    lock = tmp_path / "lock"
    with held(lock):
        pass
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            is_held(lock)

    pollers = [threading.Thread(target=ask) for _ in range(2)]
    for poller in pollers:
        poller.start()
    try:
        for _ in range(20):
            with held(lock, wait=20) as mine:
                assert mine
    finally:
        stop.set()
        for poller in pollers:
            poller.join()


def test_a_lock_ends_with_the_process_that_held_it_however_it_ends(tmp_path):
    lock = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from core.system import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert is_held(lock)
        process.kill()
        process.wait()
    assert not is_held(lock)


def test_a_folder_that_cannot_be_written_has_no_living_worker(tmp_path, monkeypatch):
    lock = tmp_path / "lock"
    lock.touch()

    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("core.system.FileLock.acquire", refuse)
    assert not is_held(lock)


def test_a_detached_process_has_its_own_session_its_folder_and_its_log(tmp_path):
    log = tmp_path / "out.log"
    log.write_bytes(b"before\n")
    code = (
        "import os, sys; print(os.getcwd()); print(os.getsid(0) == os.getpid()); "
        "print('problem', file=sys.stderr)"
    )
    process = start_detached(["-c", code], log, tmp_path)
    assert process.wait(60) == 0
    assert sorted(log.read_text().split()) == sorted(
        ["before", str(tmp_path.resolve()), "True", "problem"]
    )


def test_a_detached_process_writes_utf_8_whatever_the_systems_encoding(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")  # as Windows would encode a file's text
    code = "import sys; print('Zoë 李明 \\udcff'); print('Zoë 李明', file=sys.stderr)"
    process = start_detached(["-c", code], tmp_path / "out.log", tmp_path)
    assert process.wait(60) == 0
    lines = (tmp_path / "out.log").read_text("utf-8").splitlines()
    assert sorted(lines) == ["Zoë 李明", "Zoë 李明 \\udcff"]


def test_a_detached_process_reads_what_it_is_told(tmp_path):
    process = start_detached(
        ["-c", "print(input()[::-1])"], tmp_path / "out.log", tmp_path, stdin=True
    )
    process.communicate(b"seven\n", timeout=60)
    assert (tmp_path / "out.log").read_text() == "neves\n"


def test_a_detached_process_without_a_pipe_reads_an_end(tmp_path):
    process = start_detached(
        ["-c", "import sys; print(repr(sys.stdin.read()))"], tmp_path / "out.log", tmp_path
    )
    assert process.wait(60) == 0
    assert (tmp_path / "out.log").read_text() == "''\n"


@pytest.mark.skipif(os.name == "nt", reason="niceness is a number on Linux and macOS only")
def test_a_worker_lets_everything_else_go_first():
    code = "import psutil; from core.system import lower_priority; lower_priority(); "
    nice = subprocess.run(
        [sys.executable, "-c", code + "print(psutil.Process().nice())"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    ).stdout
    assert int(nice) >= max(10, psutil.Process().nice())


def test_the_cores_counted_are_those_that_may_be_used():
    expected = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert available_cores() == expected
