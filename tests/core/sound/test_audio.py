"""Reading audio: right samples from every kind of file, one sentence for everything else."""

import io
import struct
import warnings
import zipfile

import librosa
import numpy as np
import pytest
import scipy.signal
import soundfile as sf

from core.errors import AudioError
from core.sound.audio import (
    SAMPLE_RATE,
    is_silent,
    load_waveform,
    load_waveforms,
    read_audio,
    resample,
    write_wav,
)
from core.sound.layouts import scan
from core.sound.recordings import Recording


def tone(frequency=440.0, seconds=0.5, sr=8000, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(int(seconds * sr)) / sr)


def encoded(y, sr=8000, format="WAV", subtype="PCM_16", **more) -> bytes:
    buffer = io.BytesIO()
    sf.write(buffer, y, sr, format=format, subtype=subtype, **more)
    return buffer.getvalue()


def level_db(y, frequency, sr):
    """Level of one tone in the middle of a signal, in dB relative to amplitude 1."""
    middle = y[len(y) // 4 : -len(y) // 4]
    window = scipy.signal.windows.blackmanharris(len(middle))
    carrier = np.exp(-2j * np.pi * frequency * np.arange(len(middle)) / sr)
    return 20 * np.log10(2 * abs(np.sum(middle * window * carrier)) / window.sum() + 1e-15)


LOSSLESS = [
    ("WAV", "PCM_U8", 2**-7),
    ("WAV", "PCM_16", 2**-15),
    ("WAV", "PCM_24", 2**-23),
    ("WAV", "PCM_32", 2**-24),
    ("WAV", "FLOAT", 2**-24),
    ("WAV", "DOUBLE", 2**-24),
    ("WAVEX", "PCM_24", 2**-23),
    ("RF64", "PCM_16", 2**-15),
    ("W64", "PCM_16", 2**-15),
    ("FLAC", "PCM_16", 2**-15),
    ("FLAC", "PCM_24", 2**-23),
    ("AIFF", "PCM_16", 2**-15),
    ("AU", "PCM_16", 2**-15),
    ("CAF", "PCM_16", 2**-15),
]


@pytest.mark.parametrize("sr", [4000, 8000, 11025, 22050, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize(("format", "subtype", "step"), LOSSLESS)
def test_every_lossless_kind_gives_the_samples_that_were_written(format, subtype, step, sr):
    y = tone(300, 0.05, sr)
    read, read_sr = read_audio(encoded(y, sr, format, subtype))
    assert read_sr == sr
    assert read.dtype == np.float32
    assert read.shape == y.shape
    np.testing.assert_allclose(read, y, atol=1.01 * step)


@pytest.mark.parametrize(
    ("format", "subtype"),
    [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("WAV", "ULAW")],
)
def test_lossy_kinds_keep_the_tone_and_its_level(format, subtype):
    y, sr = read_audio(encoded(tone(440, 1.0, 48000), 48000, format, subtype))
    assert sr == 48000
    assert level_db(y, 440, sr) == pytest.approx(20 * np.log10(0.5), abs=0.5)


def test_big_endian_wav_is_read_as_little_endian_wav():
    y = tone()
    big = encoded(y, endian="BIG")
    assert big[:4] == b"RIFX"
    np.testing.assert_array_equal(read_audio(big)[0], read_audio(encoded(y))[0])


@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_channels_are_averaged(channels):
    parts = [tone(200 + 50 * i) for i in range(channels)]
    y, _ = read_audio(encoded(np.stack(parts, axis=1), subtype="FLOAT"))
    np.testing.assert_allclose(y, np.mean(parts, axis=0), atol=1e-6)


@pytest.mark.parametrize("format", ["WAV", "FLAC"])
def test_a_short_recording_keeps_no_large_buffer_alive(format):
    """Thousands of views of megabytes would end the process long before their samples do."""
    y, _ = read_audio(encoded(tone(seconds=0.1), format=format))
    assert y.base is None


def test_path_and_bytes_give_the_same(tmp_path):
    data = encoded(tone(sr=44100), 44100)
    (tmp_path / "a.wav").write_bytes(data)
    from_path, sr = read_audio(tmp_path / "a.wav")
    np.testing.assert_array_equal(from_path, read_audio(data)[0])
    assert sr == 44100


def test_content_decides_and_not_the_name(tmp_path):
    path = tmp_path / "really flac.raw"
    path.write_bytes(encoded(tone(), format="FLAC"))
    assert len(read_audio(path)[0]) == 4000


@pytest.mark.parametrize(
    ("format", "subtype", "channels"),
    [
        ("WAV", "PCM_16", 3),
        ("WAV", "IMA_ADPCM", 2),
        ("FLAC", "PCM_16", 3),
        ("OGG", "VORBIS", 2),
        ("OGG", "OPUS", 2),
        ("MP3", "MPEG_LAYER_III", 2),
        ("CAF", "ALAC_16", 2),
    ],
)
def test_many_blocks_give_what_libsndfile_gives_at_once(format, subtype, channels):
    rng = np.random.default_rng(0)
    y = rng.uniform(-0.5, 0.5, (400_001, channels))
    data = encoded(y, 48000, format, subtype)
    expected = sf.read(io.BytesIO(data), dtype="float32")[0].mean(axis=1)
    np.testing.assert_array_equal(read_audio(data)[0], expected)


# --- WAV headers as they come ---------------------------------------------------------------------


def chunk(name: bytes, content: bytes, length: int | None = None) -> bytes:
    length = len(content) if length is None else length
    return name + struct.pack("<I", length) + content + b"\0" * (len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


PCM16 = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
SAMPLES = np.arange(-50, 50, dtype="<i2")
SCALED = SAMPLES.astype(np.float32) / 2**15


@pytest.mark.parametrize(
    "remark",
    [
        chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"x" * 20, length=0xFFFFFFFF)),
        chunk(b"LIST", b"INFO" + b"\xff" * 64),
        chunk(b"bext", b"\xff" * 700),
        chunk(b"cue ", struct.pack("<I", 0xFFFFFFFF) + b"\0" * 24),
        chunk(b"smpl", b"\xff" * 37),
        chunk(b"\0\xff\0\xff", b"odd"),
    ],
)
def test_remarks_in_a_wav_never_reach_the_decoder(remark):
    y, sr = read_audio(wav(PCM16, remark, chunk(b"data", SAMPLES.tobytes()), remark))
    np.testing.assert_array_equal(y, SCALED)
    assert sr == 8000


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 10_000])
def test_a_wav_whose_length_was_never_written_is_read_to_its_end(length):
    y, _ = read_audio(wav(PCM16, chunk(b"data", SAMPLES.tobytes(), length)))
    np.testing.assert_array_equal(y, SCALED)


def test_an_empty_wav_with_remarks_after_it_is_empty_and_not_remarks():
    with pytest.raises(AudioError, match="no samples"):
        read_audio(wav(PCM16, chunk(b"data", b""), chunk(b"LIST", b"INFO" + b"x" * 40)))


def test_samples_before_the_format_are_still_found():
    y, _ = read_audio(wav(chunk(b"data", SAMPLES.tobytes()), PCM16))
    np.testing.assert_array_equal(y, SCALED)


@pytest.mark.parametrize(
    ("chunks", "missing"), [([PCM16], "samples"), ([chunk(b"data", b"\1\2")], "format")]
)
def test_a_wav_without_one_of_its_parts_says_which(chunks, missing):
    with pytest.raises(AudioError, match=f"its {missing} is missing"):
        read_audio(wav(*chunks))


def test_a_wav_of_endless_empty_chunks_is_given_up():
    with pytest.raises(AudioError, match="damaged"):
        read_audio(wav(*[chunk(b"junk", b"")] * 20_000, PCM16, chunk(b"data", b"\1\2")))


# --- refused in one sentence ----------------------------------------------------------------------


def said(source, **more) -> str:
    with pytest.raises(AudioError) as refused:
        read_audio(source, **more)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 320
    return sentence


def test_nothing_at_all_is_refused():
    assert "empty" in said(b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"\xef\xbb\xbf\n  <html lang=en>", "a web page"),
        (b"PK\x03\x04" + b"\0" * 60, "a zip archive"),
        (b"\x1f\x8b\x08" + b"\0" * 60, "a gzip archive"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "a picture"),
        (b"\x00\x00\x00\x20ftypM4A " + b"\0" * 60, "an MP4 or M4A file"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 60, "a WebM or Matroska file"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
        (b"seven\n", "a text"),
        (bytes(range(1, 60)), "something else"),
        (b"\0", "something else"),
        (b"RIFF\x10\0\0\0AVI LIST", "something else"),
    ],
)
def test_what_is_no_recording_is_named(data, words):
    assert words in said(data)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "W64"])
def test_a_first_few_bytes_alone_are_damaged(kind):
    subtype = {"OGG": "VORBIS", "MP3": "MPEG_LAYER_III"}.get(kind, "PCM_16")
    said(encoded(tone(), format=kind, subtype=subtype)[:20])


def test_a_flac_cut_in_half_is_refused():
    data = encoded(tone(seconds=3), format="FLAC")
    assert "damaged" in said(data[: len(data) // 2])


def test_headers_without_samples_are_refused():
    assert "no samples" in said(encoded(np.zeros(0)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_single_sample_that_is_no_number_is_refused(bad):
    y = tone()
    y[1234] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "not numbers" in said(encoded(y, subtype="FLOAT"))


def test_integers_written_as_floats_are_refused_with_the_remedy():
    assert "Divide" in said(encoded(tone() * 32768, subtype="FLOAT"))


@pytest.mark.parametrize(("sr", "words"), [(1, "1 samples"), (3999, "3999"), (192001, "192001")])
def test_absurd_sample_rates_are_refused(sr, words):
    assert words in said(encoded(tone(), sr))


def test_more_than_eight_channels_are_refused():
    assert "9 channels" in said(encoded(np.zeros((10, 9))))


def test_two_hours_are_refused_by_their_header_before_anything_is_decoded(monkeypatch, tmp_path):
    path = tmp_path / "two hours.wav"
    header = wav(PCM16) + b"data" + struct.pack("<I", 2 * 3600 * 16000)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 2 * 3600 * 16000)  # a sparse file: nothing is really there

    def forbidden(*_args, **_more):
        raise AssertionError("samples were decoded")

    monkeypatch.setattr(sf.SoundFile, "read", forbidden)
    sentence = said(path)
    assert "2 h 0 min" in sentence
    assert "10 min" in sentence
    assert "two hours.wav" in sentence


def test_a_flac_that_states_no_length_is_stopped_at_the_limit():
    data = bytearray(encoded(np.zeros(8000 * 20), format="FLAC"))
    # STREAMINFO: the number of samples is the lowest 36 bits of the 8 bytes at 18; 0 is "unknown"
    assert int.from_bytes(data[18:26], "big") & (2**36 - 1) == 160_000
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert len(read_audio(bytes(data))[0]) == 160_000
    assert "more than 10 s" in said(bytes(data), max_seconds=10)


def test_the_limit_itself_is_allowed():
    data = encoded(np.zeros(8000))
    assert len(read_audio(data, max_seconds=1.0)[0]) == 8000
    assert "1 s long; at most 0.999 s" in said(data, max_seconds=0.999)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "cannot be opened" in said(tmp_path / "gone.wav")
    assert "is a folder" in said(tmp_path)


def test_silence_is_legal_and_known_as_such():
    y, _ = read_audio(encoded(np.zeros(100)))
    assert is_silent(y)
    assert not is_silent(tone())
    assert is_silent(np.zeros(0))


def test_damaged_files_of_every_kind_give_samples_or_one_sentence():
    """A thousand small changes; whatever opens is finite, whatever does not is an AudioError."""
    rng = np.random.default_rng(7)
    opened = refused = 0
    for format, subtype in [(f, s) for f, s, _ in LOSSLESS] + [("OGG", "VORBIS")]:
        original = encoded(tone(seconds=0.02), format=format, subtype=subtype)
        for _ in range(70):
            data = bytearray(original)
            for at in rng.integers(0, min(len(data), 128), rng.integers(1, 5)):
                data[at] = rng.integers(256)
            try:
                y, sr = read_audio(bytes(data[: rng.integers(1, len(data) + 1)]))
            except AudioError:
                refused += 1
            else:
                opened += 1
                assert np.isfinite(y).all()
                assert len(y) <= 600 * sr
    assert opened > 100
    assert refused > 100


# --- resampling -----------------------------------------------------------------------------------


def test_equal_rates_change_nothing():
    y = tone().astype(np.float32)
    assert resample(y, 8000) is y


@pytest.mark.parametrize("sr", [11025, 16000, 22050, 44100, 48000, 96000])
def test_a_tone_below_the_new_limit_survives(sr):
    y = resample(tone(1000, 1.0, sr), sr)
    assert y.dtype == np.float32
    assert len(y) == pytest.approx(SAMPLE_RATE, abs=1)
    assert level_db(y, 1000, SAMPLE_RATE) == pytest.approx(20 * np.log10(0.5), abs=0.1)


@pytest.mark.parametrize(("sr", "frequency"), [(16000, 6000), (48000, 5000), (44100, 21000)])
def test_a_tone_above_the_new_limit_is_gone_and_does_not_come_back_lower(sr, frequency):
    y = resample(tone(frequency, 1.0, sr), sr)
    middle = y[len(y) // 4 : -len(y) // 4]
    assert 20 * np.log10(np.abs(middle).max() / 0.5) < -90


def test_speech_band_up_to_3400_hz_is_flat():
    levels = [
        level_db(resample(tone(f, 1.0, 16000), 16000), f, 8000) for f in (100, 300, 2000, 3400)
    ]
    np.testing.assert_allclose(levels, 20 * np.log10(0.5), atol=0.1)


def test_resampling_agrees_with_scipy_on_noise_below_the_limit():
    rng = np.random.default_rng(1)
    low = scipy.signal.sosfiltfilt(
        scipy.signal.butter(12, 2000, fs=16000, output="sos"), rng.normal(size=16000) * 0.1
    )
    ours = resample(low, 16000)
    other = scipy.signal.resample_poly(low, 1, 2)
    np.testing.assert_allclose(ours[200:-200], other[200:-200], atol=2e-3)


def test_resampling_is_librosas_of_the_same_quality():
    y = tone(700, 0.3, 22050).astype(np.float32)
    other = librosa.resample(y, orig_sr=22050, target_sr=8000, res_type="soxr_hq")
    np.testing.assert_allclose(resample(y, 22050), other[: len(resample(y, 22050))], atol=1e-5)


def test_rates_of_zero_are_a_callers_mistake():
    with pytest.raises(ValueError, match="above 0"):
        resample(tone(), 0)


# --- many recordings ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "some"
    root.mkdir()
    for digit in range(10):
        data = encoded(tone(200 + 20 * digit, sr=16000), 16000)
        (root / f"{digit}_anna_0.wav").write_bytes(data)
    return root


@pytest.fixture
def archive(folder, tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for file in folder.iterdir():
            opened.write(file, f"some/{file.name}")
    return path


def test_a_zip_gives_the_waveforms_of_its_folder_and_is_opened_once(folder, archive, monkeypatch):
    from_folder = load_waveforms(scan(folder).recordings)
    recordings = scan(archive).recordings
    opened = []
    real = zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a, **k: opened.append(a) or real(*a, **k))
    from_zip = load_waveforms(recordings)
    assert len(opened) == 1
    assert len(from_zip) == 10
    for a, b in zip(from_folder, from_zip, strict=True):
        np.testing.assert_array_equal(a, b)
        assert len(a) == 4000


def test_the_order_is_that_of_the_recordings(folder):
    recordings = scan(folder).recordings[::-1]
    for recording, y in zip(recordings, load_waveforms(recordings), strict=True):
        np.testing.assert_array_equal(y, load_waveform(recording))
        np.testing.assert_array_equal(y, load_waveform(recording.root / recording.name))
        np.testing.assert_array_equal(
            y, load_waveform((recording.root / recording.name).read_bytes())
        )


def test_a_recording_that_has_gone_is_named(folder, archive):
    for root in (folder, archive):
        recordings = list(scan(root).recordings)
        gone = Recording(7, "anna", 9, root, "some/7_anna_9.wav", "seven")
        with pytest.raises(AudioError, match=r"7_anna_9\.wav"):
            load_waveforms([*recordings, gone])


def test_a_damaged_recording_among_good_ones_is_named(folder):
    (folder / "5_anna_0.wav").write_bytes(b"<html>")
    with pytest.raises(AudioError, match=r"5_anna_0\.wav.*a web page"):
        load_waveforms(scan(folder).recordings)


def test_a_damaged_member_of_a_zip_is_named(archive):
    data = bytearray(archive.read_bytes())
    data[200:260] = bytes(60)
    archive.write_bytes(bytes(data))
    with pytest.raises(AudioError, match=r"_anna_0\.wav"):
        load_waveforms(scan(archive).recordings)


def test_a_member_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("7_anna_0.wav", bytes(2_000_000))
    monkeypatch.setattr("core.sound.audio.MAX_MEMBER_BYTES", 1_000_000)
    with pytest.raises(AudioError, match="unpacks to 2 MB"):
        load_waveforms(scan(path).recordings)


def test_three_samples_at_192_khz_are_too_short():
    with pytest.raises(AudioError, match="too short"):
        load_waveform(encoded(np.full(3, 0.1), 192000))


@pytest.mark.fsdd
def test_fsdd_is_read_as_libsndfile_reads_it(fsdd_folder):
    recordings = scan(fsdd_folder).recordings[::100]
    for recording, y in zip(recordings, load_waveforms(recordings), strict=True):
        expected, sr = sf.read(recording.root / recording.name, dtype="float32")
        assert sr == SAMPLE_RATE
        np.testing.assert_array_equal(y, expected)


# --- writing --------------------------------------------------------------------------------------


def test_a_16_bit_recording_comes_back_as_it_was():
    every = np.arange(-(2**15), 2**15).astype(np.float32) / 2**15
    y, sr = read_audio(write_wav(every, 16000))
    np.testing.assert_array_equal(y, every)
    assert sr == 16000


def test_too_loud_is_clipped_and_not_wrapped_around():
    y, _ = read_audio(write_wav(np.array([1.5, -1.5, 1.0, 0.0])))
    np.testing.assert_allclose(y, [1, -1, 1, 0], atol=2**-15)


@pytest.mark.parametrize("bad", [np.zeros((2, 2)), np.array([0.0, np.nan])])
def test_what_cannot_be_a_wav_is_a_callers_mistake(bad):
    with pytest.raises(ValueError, match="y h"):
        write_wav(bad)
