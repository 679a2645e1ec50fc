"""Sensitivity tuned with data: what each setting costs, measured on recorded streams.

In: the measured trade-off that comes with the app, the visitor's setting. Out: misses against
false alarms, with their intervals, and today's working point.
"""

from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.charts.listening import Cost, Rate, tradeoff_figure
from core.errors import AudioError
from core.learning.evaluation import accuracy
from core.listening.sensitivity import (
    SENSITIVITIES,
    Point,
    Tradeoff,
    events_an_hour,
    heard_at,
    tradeoff,
)
from pages.listening import files
from pages.listening.choosing import Chosen, signed
from pages.shared import problems
from pages.shared.literal import literal


def cost_of(point: Point) -> Cost:
    """Return a point's misses and its false alarms in speech, with their intervals."""
    missed = accuracy(point.missed, point.digits)
    assert missed is not None
    return Cost(
        point.sensitivity,
        Rate(missed.share, missed.low, missed.high),
        Rate(*events_an_hour(point.speech_alarms, point.speech_hours)),
    )


def draw(chosen: Chosen) -> None:
    """Draw the trade-off and where the visitor stands on it, and how to measure one's own noise."""
    found = tradeoff()
    if found is None or not found.points:
        st.info("The measured trade-off is missing: core/listening/tradeoff.json.")
    else:
        measured(found, chosen)
    with st.expander("Measure it with your own noise", icon=":material/hearing:"):
        own_noise(chosen)


def measured(found: Tradeoff, chosen: Chosen) -> None:
    """Draw what was measured on recorded streams."""
    st.markdown(
        "A keener ear misses fewer digits and takes more other words for digits. The sensitivity "
        "is set under “Models and sensitivity” and holds from the next word on."
    )
    costs = [cost_of(point) for point in found.points]
    st.plotly_chart(
        tradeoff_figure(costs, chosen.sensitivity),
        key="tradeoff",
        alt="Digits missed against false digits an hour of speech, a point a sensitivity",
    )
    here = next((p for p in found.points if p.sensitivity == chosen.sensitivity), None)
    if here is not None:
        st.markdown(in_words(here))
    main = chosen.main
    # a copy of the shipped model holds the same weights and only the first of its networks
    if not main.shipped or main.card.weights_sha256 != found.weights_sha256:
        st.caption(
            ":material/info: This curve is that of the model that comes with the app, not of "
            f"{literal(main.card.name)}: that one's will lie elsewhere."
        )
    st.caption(f"{literal(found.protocol)} Printed by `{found.command}`.")
    with st.expander("All settings in numbers"):
        st.dataframe(pd.DataFrame([_row(p) for p in found.points]), hide_index=True)


def own_noise(chosen: Chosen) -> None:
    """Draw how many digits the chosen model hears in a recording that holds none."""
    st.caption(
        "Your room, your keyboard, the radio: a minute or more in which nobody says a digit."
    )
    recording = st.audio_input("Record it", sample_rate=16000, key="own-noise")
    if recording is not None:
        alarms(recording, chosen, "own-noise")
    upload = st.file_uploader(
        "Or choose a file", type=["wav", "flac", "ogg", "mp3", "aiff"], key="own-noise-file"
    )
    if upload is not None:
        alarms(upload, chosen, "own-noise-file")


def alarms(source: UploadedFile, chosen: Chosen, purpose: str) -> None:
    """Draw how many digits are heard in a recording at each sensitivity."""
    with problems.told():
        found = files.heard_in(source, replace(chosen, sensitivity=0.0), purpose)
        words, hours = found.words, found.seconds / 3600
        if hours == 0:
            raise AudioError("The recording holds no sound. Record a minute of your room.")
        threshold = chosen.main.card.threshold
        rows = []
        for s in SENSITIVITIES:
            count = sum(w.answer.digit is not None for w in heard_at(words, threshold, s))
            rate, low, high = events_an_hour(count, hours)
            rows.append(
                {
                    "Sensitivity": signed(s),
                    "False digits": count,
                    "An hour": f"{rate:.0f} ({low:.0f} to {high:.0f})",
                }
            )
        st.dataframe(pd.DataFrame(rows), hide_index=True)
        st.caption(
            f"{60 * hours:.1f} min, {len(words)} words heard in it, digits or not; 95 % Poisson "
            "intervals. A short recording leaves a wide one."
        )


def in_words(point: Point) -> str:
    """Return what one setting costs, with samples and intervals."""
    missed = accuracy(point.missed, point.digits)
    wrong = accuracy(point.wrong, point.digits)
    speech = events_an_hour(point.speech_alarms, point.speech_hours)
    noise = events_an_hour(point.noise_alarms, point.noise_hours)
    return (
        f"**At {signed(point.sensitivity)}:** digits missed {missed}; heard as another digit "
        f"{wrong}; false digits {speech[0]:.0f} an hour of speech ({point.speech_alarms} in "
        f"{60 * point.speech_hours:.0f} min; {speech[1]:.0f} to {speech[2]:.0f}) and "
        f"{noise[0]:.1f} an hour of noise ({point.noise_alarms} in {point.noise_hours:.1f} h; "
        f"{noise[1]:.1f} to {noise[2]:.1f})."
    )


def _row(point: Point) -> dict[str, str]:
    missed = accuracy(point.missed, point.digits)
    speech = events_an_hour(point.speech_alarms, point.speech_hours)
    noise = events_an_hour(point.noise_alarms, point.noise_hours)
    return {
        "Sensitivity": signed(point.sensitivity),
        "Missed": str(missed),
        "Heard as another": f"{point.wrong} of {point.digits}",
        "False an hour of speech": f"{speech[0]:.0f} ({speech[1]:.0f} to {speech[2]:.0f})",
        "False an hour of noise": f"{noise[0]:.1f} ({noise[1]:.1f} to {noise[2]:.1f})",
    }
