"""Decoding uploads: right samples, one sentence for harm, and a process that may be lost."""

import io
import os
import struct
import subprocess
import sys
import threading
import tracemalloc

import numpy as np
import psutil
import pytest
import soundfile as sf

from core.errors import AudioError
from core.home import REPOSITORY
from core.sound.audio import load_waveform, write_wav
from core.voices import decoding
from core.voices.decode_child import clipped_samples
from core.voices.decoding import Decoders, decode_details, decode_upload


def tone(frequency=440.0, seconds=0.5, sr=8000, amplitude=0.5):
    t = np.arange(round(seconds * sr)) / sr
    return (amplitude * np.sin(2 * np.pi * frequency * t)).astype(np.float32)


def encoded(y, sr=8000, format="WAV", subtype="PCM_16") -> bytes:
    buffer = io.BytesIO()
    sf.write(buffer, y, sr, format=format, subtype=subtype)
    return buffer.getvalue()


def decoders_that(work: str) -> Decoders:
    """Return decoders whose processes do this instead of answering."""
    program = (
        "import os, sys, time, json\n"
        "from core.voices import decode_child as c\n"
        f"def answer(request, data):\n    {work}\n"
        "c.answer = answer\nc.main()\n"
    )
    return Decoders([sys.executable, "-c", program])


@pytest.fixture
def decode():
    """Return a function that decodes with processes that do something else."""
    made = []

    def run(work, data=b"x", deadline=30.0):
        made.append(decoders_that(work))
        return made[-1].decode(data, "a.wav", 20.0, deadline)

    yield run
    for decoders in made:
        decoders.close()


@pytest.mark.parametrize(
    ("format", "subtype", "sr"),
    [
        ("WAV", "PCM_16", 8000),
        ("WAV", "FLOAT", 48000),
        ("FLAC", "PCM_16", 44100),
        ("OGG", "VORBIS", 48000),
    ],
)
def test_an_upload_becomes_what_the_program_would_read_itself(format, subtype, sr):
    data = encoded(tone(sr=sr), sr, format, subtype)
    y = decode_upload(data, "a.wav")
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, load_waveform(data))
    y[0] = 1.0  # the caller's own, not a view of a buffer


def test_the_upload_says_at_what_rate_it_came_and_how_much_was_cut_off():
    loud = np.clip(tone(220, 0.5, 48000, 2.0), -1, 1)
    upload = decode_details(encoded(loud, 48000), "a.wav")
    assert upload.sr == 48000
    # |2 sin| >= 1 for two thirds of a period
    assert upload.clipped == pytest.approx(len(loud) * 2 / 3, rel=0.02)
    assert decode_details(encoded(tone(220, 0.5, 48000, 0.99), 48000), "a.wav").clipped == 0


def test_a_round_top_is_not_cut_off_and_a_quiet_flat_one_neither():
    assert clipped_samples(tone(100, 1.0, 48000, 1.0)) == 0
    assert clipped_samples(np.clip(tone(100, 1.0, 8000, 1.0), -0.5, 0.5)) == 0
    one_sided = np.clip(tone(100, 1.0, 8000, 2.0), -9.0, 1.0) / 2
    assert clipped_samples(one_sided) == 0  # -1 is reached by round tops only, +1 is 0.5
    assert clipped_samples(np.clip(tone(100, 1.0, 8000, 1.3), -9.0, 1.0)[:7000]) > 1000
    assert clipped_samples(np.zeros(0, np.float32)) == 0


def flac_bomb(stated: bool) -> bytes:
    """Return an hour of silence in 90 kB, whose header states its length or leaves it open."""
    flac = bytearray(encoded(np.zeros(3600 * 8000, np.int16), 8000, "FLAC"))
    assert len(flac) < 100_000
    if not stated:
        flac[21] &= 0xF0  # STREAMINFO: the lower 36 bits of bytes 18 to 25 count the samples
        flac[22:26] = bytes(4)
    return bytes(flac)


@pytest.mark.parametrize("stated", [True, False])
def test_a_flac_that_unfolds_to_an_hour_is_refused_in_little_memory(stated):
    decode_upload(write_wav(tone()), "warm")
    bomb = flac_bomb(stated)
    tracemalloc.start()
    try:
        with pytest.raises(AudioError, match="at most 20 s can be read"):
            decode_upload(bomb, "bomb.flac")
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


def wav_stating(frames: int, rate: int = 8000, channels: int = 1) -> bytes:
    size = frames * 2 * channels
    block = 2 * channels
    format = struct.pack("<HHIIHH", 1, channels, rate, rate * block % 2**32, block, 16)
    return (
        b"RIFF" + struct.pack("<I", min(36 + size, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16)
        + format + b"data" + struct.pack("<I", min(size, 2**32 - 1)) + bytes(64)
    )  # fmt: skip


HOSTILE = {
    "nothing": b"",
    "four bytes": b"RIFF",
    "text": b"seven",
    "a zip": b"PK\x03\x04" + bytes(60),
    "a WAV of no samples": encoded(np.zeros(0, np.int16)),
    "a WAV without a format": b"RIFF\x20\0\0\0WAVEdata\x10\0\0\0" + bytes(16),
    "a WAV of one sample a second": wav_stating(32, rate=1),
    "a WAV of 2**31 samples a second": wav_stating(32, rate=2**31),
    "a WAV of 32,000 channels": wav_stating(1, channels=32_000),
    "NaN": encoded(np.full(800, np.nan, np.float32), subtype="FLOAT"),
    "infinity": encoded(np.full(800, np.inf, np.float32), subtype="FLOAT"),
    "integers written as floats": encoded(1e4 * tone(), subtype="FLOAT"),
    "half a FLAC": encoded(tone(), format="FLAC")[:900],
    "an ID3 tag of 256 MB": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(600),
    "remarks in a loop": b"RIFF\xff\xff\xff\xffWAVELIST\0\0\0\0" + b"LIST\0\0\0\0" * 18,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_recording_is_one_sentence_and_costs_nobody_the_process(kind):
    with pytest.raises(AudioError) as raised:
        decode_upload(HOSTILE[kind], "a.wav")
    assert "The recording a.wav" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(decode_upload(write_wav(tone()), "b.wav")) == 4000


def test_a_wav_that_claims_four_gigabytes_is_as_long_as_what_is_there():
    assert len(decode_upload(wav_stating(2**31), "a.wav")) == 32


def test_flipped_bytes_are_read_or_refused_and_the_next_upload_is_read():
    rng = np.random.default_rng(0)
    for format, subtype in (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS")):
        whole = np.frombuffer(encoded(tone(), format=format, subtype=subtype), np.uint8)
        for _ in range(25):
            damaged = whole.copy()
            where = rng.integers(0, min(len(damaged), 300), 4)
            damaged[where] = rng.integers(0, 256, 4)
            try:
                y = decode_upload(damaged.tobytes(), "a")
            except AudioError:
                continue
            assert np.isfinite(y).all()
            assert len(y) <= 20 * 8000
    assert len(decode_upload(write_wav(tone()), "b.wav")) == 4000


def test_too_many_bytes_are_refused_before_any_process_sees_them(monkeypatch):
    monkeypatch.setattr(decoding, "_DECODERS", Decoders(["/nowhere"]))
    with pytest.raises(AudioError, match="has 33 MB; at most 32 MB"):
        decode_upload(bytes(33 * 2**20), "a.wav")
    with pytest.raises(AudioError, match="broke off"):
        decode_upload(b"", "a.wav")


@pytest.mark.parametrize(
    "name", ["**x** <script>", "../../etc", "CON", "🎤", "y" * 300, "", "\n\0\u202e"]
)
def test_a_name_is_shown_and_nothing_else(name):
    with pytest.raises(AudioError) as raised:
        decode_upload(b"", name)
    assert len(str(raised.value)) < 200
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("work", ["time.sleep(600)", "while True: pass"])
def test_a_decoder_that_never_returns_is_killed_at_its_deadline(decode, work):
    with pytest.raises(AudioError, match=r"given up after 0\.5 s"):
        decode(work, deadline=0.5)
    assert not [c for c in psutil.Process().children() if work in " ".join(c.cmdline())]


def test_a_decoder_that_never_reads_is_killed_at_its_deadline():
    program = "import sys, time; print('ready', flush=True); time.sleep(600)"
    decoders = Decoders([sys.executable, "-c", program])
    with pytest.raises(AudioError, match=r"given up after 0\.5 s"):
        decoders.decode(bytes(2**20), "a.wav", 20.0, 0.5)


FINE = "return {'n': 1, 'sr': 1, 'clipped': 0}, bytes(4)"


@pytest.mark.parametrize(
    "work",
    [
        "os.kill(os.getpid(), 11)",
        "raise RuntimeError",
        f"bytearray(700 * 2**20); {FINE}",
        f"os.write(os.open(data, os.O_WRONLY | os.O_CREAT), b'x'); {FINE}",
    ],
)
def test_a_decoder_that_crashes_takes_much_memory_or_writes_is_one_sentence(decode, work, tmp_path):
    with pytest.raises(AudioError, match="broke off"):
        decode(work, data=os.fsencode(tmp_path / "written"))
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").stat().st_size


def test_what_a_library_prints_is_not_taken_for_an_answer(decode):
    assert decode(f"print('ready', flush=True); os.write(2, b'x'); {FINE}").sr == 1


@pytest.mark.parametrize(
    "work",
    [
        "return {}, b''",
        "return [], b''",
        "return {'n': -1, 'sr': 8000, 'clipped': 0}, b''",
        "return {'n': 10**12, 'sr': 8000, 'clipped': 0}, b''",
        "return {'n': 2, 'sr': 8000, 'clipped': 0}, b'\\xff' * 8",
        "return {'n': 1, 'sr': 8000, 'clipped': 0}, b'\\0\\0\\x80\\x7f'",
        "return {'n': 'many'}, b''",
        "c.output.write(b'x'); return {}, b''",
        "return 10 ** 4000 * [0], b''",
    ],
)
def test_the_answer_of_a_decoder_that_was_taken_over_is_not_believed(decode, work):
    with pytest.raises(AudioError, match="broke off"):
        decode(work)


def test_a_warm_process_that_died_unseen_is_replaced():
    decoders = Decoders()
    decoders.decode(write_wav(tone()), "a", 20.0, 30.0)
    decoders._idle[0]._process.kill()
    decoders._idle[0]._process.wait()
    assert len(decoders.decode(write_wav(tone()), "a", 20.0, 30.0).y) == 4000
    decoders.close()


def test_one_process_stays_warm_after_many_asked_at_once():
    decoders, found = Decoders(), []

    def ask(n):
        found.append((n, len(decoders.decode(write_wav(tone(seconds=n / 10)), "a", 20.0, 30.0).y)))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(n, 800 * n) for n in range(1, 9)]
    assert len(decoders._idle) == 1
    decoders.close()


def test_the_process_ends_with_the_server():
    program = (
        "from core.voices import decoding\n"
        "decoding.warm_up()\n"
        "print(decoding._DECODERS._idle[0]._process.pid, flush=True)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=REPOSITORY, check=False
    )
    pid = int(run.stdout)
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=30)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
