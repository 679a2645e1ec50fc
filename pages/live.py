"""Live: one button, say a digit, see it."""

import time

import streamlit as st

from core.charts.learning import probabilities_figure
from core.learning.saved_models import SavedModel, list_models
from core.learning.shelf import starred
from core.listening.listener import Heard, HeardWord, Listener
from core.listening.pool import POOL
from core.listening.stream import Word
from core.sound.audio import write_wav
from pages.shared import frame, problems
from pages.shared.literal import literal
from pages.shared.microphone import microphone
from pages.shared.session import Visitor, visitor

PATIENCE_SECONDS = 10.0
"""From the start to the first sound; a connection on one machine takes one to two seconds."""
POLL_SECONDS = 0.1
"""Between two looks at the listener: the digit alone is cheap to draw."""
CHART_SECONDS = 0.5
"""Between two drawings of the probabilities."""


def choose_model() -> SavedModel | None:
    """Draw the choice of model; return it."""
    models, broken = list_models()
    for sentence in broken:
        st.warning(literal(sentence))
    if not models:
        st.error("No model is here: models/shipped is missing. Train one on the Train page.")
        return None
    keys = [m.key for m in models]
    key = st.selectbox(
        "Model",
        keys,
        index=keys.index(favourite) if (favourite := starred()) in keys else 0,
        format_func=lambda k: next(
            m.card.name + (" (comes with the app)" if m.shipped else "")
            for m in models
            if m.key == k
        ),
        key="live-model",
    )
    return next(m for m in models if m.key == key)


def listener_for(me: Visitor, model: SavedModel) -> Listener:
    """Return the visitor's listener for a model; a new one where the model has changed."""
    if me.listener is None or me.listener.closed or me.listener_model != model.key:
        if me.listener is not None:
            me.listener.close()
        me.listener = Listener(lambda: POOL.get(model))
        me.listener_model = model.key
    return me.listener


def digit_card(word: HeardWord | None, heard: Heard) -> None:
    """Draw the latest digit, large."""
    if word is None:
        text, caption = "·", "Say a digit: “seven”."
    else:
        answer = word.word.answer
        text = "–" if answer.digit is None else str(answer.digit)
        what = "not a digit" if answer.digit is None else f"{answer.confidence:.0%} sure"
        caption = (
            f"{what}; {1000 * word.latency_seconds:.0f} ms after the end of the word "
            f"({1000 * word.word.endpoint_seconds:.0f} ms to know that it was over, "
            f"{1000 * word.waiting_seconds:.0f} ms waiting, "
            f"{1000 * answer.seconds:.1f} ms to recognise)"
        )
    count = len(heard.words)
    st.html(
        f'<div role="status" aria-live="polite" data-testid="live-digit" data-count="{count}" '
        f'style="font-size:9rem;line-height:1;text-align:center;font-weight:700">{text}</div>'
    )
    st.caption(caption)


def level(heard: Heard) -> None:
    """Draw what the microphone hears now."""
    share = min(max((heard.level_db + 70) / 70, 0.0), 1.0)
    if not heard.ready:
        words = "loading the recogniser; what you say now is answered in a moment"
    elif heard.hearing:
        words = "hearing a word"
    else:
        words = "listening"
    st.progress(
        share, text=f"{words} (level {heard.level_db:.0f} dB, noise {heard.noise_db:.0f} dB)"
    )


def transcript(words: tuple[HeardWord, ...]) -> None:
    """Draw the digits heard so far, in order."""
    said = " ".join("–" if w.word.answer.digit is None else str(w.word.answer.digit) for w in words)
    st.code(said or " ", language=None)


def waiting(listener: Listener) -> None:
    """Draw that no sound has come yet, and after a while what to do about it."""
    if time.monotonic() - listener.began < PATIENCE_SECONDS:
        st.info("Waiting for the first sound from your microphone ...")
        return
    st.warning(
        "No sound has come from the microphone. Allow it in the browser's address bar, check that "
        "it is not muted and that no firewall stops the browser from talking to this computer; or "
        "use the recorder below."
    )


@st.fragment(run_every=POLL_SECONDS)
def digit_and_level(listener: Listener) -> None:
    """Draw the digit and the level, ten times a second, while the microphone plays."""
    heard = listener.heard()
    if heard.problem:
        st.error(literal(heard.problem))
        return
    if heard.blocks == 0:
        waiting(listener)
        return
    me = visitor()
    me.words_heard = max(me.words_heard, len(heard.words))
    digit_card(heard.words[-1] if heard.words else None, heard)
    level(heard)
    transcript(heard.words)
    if heard.dropped:
        st.warning(f"{heard.dropped} pieces of sound were dropped: this computer is too busy.")


@st.fragment(run_every=CHART_SECONDS)
def probabilities(listener: Listener) -> None:
    """Draw the latest word's probabilities, twice a second: a chart is dear to draw."""
    words = listener.heard().words
    if words:
        st.plotly_chart(
            probabilities_figure(words[-1].word.answer.probabilities),
            key="probabilities",
            alt="Probability of each digit",
        )


def listening(listener: Listener) -> None:
    """Draw what is heard while the microphone plays."""
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        digit_and_level(listener)
    with right:
        probabilities(listener)


def recorded(model: SavedModel) -> None:
    """Draw the recorder and the upload: the same recogniser without WebRTC."""
    st.markdown("The same path, for a recording made here or a file you have.")
    recording = st.audio_input("Record some digits", sample_rate=16000, key="recorder")
    upload = st.file_uploader(
        "Or choose a file", type=["wav", "flac", "ogg", "mp3", "aiff"], key="upload"
    )
    source = upload or recording
    if source is None:
        return
    with problems.told():
        from core.listening.files import hear_file

        with st.spinner("Listening ..."):
            words = hear_file(source.getvalue(), POOL.get(model))
        if not words:
            st.info("No word was heard. Speak a little louder or closer, with a pause before.")
        show_words(words)


def show_words(words: list[Word]) -> None:
    """Draw every word of a recording with its answer, and its sound."""
    visitor().words_heard += len(words)
    st.code(
        " ".join("–" if w.answer.digit is None else str(w.answer.digit) for w in words) or " ",
        language=None,
    )
    for word in words[:50]:
        answer = word.answer
        what = "not a digit" if answer.digit is None else f"**{answer.digit}**"
        text, sound = st.columns([2, 3], vertical_alignment="center")
        text.markdown(
            f"{what}, {answer.confidence:.0%} sure, at {word.start:.2f} to {word.end:.2f} s"
        )
        sound.audio(write_wav(word.y), format="audio/wav")


frame.inside()
st.title("Talk to it")
st.caption(
    ":material/lock: Audio stays on this machine and nothing is kept. Press the button, allow the "
    "microphone, and say a digit in English."
)
model = choose_model()
if model is not None:
    me = visitor()
    context = microphone("microphone", lambda: me.listener)
    if context.state.playing or context.state.signalling:
        listening(listener_for(me, model))
    elif me.listener is not None:
        me.listener.close()
        st.markdown("Stopped. These digits were heard:")
        transcript(me.listener.heard().words)
    if not (context.state.playing or context.state.signalling):
        # the component says "NotAllowedError" and lets no page know: what to do stands here anyway
        st.caption(
            "If your browser refuses the microphone (“NotAllowedError”), allow it beside the "
            "address bar and press again. Without a microphone, use a file or the recorder below."
        )
    if model.card.n_answers == 10:
        st.caption(
            "This network knows ten answers and none of them is “not a digit”: it rejects a word "
            f"only when it is less than {model.card.threshold:.0%} sure (shown as –)."
        )
    with st.expander("Without WebRTC: record or upload"):
        recorded(model)
