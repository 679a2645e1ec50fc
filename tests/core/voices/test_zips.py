"""Zips from anybody: the files in them, or one sentence before anything is unpacked."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from core.errors import DataError
from core.voices import zips
from core.voices.zips import files_in


def zipped(*members, method=zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def all_of(data, wanted=lambda name: True):
    return list(files_in(data, wanted))


def refused(data) -> str:
    """Return why a zip is refused, before its first file."""
    files = files_in(data, lambda name: True)
    with pytest.raises(DataError) as raised:
        next(files)
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def raw_zip(members, count=None, comment=b"") -> bytes:
    """Return a zip of dicts that may say anything, byte by byte.

    Keys: name, packed, and optionally size, packed_size, crc, method, flags, offset, local_name.
    """
    body, directory = b"", b""
    for m in members:
        name, packed = m["name"], m["packed"]
        method, flags = m.get("method", 8), m.get("flags", 0)
        fields = (m.get("crc", 0), m.get("packed_size", len(packed)), m.get("size", 0))
        offset = m.get("offset", len(body))
        local = m.get("local_name", name)
        if "offset" not in m:
            body += struct.pack(
                "<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 33, *fields, len(local), 0
            )
            body += local + packed
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, flags, method, 0, 33, *fields, len(name), 0, 0, 0, 0,
            m.get("mode", 0) << 16, offset,
        ) + name  # fmt: skip
    n = len(members) if count is None else count
    end = struct.pack(
        "<4s4H2IH", b"PK\5\6", 0, 0, n & 65535, n & 65535, len(directory), len(body), len(comment)
    )
    return body + directory + end + comment


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def member(name=b"1_a_0.wav", content=b"abc" * 50, **more):
    return {
        "name": name, "packed": deflated(content), "size": len(content),
        "crc": zlib.crc32(content), **more,
    }  # fmt: skip


def test_the_files_of_a_zip_come_with_their_names_and_contents():
    files = [
        ("1_a_0.wav", b"x" * 100),
        ("folder/2_a_0.wav", np.random.default_rng(0).bytes(70_000)),
    ]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert all_of(zipped(("folder/", b""), *files, method=method)) == files
    assert all_of(raw_zip([member()])) == [("1_a_0.wav", b"abc" * 50)]
    assert all_of(zipped(("a\\b.wav", b"x"))) == [("a/b.wav", b"x")]


def test_what_is_not_wanted_is_not_unpacked():
    broken = member(b"readme.txt", crc=1)
    assert all_of(raw_zip([broken, member()]), lambda n: n.endswith(".wav"))[0][0] == "1_a_0.wav"


LEADING_OUT = [
    "../1_a_0.wav", "a/../../1_a_0.wav", "/etc/1_a_0.wav", "C:/1_a_0.wav", "c:1_a_0.wav",
    "..\\1_a_0.wav", "\\\\server\\share\\1_a_0.wav", "a/..", "//1_a_0.wav",
]  # fmt: skip


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_leads_out_is_refused(name):
    assert "leads out of it" in refused(zipped(("0_a_0.wav", b"x"), (name, b"x")))


def test_a_name_with_a_nul_is_refused():
    assert "leads out of it" in refused(raw_zip([member(b"1_a_0.wav\0.txt")]))


def test_links_and_devices_are_refused():
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK):
        assert "link or a device" in refused(
            raw_zip([member(), member(b"link", mode=kind | 0o777)])
        )
    assert all_of(raw_zip([member(mode=stat.S_IFREG | 0o644)]))


@pytest.mark.parametrize("flags", [0x1, 0x41, 0x2000])
def test_an_encrypted_zip_is_refused(flags):
    assert "encrypted" in refused(raw_zip([member(flags=flags)]))


@pytest.mark.parametrize("method", [12, 14, 9, 93, 97])
def test_unusual_packing_is_refused(method):
    assert f"(method {method})" in refused(raw_zip([member(method=method)]))


@pytest.mark.parametrize(
    "names", [("a.wav", "a.wav"), ("a.wav", "A.WAV"), ("é.wav", "e\u0301.wav"), ("a/b", "a\\b")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(names):
    assert "two files named" in refused(zipped(*((name, b"x") for name in names)))


def test_a_file_that_unfolds_a_thousandfold_is_refused():
    bomb = zipped(("1_a_0.wav", bytes(3 * 2**20)))
    assert len(bomb) < 5000
    assert "times its size" in refused(bomb)


def test_a_file_that_claims_much_is_refused_whatever_it_is():
    assert "unpacks to 5 MB" in refused(raw_zip([member(size=5 * 2**20)]))
    assert "unpacks to 4096 MB" in refused(raw_zip([member(size=2**32 - 2)]))


def test_many_files_that_claim_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(zips, "MAX_UNPACKED_BYTES", 10_000)
    noise = np.random.default_rng(0).bytes(3000)
    assert len(all_of(zipped(*((f"{i}.wav", noise) for i in range(3))))) == 3
    assert "more than 0 MB" in refused(zipped(*((f"{i}.wav", noise) for i in range(4))))


@pytest.mark.parametrize("claimed", [10, 5000])
def test_a_file_that_unfolds_to_more_or_less_than_it_claims_is_refused(claimed):
    content = np.random.default_rng(0).bytes(2000)
    lying = raw_zip([member(content=content, size=claimed)])
    with pytest.raises(DataError, match="damaged"):
        all_of(lying)
    right_sum = raw_zip([member(content=content, size=claimed, crc=zlib.crc32(content[:claimed]))])
    if claimed < 2000:  # what is read is what is claimed, never more
        assert [len(content) for _, content in all_of(right_sum)] == [claimed]


def test_a_bomb_that_claims_little_costs_little_memory():
    packed = deflated(bytes(50 * 2**20))
    lying = raw_zip([{"name": b"1_a_0.wav", "packed": packed, "size": 4 * 2**20}])
    tracemalloc.start()
    with pytest.raises(DataError):
        all_of(lying)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 2**20


def test_files_that_share_bytes_are_refused():
    one = member()
    shared = [
        one,
        *(member(b"%d_a_1.wav" % i, offset=0, local_name=b"1_a_0.wav") for i in range(9)),
    ]
    assert "overlap" in refused(raw_zip(shared))
    inner = raw_zip([member(b"2_a_0.wav")])[:-22]  # a file in the stored bytes of another
    outer = member(b"1_a_0.wav", inner, method=0, packed=inner)
    assert "overlap" in refused(raw_zip([outer, member(b"2_a_0.wav", offset=30 + 9)]))


def test_a_file_that_reaches_into_the_list_is_refused():
    assert "overlap" in refused(raw_zip([member(packed_size=100_000, size=500)]))


@pytest.mark.parametrize("offset", [1, 5000, 2**32 - 2])
def test_a_file_that_is_not_where_the_list_says_is_refused(offset):
    assert "damaged" in refused(raw_zip([member(), member(b"2_a_0.wav", offset=offset)]))


def test_a_file_that_has_another_name_in_its_place_is_refused():
    with pytest.raises(DataError, match="damaged"):
        all_of(raw_zip([member(local_name=b"9_b_9.wav")]))


def test_a_million_files_in_the_list_are_refused_in_little_memory():
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    entry += b"a"
    directory = entry * 10**6
    for count in (65535, 1):
        data = directory + struct.pack(
            "<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), 0, 0
        )
        tracemalloc.start()
        assert "list of files in the zip has 45 MB" in refused(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2 * len(data)
    few = entry * 20_001
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 20_001, 20_001, len(few), 0, 0)
    assert "holds 20001 files; at most 20000" in refused(few + end)


def test_a_zip_of_60_megabytes_is_refused_unread():
    assert "has 60 MB; at most 50 MB" in refused(bytes(60 * 2**20))


def test_whatever_is_cut_off_or_flipped_is_a_sentence_or_the_same_files():
    files = [(f"{i}_a_0.wav", np.random.default_rng(i).bytes(300)) for i in range(3)]
    whole = zipped(*files)
    for end in range(0, len(whole), 7):
        with pytest.raises(DataError, match="damaged or none at all"):
            all_of(whole[:end])
    rng = np.random.default_rng(0)
    for _ in range(600):
        damaged = bytearray(whole)
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
        try:
            found = all_of(bytes(damaged))
        except DataError:
            continue
        assert [content for _, content in found] == [content for _, content in files][: len(found)]


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\5\6" + bytes(18), b"x" * 100, b"Rar!\x1a\x07" + bytes(99)]
)
def test_what_is_no_zip_is_a_sentence_or_empty(data):
    try:
        assert all_of(data) == []
    except DataError as error:
        assert "damaged or none at all" in str(error)


def test_a_name_in_an_error_is_short_and_has_no_line_breaks():
    sentence = refused(zipped(("../" + "x" * 300 + "\n<script>", b"x")))
    assert "script" not in sentence
