"""What the clip viewer sends, what it believes, and that it mounts; see tests/browser for eyes."""

import io
from dataclasses import replace

import librosa
import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from core.charts.sound import COLOUR_MAPS
from core.sound.audio import write_wav
from core.sound.spectrograms import SPECTROGRAMS, Analysis, spectrogram
from pages.shared.clip_data import MAX_FRAMES, MAX_ROWS, MAX_SECONDS, viewer_data
from pages.shared.clip_viewer import Region, RowScale, colour_table, region_of

FINE = replace(Analysis(), hop_length=40)


def noise(n: int = 8000, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, n).astype(np.float32)


def sent(y, kind="log_mel", analysis=FINE, **changes):
    """Return what is sent of a clip, with the picture that Browse would draw."""
    values = {
        "picture": spectrogram(y, kind, analysis) if "picture" not in changes else None,
        "hop_length": analysis.hop_length,
        "rows": RowScale.of(kind, analysis),
        "name": "seven",
        "key": "viewer",
        **changes,
    }
    return viewer_data(y, **values)


def wire(data) -> int:
    """Return the bytes that Streamlit sends for it, the component's own code aside."""
    from streamlit.components.v2.bidi_component.serialization import serialize_mixed_data
    from streamlit.proto.BidiComponent_pb2 import BidiComponent

    proto = BidiComponent()
    serialize_mixed_data(data, proto)
    assert proto.WhichOneof("data") == "mixed"
    assert len(proto.mixed.arrow_blobs) == 3  # audio, picture, colours: none went as text
    return proto.ByteSize()


# ---- sound


def test_the_samples_are_those_of_the_wav_that_the_program_writes():
    y = noise() * 3  # loud enough to be clipped here and there
    pcm, sr = soundfile.read(io.BytesIO(write_wav(y)), dtype="int16")
    data = sent(y)
    assert data["audio"].dtype == np.int16
    assert sr == data["sr"] == 8000
    np.testing.assert_array_equal(data["audio"], pcm)


def test_every_16_bit_sample_survives():
    pcm = np.arange(-(2**15), 2**15, dtype=np.int16)
    y = pcm.astype(np.float32) / 2**15
    np.testing.assert_array_equal(sent(y)["audio"], pcm)


def test_a_second_of_sound_is_sent_in_less_than_40_kb():
    assert wire(sent(noise())) < 40_000


def test_an_hour_is_cut_and_says_so():
    y = np.tile(noise(), 70)
    data = sent(y)
    assert len(data["audio"]) == MAX_SECONDS * 8000
    assert data["note"] == "The first 60 s of 70 s."
    assert wire(data) < 2_000_000
    # the last cell still stands over the last samples that are sent
    end = data["cell_start"] + data["n_frames"] * data["cell_samples"]
    assert len(data["audio"]) <= end < len(data["audio"]) + data["cell_samples"]


def test_a_whole_clip_needs_no_note():
    assert sent(noise())["note"] == ""


# ---- picture


def test_a_cell_is_sent_within_half_a_step_of_its_level():
    y = noise()
    picture = spectrogram(y, "log_mel", FINE)
    data = sent(y)
    assert data["picture"].dtype == np.uint8
    cells = data["picture"].reshape(data["n_rows"], data["n_frames"])
    assert cells.shape == picture.shape
    assert (data["low"], data["high"]) == (-80.0, 0.0)
    levels = data["low"] + cells / 255 * (data["high"] - data["low"])
    assert np.abs(levels - picture).max() <= 80 / 255 / 2 + 1e-4


def test_a_frame_stands_over_the_samples_that_it_is_centred_on():
    data = sent(noise())
    middles = data["cell_start"] + (np.arange(data["n_frames"]) + 0.5) * data["cell_samples"]
    np.testing.assert_array_equal(middles, np.arange(data["n_frames"]) * FINE.hop_length)


def test_a_tone_is_drawn_in_the_row_that_is_named_after_it():
    t = np.arange(8000) / 8000
    y = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    for kind, within in (("stft", 16), ("log_mel", 60)):
        data = sent(y, kind)
        cells = data["picture"].reshape(data["n_rows"], data["n_frames"])
        assert data["rows"][int(cells[:, 100].argmax())] == pytest.approx(1000, abs=within)


def test_a_large_picture_is_pooled_and_keeps_its_loudest_cells():
    picture = np.full((1025, 3000), -80, np.float32)
    picture[700, 1234] = 0
    data = viewer_data(
        noise(120_000),
        picture,
        hop_length=40,
        rows=RowScale.linear(2048),
        name="x",
        key="k",
    )
    assert data["n_rows"] <= MAX_ROWS
    assert data["n_frames"] <= MAX_FRAMES
    cells = data["picture"].reshape(data["n_rows"], data["n_frames"])
    assert (cells == 255).sum() == 1
    row, frame = np.unravel_index(cells.argmax(), cells.shape)
    assert data["rows"][row] == pytest.approx(700 * 8000 / 2048, abs=2.5 * 8000 / 2048)
    start = data["cell_start"] + frame * data["cell_samples"]
    assert start <= 1234 * 40 < start + data["cell_samples"]
    assert len(data["rows"]) == data["n_rows"]


def test_the_cepstrum_is_coloured_by_its_shapes_and_not_by_its_level():
    y = noise()
    shapes = spectrogram(y, "mfcc", FINE)[1:]
    data = sent(y, "mfcc")
    assert data["level_unit"] == ""
    assert data["low"] == pytest.approx(shapes.min())
    assert data["high"] == pytest.approx(shapes.max())


def test_silence_can_be_drawn():
    for kind in SPECTROGRAMS:
        data = sent(np.zeros(800, np.float32), kind)
        assert data["low"] < data["high"]
        assert not data["audio"].any()


def test_a_single_sample_can_be_drawn():
    assert len(sent(noise(1))["audio"]) == 1


# ---- rows


@pytest.mark.parametrize("kind", SPECTROGRAMS)
def test_every_kind_of_picture_has_a_scale_with_a_value_a_row(kind):
    scale = RowScale.of(kind, FINE)
    assert len(scale.values) == SPECTROGRAMS[kind].n_rows(FINE)
    assert scale.title


def test_the_rows_of_an_stft_are_librosas_bins():
    expected = librosa.fft_frequencies(sr=8000, n_fft=256)
    np.testing.assert_allclose(RowScale.of("stft", FINE).values, expected)


def test_the_rows_of_a_mel_picture_are_where_its_filters_peak():
    scale = RowScale.of("log_mel", FINE)
    bank = librosa.filters.mel(sr=8000, n_fft=2**16, n_mels=40, fmin=20, fmax=4000)
    peaks = librosa.fft_frequencies(sr=8000, n_fft=2**16)[bank.argmax(axis=1)]
    np.testing.assert_allclose(scale.values, peaks, atol=0.2)


@pytest.mark.parametrize("values", [(), (1.0, 1.0), (2.0, 1.0)])
def test_rows_that_do_not_rise_are_refused(values):
    with pytest.raises(ValueError, match="rising"):
        RowScale("Frequency", values)


# ---- colours


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_every_colour_map_is_a_table(name):
    table = colour_table(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert len(np.unique(table, axis=0)) > 100


def test_the_default_is_viridis_and_the_first_experiment_runs_from_blue_to_red():
    np.testing.assert_allclose(colour_table()[[0, 255]], [[68, 1, 84], [253, 231, 37]], atol=1)
    np.testing.assert_array_equal(sent(noise())["colours"], colour_table().ravel())
    np.testing.assert_allclose(
        colour_table("First experiment")[[0, 255]], [[0, 0, 127], [127, 0, 0]], atol=1
    )


# ---- what a clip is, and what a browser may say of it


def test_a_clip_keeps_its_mark_under_other_pictures_and_colours():
    y = noise()
    marks = {
        sent(y)["clip"],
        sent(y, "stft")["clip"],
        sent(y, colours=colour_table("Greys"))["clip"],
        sent(y, key="other")["clip"],
    }
    assert len(marks) == 1


def test_another_sound_and_another_name_are_another_clip():
    y = noise()
    marks = {sent(y)["clip"], sent(y[:-1])["clip"], sent(noise(seed=4))["clip"]}
    marks.add(sent(y, name="eight")["clip"])
    marks.add(sent(y, sr=16000)["clip"])
    assert len(marks) == 5


def test_a_region_is_exactly_its_samples():
    y = noise()
    region = region_of({"clip": "a", "start": 100, "end": 164}, "a", len(y))
    assert region == Region(100, 164)
    np.testing.assert_array_equal(region.of(y), y[100:164])
    assert region_of({"clip": "a", "start": 0, "end": len(y)}, "a", len(y)) == Region(0, len(y))


@pytest.mark.parametrize(
    "state",
    [
        None,
        "0 10",
        [0, 10],
        {},
        {"clip": "b", "start": 0, "end": 10},
        {"clip": "a", "start": 10, "end": 10},
        {"clip": "a", "start": -1, "end": 10},
        {"clip": "a", "start": 0, "end": 101},
        {"clip": "a", "start": 0.0, "end": 10.0},
        {"clip": "a", "start": False, "end": True},
        {"clip": "a", "start": "0", "end": "10"},
        {"clip": "a", "start": 0},
    ],
)
def test_what_is_no_region_of_this_clip_selects_nothing(state):
    assert region_of(state, "a", 100) is None


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3)])
def test_a_region_without_samples_cannot_be_made(start, end):
    with pytest.raises(ValueError, match="start_sample"):
        Region(start, end)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"picture": np.zeros((3, 4), np.float32)}, "3"),
        ({"picture": np.zeros(40, np.float32)}, "picture"),
        ({"picture": np.full((40, 3), np.nan, np.float32)}, "finite"),
        ({"colours": np.zeros((16, 3), np.uint8)}, "colours"),
        ({"colours": np.zeros((256, 3))}, "colours"),
        ({"hop_length": 0}, "hop_length"),
        ({"sr": 0}, "sr"),
        ({"top_db": 0.0}, "top_db"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_name(changes, said):
    with pytest.raises(ValueError, match=said):
        sent(noise(), **changes)


@pytest.mark.parametrize(
    "y", [np.zeros(0, np.float32), np.zeros((2, 9), np.float32), np.array([0.0, np.inf])]
)
def test_samples_that_are_no_sound_are_refused(y):
    picture = np.zeros((40, 3), np.float32)
    with pytest.raises(ValueError, match="y has shape"):
        sent(y, picture=picture)


# ---- on a page


def page():
    import numpy as np
    import streamlit as st

    from pages.shared.clip_viewer import RowScale, clip_viewer

    region = clip_viewer(
        np.zeros(800, np.float32),
        np.zeros((3, 5), np.float32),
        hop_length=160,
        rows=RowScale.numbered(3, "Row"),
        name="<b>**seven**</b>",
        key="viewer",
    )
    st.text(f"{region}")


def test_it_mounts_on_a_page_and_nothing_is_selected():
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception, [e.message for e in app.exception]
    assert [t.value for t in app.text] == ["None"]
    mounted = app.get("bidi_component")
    assert len(mounted) == 1
    app.run()  # a second run of a page that stands already
    assert not app.exception


def test_its_code_holds_no_name_and_asks_for_nothing_from_outside():
    app = AppTest.from_function(page, default_timeout=60).run()
    proto = app.get("bidi_component")[0].proto
    code = proto.js_content + proto.css_content
    assert "seven" not in code
    assert "innerHTML" not in code
    assert "://" not in code.replace("http://www.w3.org/2000/svg", "")
    assert code.count("export default") == 1
