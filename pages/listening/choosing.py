"""Who answers: a model, another one beside it, and how readily a word is called a digit.

In: the models of this server, the visitor's choice. Out: what the listener is told, at once and
without restarting the stream.
"""

from dataclasses import dataclass, replace

import streamlit as st

from core.learning.saved_models import SavedModel, list_models
from core.learning.shelf import starred
from core.listening import listener, pool
from core.listening.sensitivity import SENSITIVITIES, Tuned
from core.listening.stream import Recognises
from pages.shared.apart import apart
from pages.shared.literal import literal
from pages.shared.session import Visitor

WORDS = {-2.0: "strict", 0.0: "as it is", 2.0: "keen"}
"""What the ends and the middle of the sensitivity are called."""


@dataclass(frozen=True)
class Chosen:
    """Who answers for every word."""

    main: SavedModel
    beside: SavedModel | None
    sensitivity: float
    models: tuple[SavedModel, ...] = ()
    """All that are here."""

    @property
    def key(self) -> tuple[str, ...]:
        """What changes when the listener must be told."""
        models = [self.main, *([self.beside] if self.beside else [])]
        hashes = [f"{m.key} {m.card.weights_sha256}" for m in models]
        return (*hashes, f"{self.sensitivity:g}")

    @property
    def answers_as(self) -> str:
        """What the main model is known by at this sensitivity: its answers, its exams."""
        at = f", sensitivity {signed(self.sensitivity)}" if self.sensitivity else ""
        return f"{self.main.key}{at}"

    def answered(self, key: str) -> SavedModel | None:
        """Return the model that ``answers_as`` named, if it is here."""
        return next((m for m in self.models if m.key == key.partition(", sensitivity ")[0]), None)

    def as_it_was(self, key: str) -> "Chosen":
        """Return the choice at the sensitivity that ``answers_as`` named."""
        return replace(self, sensitivity=float(key.partition(", sensitivity ")[2] or 0))

    def recogniser(self, model: SavedModel) -> Recognises:
        """Return a model's recogniser at the chosen sensitivity; may take seconds."""
        found = pool.POOL.get(model)
        return Tuned(found, self.sensitivity) if self.sensitivity else found


def title(model: SavedModel) -> str:
    """Return a model's name as it is shown."""
    return model.card.name + (" (comes with the app)" if model.shipped else "")


def choose() -> Chosen | None:
    """Draw the choice of models and sensitivity, which lasts as long as the visit.

    None where no model is here.
    """
    models, broken = list_models()
    for sentence in broken:
        st.warning(literal(sentence))
    if not models:
        st.error("No model is here: models/shipped is missing. Train one on the Train page.")
        return None
    by_key = {m.key: m for m in models}
    keys = [*by_key]
    labels = apart({key: title(m) for key, m in by_key.items()})
    with st.popover("Models and sensitivity", icon=":material/tune:", width="stretch"):
        main = by_key[
            st.selectbox(
                "Model",
                keys,
                index=keys.index(favourite) if (favourite := starred()) in keys else 0,
                format_func=lambda k: labels[k],
                key="live-model",
                persist_state="session",
            )
        ]
        beside = other_than(main, models)
        if beside is not None and not st.toggle(
            f"Ask {literal(title(beside))} too, for every word",
            value=True,
            key="live-beside",
            persist_state="session",
        ):
            beside = None
        sensitivity = st.select_slider(
            "Sensitivity: how readily a word is called a digit",
            SENSITIVITIES,
            0.0,
            format_func=lambda s: signed(s) + (f" ({WORDS[s]})" if s in WORDS else ""),
            key="live-sensitivity",
            persist_state="session",
            help="What it costs, misses against false alarms, is drawn under “Sensitivity”.",
        )
    return Chosen(main, beside, float(sensitivity), models)


def signed(sensitivity: float) -> str:
    """Return a sensitivity with its sign; zero has none."""
    return f"{sensitivity:+g}" if sensitivity else "0"


def other_than(main: SavedModel, models: tuple[SavedModel, ...]) -> SavedModel | None:
    """Return the shipped model beside an own one, and the latest own one beside the shipped."""
    others = [m for m in models if m.shipped != main.shipped]
    return others[0] if others else None  # the newest stands first


def tell(me: Visitor, chosen: Chosen) -> None:
    """Let the visitor's listener answer with what is chosen; makes it, opens it if it rests."""

    def main() -> Recognises:
        return chosen.recogniser(chosen.main)

    def beside() -> Recognises:
        assert chosen.beside is not None
        return chosen.recogniser(chosen.beside)

    second = beside if chosen.beside else None
    names = (title(chosen.main), *([title(chosen.beside)] if chosen.beside else []))
    if me.listener is None:
        me.listener = listener.Listener(main, second, names, chosen.answers_as)
    elif me.live.models != chosen.key:
        me.listener.use(main, second, names, chosen.answers_as)
    me.live.models = chosen.key
    me.listener.open()
