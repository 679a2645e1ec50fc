"""Why two models differ, or why a word was heard as it was: the clips that lie nearest to it.

In: a word and the models that answered. Out: whether its voice is new to each, the nearest clips
to listen to, and what would help.
"""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from core.browsing.heard import heard as heard_by
from core.browsing.index import Index, sample
from core.browsing.nearest import MOST_CLIPS, Neighbours, nearest
from core.learning.saved_models import SavedModel, second_network
from core.listening import pool
from core.listening.heard import HeardWord
from core.listening.recogniser import Answer
from core.listening.running_speech import in_running_speech
from core.sound.datasets import DATASETS, available, default_dataset
from core.sound.recordings import Recording
from pages.browsing.background import result_of
from pages.listening.choosing import Chosen, title
from pages.listening.screen import ask_why, in_words
from pages.shared import cached, player, problems
from pages.shared.literal import literal
from pages.shared.session import visitor

CLIPS = 3
"""Nearest clips to listen to, a model."""


def draw(each: HeardWord, chosen: Chosen) -> None:
    """Draw the offer to explain a word and, once it is asked for, the explanation."""
    differs = each.differs
    st.button(
        "Why do the models differ?" if differs else "Why? Nearest training clips",
        icon=":material/help:",
        key="live-explain",
        type="primary" if differs else "tertiary",
        on_click=ask_why,
        args=(each,),
    )
    asked = visitor().live.explained
    if asked is None or (asked.answered, asked.word.number) != (each.answered, each.word.number):
        return
    with problems.told():
        models = [chosen.main, *([chosen.beside] if chosen.beside else [])]
        found = [(model, _made_of(model, each, chosen)) for model in models]
        if any(made is None for _, made in found):
            return  # still being computed; the progress is drawn
        made_of = [(model, made) for model, made in found if made is not None]
        for column, (model, made) in zip(st.columns(len(made_of)), made_of, strict=True):
            with column:
                one_model(model, *made, each.word.in_speech)
        remedies(any(near.is_new for _, (_, near) in made_of), differs)


def clips_of(model: SavedModel) -> str:
    """Return the data set that a model learned from, or the one at hand where that is not here."""
    named = model.card.training.get("data", [])
    here = available()
    for name in named if isinstance(named, Sequence) and not isinstance(named, str) else []:
        if name in here:
            return str(name)
    return default_dataset()


def _made_of(
    model: SavedModel, each: HeardWord, chosen: Chosen
) -> tuple[Answer, Neighbours] | None:
    """Return what a model makes of a word; None, with the progress drawn, while it is asked.

    It is what Live said of it, or would have said: the word's own sensitivity, and what the word
    before it was, count.
    """
    dataset = clips_of(model)
    index = cached.index_of(dataset)
    y = each.word.y

    def work(progress: Callable[[float], None]) -> tuple[Answer, Neighbours]:
        recordings = _sampled(index)
        made = heard_by(model, recordings, lambda share: progress(0.9 * share))
        vector = pool.POOL.get(model).embedding(y)
        near = nearest(vector, np.asarray(made.embeddings), recordings, CLIPS)
        answer = chosen.as_it_was(each.key).recogniser(model).recognise(y)
        return (in_running_speech(answer) if each.word.in_speech else answer), near

    mark = f"{model.card.weights_sha256} {index.mark}"
    found: tuple[Answer, Neighbours] | None = result_of(
        f"nearest {model.key} {mark} {each.answered} {each.word.number}",
        f"Listening to {cached.title_of(dataset)}",
        work,
    )
    return found


def _sampled(index: Index) -> tuple[Recording, ...]:
    digits = np.flatnonzero(index.digits >= 0)
    return index.recordings(sample(index, digits, MOST_CLIPS))


def one_model(model: SavedModel, answer: Answer, neighbours: Neighbours, in_speech: bool) -> None:
    """Draw what one model made of the word."""
    st.markdown(f"**{literal(title(model))}**: {in_words(answer, in_speech)}")
    st.caption(_trained_on(model))
    near = neighbours.distances[0]
    if neighbours.is_new:
        words = (
            f":orange[:material/person_search: **A sound that is new to it.**] Its nearest clip is "
            f"{near:.2f} away; {neighbours.further:.0%} of the clips have somebody else's nearer "
            f"({neighbours.usual:.2f} at the median)."
        )
    else:
        words = (
            f":green[:material/person_check: **Like voices that it knows.**] Its nearest clip is "
            f"{near:.2f} away; among different voices {neighbours.usual:.2f} is the median."
        )
    st.markdown(words)
    title_ = cached.title_of(clips_of(model))
    whose = "the last layer" if second_network(model) is None else "the first network's last layer"
    st.caption(f"Nearest of {literal(title_)}, by what {whose} is given (1 - cosine):")
    for recording, away in zip(neighbours.recordings, neighbours.distances, strict=True):
        st.caption(f"{away:.2f} away")
        player.play(recording)


def _trained_on(model: SavedModel) -> str:
    named = model.card.training.get("data", [])
    sets = [DATASETS[n].label if n in DATASETS else str(n) for n in named] if named else []
    augmented = model.card.training.get("augment")
    return f"Learned from {literal(', '.join(sets)) or 'data that its card does not name'}" + (
        ", with altered copies of every clip (augmented)." if augmented else ", unaltered."
    )


def remedies(is_new: bool, differs: bool) -> None:
    """Draw what would help, with the ways there."""
    if is_new:
        st.markdown(
            "**What helps:** a model hears best what is like its training clips. Let it train on "
            "altered copies (augmentation), add your own voice to them, and train again."
        )
    elif differs:
        st.markdown(
            "**What helps:** the voice is no stranger, so the models weigh it differently: train "
            "on more data or altered copies, and correct the word below if it was misheard."
        )
    else:
        st.caption("Both facts are what a model has to go by: the clips that sound alike to it.")
    with st.container(horizontal=True):
        st.page_link("pages/train.py", label="Augment and train", icon=":material/model_training:")
        st.page_link("pages/voices.py", label="Add your voice", icon=":material/record_voice_over:")
        st.page_link("pages/lessons.py", label="The lesson on it", icon=":material/school:")
