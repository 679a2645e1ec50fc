"""The guided exam: the page says a digit, the visitor says it, the model answers.

In: a listener's words. Out: one's own accuracy and confusions, kept if wanted, and what can be
done about them.
"""

import math
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.charts.learning import confusion_figure
from core.learning.evaluation import accuracy
from core.listening.listener import Listener
from core.sound.recordings import DIGIT_WORDS
from core.voices import exams
from core.voices.exams import NO_DIGIT, Exam, Heard, Result
from core.voices.own import keep as keep_take
from pages.listening.choosing import Chosen
from pages.modelling import adapting
from pages.shared import problems
from pages.shared.literal import literal
from pages.shared.session import LiveState, visitor
from pages.voice_taking import who

POLL_SECONDS = 0.2


def draw(listener: Listener | None, chosen: Chosen, playing: bool) -> None:
    """Draw the offer of an exam, the exam in progress, or its result; and those that were kept."""
    me = visitor().live
    if me.exam is None:
        offer(me, chosen, playing)
    elif me.exam.current is not None:
        asking(me, listener, chosen, playing)
    else:
        finished(me, chosen)
    with problems.told():
        everybody()


def ask_anew() -> None:
    """Let no word be an answer that begins before the digit is shown again."""
    visitor().live.exam_asked = math.inf


def offer(me: LiveState, chosen: Chosen, playing: bool) -> None:
    """Draw what the exam is, and the button that begins it."""
    st.markdown(
        f"How well does **{literal(chosen.main.card.name)}** understand *you*? The page asks for "
        f"{exams.LENGTH} digits, each twice; say each once, at your own pace. It takes a minute."
    )
    if not playing:
        st.info("Start the microphone above first.")
    if st.button(
        "Begin the exam", type="primary", icon=":material/school:", key="exam-begin",
        disabled=not playing,
    ):  # fmt: skip
        me.exam = exams.begin(chosen.answers_as, secrets.randbits(31))
        me.exam_kept = False
        me.exam_clips.clear()
        ask_anew()
        st.rerun()


def asking(me: LiveState, listener: Listener | None, chosen: Chosen, playing: bool) -> None:
    """Draw the digit to be said; goes on by itself as soon as a word was heard."""

    @st.fragment(run_every=POLL_SECONDS if playing else None)
    def asked() -> None:
        if me.exam is None:
            return
        same = me.exam.model == chosen.answers_as
        if same:
            take(me, listener)
        else:
            ask_anew()  # what another model hears is no answer
        digit = me.exam.current
        if digit is None:
            st.rerun()
            return
        done, total = len(me.exam.answers), len(me.exam.asked)
        st.progress(done / total, text=f"Digit {done + 1} of {total}")
        st.html(
            '<div role="status" aria-live="polite" data-testid="exam-say" style="font-size:'
            'clamp(2.2rem,9vw,4rem);line-height:1.15;text-align:center">'
            f"Say: <b>{DIGIT_WORDS[digit]}</b> ({digit})</div>"
        )
        if me.exam.answers:
            last = me.exam.answers[-1]
            st.caption(f"Before: you were asked for {last.asked}; {_heard(last)} was heard.")
        if not same:
            st.warning(
                f"This exam began with the model {literal(me.exam.model)}. Choose that again under "
                "“Models and sensitivity”, or stop here."
            )
        if not playing:
            st.info("The microphone was stopped: start it again above, and the exam goes on.")
        buttons(me.exam)
        me.exam_asked = min(me.exam_asked, time.time())

    asked()


def take(me: LiveState, listener: Listener | None) -> None:
    """Take the word that began since the digit was shown: it is the answer to it.

    What the model of the exam has not answered is none: it may be still loading.
    """
    if listener is None or me.exam is None:
        return
    new = [w for w in listener.heard().words if w.began >= me.exam_asked]
    examined = [w.word for w in new if w.key == me.exam.model]
    if examined:
        # one digit was asked for: of several words the first is the answer to it
        word, asked = examined[0], me.exam.current
        if asked is not None:
            me.exam_clips.append((asked, word.y))
        me.exam = me.exam.heard(word.answer.digit, word.answer.confidence)
        ask_anew()


def step(take_it: Callable[[Exam], Exam]) -> None:
    """Take a step of the exam's own.

    It is a callback, so that it is about what was seen: drawing the page again may take a word.
    """
    me = visitor().live
    if me.exam is not None:
        me.exam = take_it(me.exam)
        del me.exam_clips[len(me.exam.answers) :]
        ask_anew()


def buttons(exam: Exam) -> None:
    """Draw the ways out of a slip."""
    with st.container(horizontal=True):
        st.button(
            "That was not me: again", icon=":material/undo:", key="exam-again",
            disabled=not exam.answers, on_click=step, args=(Exam.again,),
        )  # fmt: skip
        st.button(
            "Skip this digit", icon=":material/skip_next:", key="exam-skip",
            on_click=step, args=(Exam.skip,),
        )  # fmt: skip
        st.button("Stop here", key="exam-stop", on_click=step, args=(Exam.stop,))


def _heard(answer: Heard) -> str:
    return "nothing like a digit" if answer.heard == NO_DIGIT else str(answer.heard)


def finished(me: LiveState, chosen: Chosen) -> None:
    """Draw an exam's result, the offer to keep it, and what can be done next."""
    assert me.exam is not None
    exam: Exam = me.exam
    if exam.answers:
        score(exam.answers)
        with problems.told():
            keep(me, exam)
        adaptation(me, chosen)
    else:
        st.caption("No digit was answered.")
    if st.button("Another exam", icon=":material/replay:", key="exam-another"):
        me.exam = None
        st.rerun()


def score(answers: Sequence[Heard]) -> None:
    """Draw how many were understood, and what was heard as what."""
    right = sum(a.right for a in answers)
    found = accuracy(right, len(answers))
    st.subheader(f"{right} of {len(answers)} understood")
    st.caption(f"{found}. Your own voice, microphone and room; a few words leave a wide interval.")
    st.plotly_chart(
        confusion_figure(exams.confusion(answers)),
        key="exam-matrix",
        alt="Confusion matrix: rows what was asked for, columns what was heard",
    )


def keep(me: LiveState, exam: Exam) -> None:
    """Draw the form that keeps a result."""
    if me.exam_kept:
        st.success("Kept. It stands below, to be compared with the next one.")
        return
    with st.form("exam-keep"):
        name = st.text_input("Your name, or a nickname", key="exam-name", max_chars=60)
        st.caption("The answers are kept, not your voice. Everyone on this server sees them.")
        if st.form_submit_button("Keep this result", icon=":material/save:"):
            exams.save(name, exam)
            me.exam_kept = True
            st.rerun()


def adaptation(me: LiveState, chosen: Chosen) -> None:
    """Draw what makes the model understand this voice better: these very clips, and more."""
    with st.expander("Make it yours: let the model learn your voice", icon=":material/person:"):
        st.markdown(
            "Keep the words of this exam with the digits that you were asked for, adapt the model "
            "to them, choose the new model above and repeat the exam: before and after. New words "
            "are asked for then, so the second exam is a fair one."
        )
        with problems.told():
            keep_clips(me)
        adapting.draw(chosen.main)


def keep_clips(me: LiveState) -> None:
    """Draw the offer to keep the exam's words as takes of somebody's own voice."""
    if not me.exam_clips:
        st.caption("The words of this exam are kept, or were none.")
        return
    speaker = who.choose()
    if speaker is not None and st.button(
        f"Keep these {len(me.exam_clips)} clips as {literal(speaker.name)}'s",
        icon=":material/save:",
        key="exam-clips",
    ):
        while me.exam_clips:  # one by one: what is kept before a full disk is kept once
            keep_take(speaker.folder, *me.exam_clips[-1])
            me.exam_clips.pop()
        st.rerun()


def everybody() -> None:
    """Draw the kept results, and the change from one exam to the next of the same person."""
    kept = exams.results()
    if not kept:
        return
    st.subheader("Kept exams")
    rows = []
    before: dict[str, Result] = {}
    for result in kept:
        found = accuracy(result.right, len(result.answers))
        person = result.person.casefold()
        earlier = before.get(person)
        change = ""
        if earlier is not None:
            share = result.right / len(result.answers) - earlier.right / len(earlier.answers)
            change = f"{100 * share:+.0f} points"
        before[person] = result
        rows.append(
            {
                "Who": result.person,
                "When": datetime.fromtimestamp(result.time).strftime("%Y-%m-%d %H:%M"),
                "Model": result.model,
                "Understood": f"{result.right} of {len(result.answers)}",
                "95 % interval": f"{found.low:.0%} to {found.high:.0%}" if found else "",
                "Since the one before": change,
            }
        )
    st.dataframe(pd.DataFrame(rows[::-1]), hide_index=True)
