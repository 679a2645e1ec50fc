"""The append-only log: whatever a crash, a full disk or a bad sector leaves, it is read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import logs

RECORDS = [
    {"kind": "asked", "time": 1.5},
    {"kind": "phase", "phase": "loading – 六\nsecond line"},
    {"kind": "epoch", "loss": 0.1, "nested": {"a": [1, 2, None, True]}},
]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    for record in RECORDS:
        logs.append(path, record)
    return path


def whole_lines(data: bytes) -> list[tuple[int, int]]:
    """Return where each line's own bytes begin and end (one past), without the newline."""
    edges, start = [], 0
    for line in data.split(b"\n")[:-1]:
        edges.append((start, start + len(line)))
        start += len(line) + 1
    return edges


def test_records_come_back_in_order(log):
    assert logs.read(log) == RECORDS


def test_a_missing_log_has_no_records(tmp_path):
    assert logs.read(tmp_path / "log.jsonl") == []


def test_an_empty_log_has_no_records_and_takes_the_first(tmp_path):
    path = tmp_path / "log.jsonl"
    path.touch()
    assert logs.read(path) == []
    logs.append(path, RECORDS[0])
    assert logs.read(path) == RECORDS[:1]


def test_a_record_is_one_line(log):
    assert log.read_bytes().count(b"\n") == len(RECORDS)


def test_cut_at_every_byte_every_whole_record_is_read_and_appending_works(log):
    data = log.read_bytes()
    lines = whole_lines(data)
    for cut in range(len(data) + 1):
        log.write_bytes(data[:cut])
        whole = [r for r, (_, end) in zip(RECORDS, lines, strict=True) if end <= cut]
        assert logs.read(log) == whole, f"cut after {cut} bytes"
        logs.append(log, {"kind": "later"})
        assert logs.read(log) == [*whole, {"kind": "later"}], f"appended after {cut} bytes"


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_flipped_byte_costs_only_the_records_it_touches(log, flip):
    data = log.read_bytes()
    lines = whole_lines(data)
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= flip
        log.write_bytes(bytes(damaged))
        # a newline belongs to the lines on both its sides
        untouched = [
            r for r, (start, end) in zip(RECORDS, lines, strict=True) if not start - 1 <= at <= end
        ]
        found = logs.read(log)
        assert [r for r in found if r not in RECORDS] == [], f"byte {at} made up a record"
        assert all(r in found for r in untouched), f"byte {at} spoiled its neighbours"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_without_an_error(tmp_path, data):
    path = tmp_path / "noise.jsonl"
    path.write_bytes(data)
    logs.read(path)
    logs.append(path, RECORDS[0])
    assert logs.read(path)[-1] == RECORDS[0]


def test_a_line_with_a_right_checksum_that_is_no_record_is_passed_over(log):
    import zlib

    for text in (b"[1, 2]", b"5", b"null", b"{", b"\xff", b""):
        with log.open("ab") as file:
            file.write(b"%08x %s\n" % (zlib.crc32(text), text))
    assert logs.read(log) == RECORDS


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused_before_anything_is_written(log, value):
    with pytest.raises(ValueError, match="JSON"):
        logs.append(log, {"loss": value})
    assert logs.read(log) == RECORDS


def test_a_record_asked_to_last_is_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(logs.os, "fsync", synced.append)
    logs.append(tmp_path / "log.jsonl", RECORDS[0])
    assert synced == []
    logs.append(tmp_path / "log.jsonl", RECORDS[1], sync=True)
    assert len(synced) == 1


def test_a_long_log_is_followed_and_gives_what_reading_gives(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LONG", 200)
    path = tmp_path / "log.jsonl"
    assert logs.follow(path) == []
    for i in range(40):
        logs.append(path, {"i": i, "words": "x" * 20})
        assert logs.follow(path) == logs.read(path)
    whole = path.read_bytes()
    with path.open("ab") as file:
        file.write(b'deadbeef {"torn')
    assert logs.follow(path) == logs.read(path)
    logs.append(path, {"i": 40})
    assert logs.follow(path)[-1] == {"i": 40}
    assert logs.follow(path) == logs.read(path)
    path.write_bytes(whole[: len(whole) // 2])  # somebody brought back an older copy
    assert logs.follow(path) == logs.read(path)
    path.unlink()
    assert logs.follow(path) == []


def test_what_is_followed_is_nobodys_to_change_and_does_not_pile_up(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LONG", 1)
    for i in range(3 * logs.MOST_FOLLOWED):
        logs.append(tmp_path / str(i), {"i": i})
        logs.follow(tmp_path / str(i)).clear()
        assert logs.follow(tmp_path / str(i)) == [{"i": i}]
    assert len(logs._followed) <= logs.MOST_FOLLOWED
