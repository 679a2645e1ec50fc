"""Downloading FSDD from a server on this machine that behaves in every bad way."""

import errno
import http.server
import io
import os
import threading
import zipfile
from pathlib import Path

import filelock
import numpy as np
import pytest

from core.errors import DataError
from core.sound import fetching, unpacking
from core.sound.audio import write_wav
from core.sound.fetching import FSDD_URL, fetch_fsdd
from core.sound.layouts import scan
from core.sound.tree_id import folder_tree_id, tree_id

RECORDINGS = {
    f"{digit}_{speaker}_{take}.wav": write_wav(
        np.sin(np.arange(2000) * (0.1 + 0.02 * digit)) * 0.3 + 0.01 * take
    )
    for digit in range(3)
    for speaker in ("jackson", "theo")
    for take in range(2)
}
TREE = tree_id(RECORDINGS.items())


def archive(recordings=RECORDINGS, top="free-spoken-digit-dataset-1.0.10") -> bytes:
    """A zip of the shape that GitHub gives a release: folders listed, everything in one folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(f"{top}/", b"")
        opened.writestr(f"{top}/README.md", b"# Free Spoken Digit Dataset (FSDD)\n")
        opened.writestr(f"{top}/utils/trimmer.py", b"pass\n")
        opened.writestr(f"{top}/recordings/", b"")
        for name, content in recordings.items():
            opened.writestr(f"{top}/recordings/{name}", content)
    return buffer.getvalue()


GOOD = archive()


class Server:
    """Answers each request with the next of its answers, and the last one from then on."""

    def __init__(self):
        self.answers = []
        self.requests = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer = outer.answers[min(outer.requests, len(outer.answers) - 1)]
                outer.requests += 1
                answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1.0.10.zip"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def gives(data: bytes, status=200, length=None, kind="application/zip"):
    """Answer with these bytes; as GitHub, state no length unless told to."""

    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(data)
        handler.close_connection = True

    return answer


def gives_pieces(data: bytes, ending: bool):
    """Answer in chunks, as GitHub does; without the ending, the connection breaks off."""

    def answer(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for at in range(0, len(data), 1000):
            piece = data[at : at + 1000]
            handler.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
        if ending:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "datasets" / "fsdd-1.0.10" / "recordings"


def fetch(destination, server, **more):
    return fetch_fsdd(
        destination, server.url, **{"expected_tree": TREE, "pause_seconds": 0.0, **more}
    )


def refused(destination, server, **more) -> str:
    """The one sentence or two of a refusal, after which nothing half-made may lie about."""
    with pytest.raises(DataError) as error:
        fetch(destination, server, **more)
    sentence = str(error.value)
    assert "\n" not in sentence
    assert type(error.value) is DataError
    assert not destination.exists()
    assert_clean(destination)
    return sentence


def assert_clean(destination):
    left = [p.name for p in destination.parent.iterdir() if p.name != destination.name]
    assert left in ([], [".fetching.lock"])


# --- what works -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [None, len(GOOD)])
def test_a_good_archive_becomes_a_folder_of_its_recordings(server, destination, length):
    server.answers = [gives(GOOD, length=length)]
    assert fetch(destination, server) == destination
    assert {p.name: p.read_bytes() for p in destination.iterdir()} == RECORDINGS
    assert len(scan(destination)) == len(RECORDINGS)
    assert_clean(destination)


def test_an_archive_in_pieces_is_the_same(server, destination):
    server.answers = [gives_pieces(GOOD, ending=True)]
    fetch(destination, server)
    assert folder_tree_id(destination) == TREE


@pytest.mark.parametrize(("length", "total"), [(None, None), (len(GOOD), len(GOOD))])
def test_progress_tells_bytes_so_far_and_the_total_only_where_it_is_stated(
    server, destination, length, total, monkeypatch
):
    server.answers = [gives(GOOD, length=length)]
    seen = []
    fetch(destination, server, progress=lambda *words: seen.append(words))
    so_far = [bytes_so_far for bytes_so_far, _ in seen]
    assert so_far == sorted(so_far)
    assert so_far[-1] == len(GOOD)
    assert {stated for _, stated in seen} == {total}


def test_what_is_there_already_is_not_downloaded_again(server, destination):
    server.answers = [gives(GOOD)]
    fetch(destination, server)
    fetch(destination, server)
    assert server.requests == 1


def test_an_empty_folder_in_its_place_is_no_obstacle(server, destination):
    destination.mkdir(parents=True)
    server.answers = [gives(GOOD)]
    fetch(destination, server)
    assert folder_tree_id(destination) == TREE


def test_repacking_the_archive_does_not_matter(server, destination):
    shuffled = dict(sorted(RECORDINGS.items(), reverse=True))
    server.answers = [gives(archive(shuffled, top="Jakobovski-fsdd-d6938f9"))]
    fetch(destination, server)
    assert folder_tree_id(destination) == TREE


@pytest.mark.parametrize(
    "broken",
    [
        gives(GOOD[: len(GOOD) // 2], length=len(GOOD)),
        gives(GOOD[: len(GOOD) // 2]),
        gives_pieces(GOOD[: len(GOOD) // 2], ending=False),
        gives(b"Bad gateway", status=502),
        gives(b"Slow down", status=429),
        gives(b""),
    ],
    ids=["length", "no-length", "pieces", "502", "429", "nothing"],
)
def test_a_failed_download_starts_again(server, destination, broken):
    server.answers = [broken, broken, gives(GOOD)]
    fetch(destination, server)
    assert server.requests == 3
    assert folder_tree_id(destination) == TREE
    assert_clean(destination)


def test_leftovers_of_a_killed_attempt_are_removed(server, destination):
    leftover = destination.parent / ".fetching-abc123"
    (leftover / "recordings").mkdir(parents=True)
    (leftover / "archive.zip").write_bytes(GOOD[:100])
    server.answers = [gives(GOOD)]
    fetch(destination, server)
    assert not leftover.exists()


def test_two_visitors_download_once(server, destination):
    begun, may_end = threading.Event(), threading.Event()

    def slow(handler):
        begun.set()
        assert may_end.wait(20)
        gives(GOOD)(handler)

    server.answers = [slow]
    results = []

    def visit():
        results.append(fetch(destination, server))

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    visitors[0].start()
    assert begun.wait(20)
    visitors[1].start()
    may_end.set()
    for visitor in visitors:
        visitor.join()
    assert results == [destination, destination]
    assert server.requests == 1


# --- what is refused ------------------------------------------------------------------------------


def test_a_truncated_archive_is_refused_after_every_attempt(server, destination):
    server.answers = [gives(GOOD[:-200])]
    sentence = refused(destination, server)
    assert "damaged or cut short" in sentence
    assert "Attempts made: 3" in sentence
    assert server.requests == 3


def test_a_flipped_byte_in_any_recording_is_refused(server, destination):
    with zipfile.ZipFile(io.BytesIO(GOOD)) as opened:
        members = [m for m in opened.infolist() if m.filename.endswith(".wav")]
    for member in members:
        data = bytearray(GOOD)
        samples = member.header_offset + 30 + len(member.filename)
        data[samples + member.compress_size // 2] ^= 0x10
        server.answers = [gives(bytes(data))]
        assert "damaged" in refused(destination, server, attempts=1)


def test_a_flipped_byte_anywhere_is_refused_or_harmless(tmp_path):
    """Some bytes say nothing of names and contents (a date); then every recording is right."""
    rng = np.random.default_rng(3)
    outcomes = set()
    directory = GOOD.index(b"PK\x01\x02")
    places = [*rng.integers(0, len(GOOD), 100), *rng.integers(directory, len(GOOD), 100)]
    for i, at in enumerate(places):
        data = bytearray(GOOD)
        data[at] ^= 1 << rng.integers(8)
        folder, file = tmp_path / str(i), tmp_path / "a.zip"
        folder.mkdir()
        file.write_bytes(data)
        try:
            unpacking.unpack_recordings(file, folder, TREE)
        except DataError:
            outcomes.add("refused")
        else:
            outcomes.add("right")
            assert folder_tree_id(folder) == TREE
    assert outcomes == {"refused", "right"}


@pytest.mark.parametrize(
    "changed",
    [
        {k: v for k, v in RECORDINGS.items() if k != "1_theo_1.wav"},
        {**RECORDINGS, "9_mallory_0.wav": b"RIFF"},
        {**RECORDINGS, "1_theo_1.wav": RECORDINGS["1_theo_0.wav"]},
    ],
    ids=["one file missing", "one file added", "one file replaced"],
)
def test_an_intact_archive_of_other_recordings_is_refused_at_once(server, destination, changed):
    server.answers = [gives(archive(changed))]
    assert "not exactly the expected ones" in refused(destination, server)
    assert server.requests == 1


def test_an_html_page_with_status_200_is_refused_and_named(server, destination):
    server.answers = [gives(b"<!DOCTYPE html><title>Hotel Wi-Fi</title>", kind="text/html")]
    sentence = refused(destination, server)
    assert "a web page" in sentence
    assert "login page" in sentence
    assert server.requests == 1


def test_404_is_refused_at_once(server, destination):
    server.answers = [gives(b"Not Found", status=404)]
    sentence = refused(destination, server)
    assert "404 (Not Found)" in sentence
    assert server.url in sentence
    assert server.requests == 1


def test_no_internet_is_said(destination, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DataError, match="is there internet"):
        # nothing listens on port 9 of this machine
        fetch_fsdd(destination, "http://127.0.0.1:9/a.zip", pause_seconds=0.0)
    assert_clean(destination)


def test_a_tar_archive_is_named(server, destination):
    server.answers = [gives(b"\x1f\x8b\x08\0" + bytes(100))]
    assert "a gzip archive" in refused(destination, server)


def test_a_zip_of_something_else_is_refused(server, destination):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("holiday/1.jpg", b"x")
    server.answers = [gives(buffer.getvalue())]
    assert "holiday/1.jpg" in refused(destination, server)


def test_names_that_lead_out_of_the_folder_write_nothing_outside(server, destination, tmp_path):
    evil = {**RECORDINGS, "../../../evil.wav": b"x", "..": b"x", "a\\..\\b.wav": b"x"}
    server.answers = [gives(archive(evil))]
    fetch(destination, server)  # what is no plain name is not a recording, and is left out
    assert folder_tree_id(destination) == TREE
    assert not list(tmp_path.rglob("*evil*"))


def test_a_server_that_never_ends_is_stopped(server, destination, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_ARCHIVE_BYTES", 10_000)
    server.answers = [gives(GOOD * 3)]
    assert "more than 0 MB" in refused(destination, server)


def test_an_archive_that_unpacks_to_gigabytes_is_refused(server, destination, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_UNPACKED_BYTES", 1000)
    server.answers = [gives(GOOD)]
    assert "unpack to more" in refused(destination, server)


def test_what_the_visitor_had_there_is_never_replaced(server, destination):
    destination.mkdir(parents=True)
    (destination / "mine.wav").write_bytes(b"mine")
    server.answers = [gives(GOOD)]
    with pytest.raises(DataError, match="already exists"):
        fetch(destination, server)
    assert (destination / "mine.wav").read_bytes() == b"mine"
    assert server.requests == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_read_only_folder_is_said(server, destination):
    destination.parent.mkdir(parents=True)
    destination.parent.chmod(0o500)
    with pytest.raises(DataError, match="SPOKEN_DIGITS_HOME"):
        fetch(destination, server)
    destination.parent.chmod(0o700)


def test_a_read_only_disk_is_said(server, destination, monkeypatch):
    def read_only(**_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(fetching.tempfile, "mkdtemp", read_only)
    assert "SPOKEN_DIGITS_HOME" in refused(destination, server)
    assert server.requests == 0


def test_a_folder_that_cannot_be_made_is_said(server, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(tmp_path / "file" / "recordings", server)


def test_no_space_left_is_said_and_leaves_nothing(server, destination, monkeypatch):
    def full(self, _data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    server.answers = [gives(GOOD)]
    assert "no space left" in refused(destination, server)
    assert server.requests == 1


def test_no_space_left_while_downloading_is_said(server, destination, monkeypatch):
    def full(_self, _data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fetching._Arriving, "write", full)
    server.answers = [gives(GOOD)]
    assert "no space left" in refused(destination, server)


def test_progress_can_cancel_and_nothing_is_left(server, destination):
    class EnoughError(Exception):
        pass

    def cancel(*_):
        raise EnoughError

    server.answers = [gives(GOOD)]
    with pytest.raises(EnoughError):
        fetch(destination, server, progress=cancel)
    assert not destination.exists()
    assert_clean(destination)
    fetch(destination, server)


def test_waiting_for_another_visitor_has_an_end(server, destination):
    destination.parent.mkdir(parents=True)
    with (
        filelock.FileLock(destination.parent / ".fetching.lock"),
        pytest.raises(DataError, match="Another download"),
    ):
        fetch(destination, server, wait_seconds=0.05)


def test_the_default_address_is_the_release():
    assert FSDD_URL.startswith("https://github.com/Jakobovski/free-spoken-digit-dataset/")
    assert FSDD_URL.endswith("/v1.0.10.zip")


@pytest.mark.fsdd
def test_the_real_recordings_arrive_under_the_pinned_id(server, destination, fsdd_folder):
    real = {p.name: p.read_bytes() for p in fsdd_folder.iterdir()}
    server.answers = [gives(archive(real))]
    fetch_fsdd(destination, server.url)
    assert len(scan(destination)) == 3000
    damaged = {**real, "0_jackson_0.wav": real["0_jackson_1.wav"]}
    server.answers = [gives(archive(damaged))]
    with pytest.raises(DataError, match="not exactly"):
        fetch_fsdd(destination.parent / "again", server.url)
