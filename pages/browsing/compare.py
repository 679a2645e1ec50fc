"""Compare clips side by side, one speaker's digits, mean pictures, and A's 0 with B's 0."""

import numpy as np
import streamlit as st

from core.browsing.distances import distance, features
from core.browsing.index import Index
from core.browsing.travelling import travels
from core.charts.compare import difference_figure, gallery_figure, syllables_figure
from core.charts.sets import matrix_figure
from core.charts.sound import COLOUR_MAPS
from core.sound.audio import SAMPLE_RATE, write_wav
from core.sound.images import LOG_MEL
from core.sound.recordings import Recording
from core.sound.spectrograms import SPECTROGRAMS
from core.sound.syllables import syllable_boundary
from pages.browsing import background
from pages.browsing.selection import shown_speakers
from pages.shared import cached, player
from pages.shared.literal import literal
from pages.shared.session import visitor
from pages.shared.ways import chosen_way

MOST_CLIPS = 6


def _kind() -> tuple[str | None, str]:
    kinds = ["waveform", *SPECTROGRAMS]
    left, right = st.columns(2)
    kind = left.segmented_control(
        "Picture",
        kinds,
        default="log_mel",
        required=True,
        key="compare-kind",
        format_func=lambda k: "Waveform" if k == "waveform" else SPECTROGRAMS[k].label,
    )
    colours = right.selectbox("Colours", [*COLOUR_MAPS], key="compare-colours")
    return (None if kind == "waveform" else kind), colours


def _drawn(recordings: list[Recording], titles: list[str]) -> None:
    kind, colours = _kind()
    clips = [cached.waveform(r) for r in recordings]
    st.plotly_chart(
        gallery_figure(clips, titles, kind, LOG_MEL.analysis, colours),
        key="gallery",
        alt="Clips side by side on identical scales: " + ", ".join(titles),
    )
    for start in range(0, len(recordings), 5):
        row = recordings[start : start + 5]
        for column, recording in zip(st.columns(min(len(recordings), 5)), row, strict=False):
            with column:
                player.play(recording)


def side_by_side(index: Index) -> None:
    """Draw one digit by several speakers, and how far apart any two of them are."""
    digits = sorted({digit for digit, _ in index.cells})
    digit = st.pills("Digit", digits, default=digits[0], required=True, key="compare-digit")
    speakers = [s for s in shown_speakers(index, "compare") if (digit, s) in index.cells]
    who = st.multiselect(
        "Speakers",
        speakers,
        speakers[: min(4, len(speakers))],
        key="compare-who",
        max_selections=MOST_CLIPS,
    )
    if len(who) < 2:
        st.info("Choose two to six speakers.")
        return
    _compared([index.recording(int(index.cells[digit, s][0])) for s in who], who)


def is_there(recording: Recording) -> bool:
    """Return whether a recording's file, or the zip that holds it, is still on the disk."""
    root = recording.root
    return (root / recording.name).is_file() if root.is_dir() else root.is_file()


def pinned() -> None:
    """Draw the clips that the visitor has pinned, whatever they are."""
    kept = visitor().pinned
    gone = [r for r in kept if not is_there(r)]
    if gone:
        names = ", ".join(literal(r.name) for r in gone)
        st.warning(f"No longer there, and no longer pinned: {names}.")
        kept[:] = [r for r in kept if r not in gone]
    if len(kept) < 2:
        st.info("Pin two to six clips in the view Clip: they are compared here.")
        return
    st.button("Unpin all", key="unpin", on_click=kept.clear)
    _compared(kept, [f"{r.digit} {r.speaker} {r.take}" for r in kept])


def _compared(recordings: list[Recording], who: list[str]) -> None:
    """Draw clips side by side, and how far apart any two of them are."""
    _drawn(recordings, who)
    found = [features(cached.waveform(r)) for r in recordings]
    values = np.array([[distance(a, b) for b in found] for a in found])
    st.markdown(
        "**How far apart?** Dynamic time warping lays one clip's moments on the other's in order; "
        "the number is the mean difference of the log-mels along that path, in dB. 0 is the same."
    )
    st.plotly_chart(matrix_figure(values, who, "dB", " dB"), key="pairs", alt="Distances of pairs")


def ten_digits(index: Index) -> None:
    """Draw all digits of one speaker."""
    speaker = st.selectbox("Speaker", shown_speakers(index, "ten"), key="ten-speaker")
    digits = sorted(d for d, s in index.cells if s == speaker)
    recordings = [index.recording(int(index.cells[d, speaker][0])) for d in digits]
    _drawn(recordings, [str(d) for d in digits])


def sevens(index: Index) -> None:
    """Draw "seven" by several speakers with its two parts marked, each to be heard alone."""
    speakers = [s for s in shown_speakers(index, "seven") if (7, s) in index.cells]
    if not speakers:
        st.info("No “seven” is among these clips. Choose other digits in the filter.")
        return
    who = st.multiselect(
        "Speakers", speakers, speakers[:3], key="seven-who", max_selections=MOST_CLIPS
    )
    if not who:
        st.info("Choose one to six speakers.")
        return
    recordings = [index.recording(int(index.cells[7, s][0])) for s in who]
    clips = [cached.waveform(r) for r in recordings]
    turns = [syllable_boundary(y) for y in clips]
    st.plotly_chart(
        syllables_figure(clips, who, turns, SAMPLE_RATE),
        key="sevens",
        alt="Waveforms of seven, each with its parts /ˈsɛv/ and /(ə)n/ marked",
    )
    st.caption(
        "The word has two parts. Where one ends is estimated: the voice (below 900 Hz) dips at "
        "the /v/ and rises again at the vowel; a speaker who swallows that vowel leaves little "
        "of a dip. One scale of time and amplitude for all."
    )
    for recording, y, turn in zip(recordings, clips, turns, strict=True):
        whole, first, second = st.columns(3)
        with whole:
            player.play(recording)
        if turn:
            with first:
                st.text("/ˈsɛv/")
                st.audio(write_wav(y[:turn]), format="audio/wav")
            with second:
                st.text("/(ə)n/")
                st.audio(write_wav(y[turn:]), format="audio/wav")


def means(index: Index, dataset: str) -> None:
    """Draw two mean spectrograms and their difference."""
    speakers = shown_speakers(index, "means")
    found = background.mean_pictures(index, dataset, speakers)
    if found is None:
        return
    digits = sorted({digit for digit, _ in index.cells})
    columns = st.columns(2)
    pictures, names = [], []
    for i, column in enumerate(columns):
        digit = column.selectbox(
            "Digit", ["all", *digits], index=min(i + 1, len(digits)), key=f"mean-digit-{i}"
        )
        speaker = column.selectbox("Speaker", ["all", *speakers], key=f"mean-speaker-{i}")
        picture = found.of(None if digit == "all" else digit, None if speaker == "all" else speaker)
        if picture is None:
            st.info("No clip is there for this choice.")
            return
        pictures.append(picture)
        names.append(f"{digit} by {speaker}")
    st.plotly_chart(
        difference_figure(pictures, names),
        key="means",
        alt="Two mean spectrograms and their difference",
    )
    st.caption(
        "Clips are stretched to one width before they are averaged: time is a share of them."
    )


def travelling(index: Index, dataset: str) -> None:
    """Draw which digits travel between speakers."""
    found = background.distances(index, dataset)
    if found is None:
        return
    digits = [d.digit for d in found]
    digit = st.pills("Digit", digits, default=digits[0], required=True, key="travel-digit")
    chosen = next(d for d in found if d.digit == digit)
    st.markdown(travels(chosen).sentence)
    left, right = st.columns(2)
    with left:
        st.caption("Mean distance between takes of this digit (dB)")
        st.plotly_chart(matrix_figure(chosen.same, chosen.speakers, "dB", " dB"), key="same")
    with right:
        st.caption("Share of trials in which the same digit is nearer than another (chance: 50)")
        st.plotly_chart(
            matrix_figure(100 * chosen.nearer, chosen.speakers, "%", " %"), key="nearer"
        )


def draw(index: Index, dataset: str) -> None:
    """Draw the comparison that the visitor chooses."""
    ways = {
        "side": "One digit, several speakers",
        "pinned": "Pinned clips",
        "ten": "One speaker, ten digits",
        "seven": "Inside “seven”",
        "means": "Mean spectrograms",
        "travel": "Is A's like B's?",
    }
    way = chosen_way("Compare", ways, "compare-way")
    if way == "ten":
        ten_digits(index)
    elif way == "pinned":
        pinned()
    elif way == "seven":
        sevens(index)
    elif way == "means":
        means(index, dataset)
    elif way == "travel":
        travelling(index, dataset)
    else:
        side_by_side(index)
