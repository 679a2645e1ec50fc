"""The append-only log: what was written whole is read, whatever a crash has left beside it."""

import zlib

import pytest

from core import logs


def test_records_come_back_in_order_with_every_kind_of_text(tmp_path):
    path = tmp_path / "log.jsonl"
    records = [{"n": 1}, {"text": "line\nbreak \u2028 é 🎤 \ud800"}, {"list": [1.5, None, {}]}]
    for record in records:
        logs.append(path, record, sync=True)
    assert logs.read(path) == records


def test_a_missing_log_has_no_records(tmp_path):
    assert logs.read(tmp_path / "none.jsonl") == []


def test_a_torn_line_spoils_neither_the_one_before_nor_the_one_after(tmp_path):
    path = tmp_path / "log.jsonl"
    logs.append(path, {"n": 1})
    logs.append(path, {"n": 2})
    whole = path.read_bytes()
    for cut in range(len(whole.split(b"\n")[0]) + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        logs.append(path, {"n": 3})
        assert logs.read(path) == [{"n": 1}, {"n": 3}]


def test_a_flipped_bit_costs_only_its_own_line(tmp_path):
    path = tmp_path / "log.jsonl"
    for n in range(3):
        logs.append(path, {"n": n})
    lines = path.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"1}", b"7}")
    path.write_bytes(b"\n".join(lines))
    assert logs.read(path) == [{"n": 0}, {"n": 2}]


def test_what_is_no_record_is_skipped(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\0\0\0\0\n\xff\xfe\nnot hex {}\n%08x []\n\n" % zlib.crc32(b"[]"))
    logs.append(path, {"n": 1})
    assert logs.read(path) == [{"n": 1}]


def test_not_a_number_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "log.jsonl"
    with pytest.raises(ValueError, match="JSON"):
        logs.append(path, {"loss": float("nan")})
    assert not path.exists()
