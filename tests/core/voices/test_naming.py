"""Names: what people type stays what it is and never becomes a path."""

import re

import pytest

from core.errors import LabError
from core.sound.layouts import LAYOUTS
from core.voices.naming import (
    FOLDER_NAME,
    LONGEST_NAME,
    checked_name,
    cleaned,
    folder_name,
    same_name,
    shortened,
    unused_name,
)

TYPED = [
    "Anna", "**x** <script>", "../../etc", "CON", "nul", "COM1", "🎤", "👩\u200d🎤", "李明", "Ægir",
    "01", "0", "digits", "other", "noise", "seven", "_background_noise_", "a/b", "a\\b", "C:", "~",
    "-rf", "7_x_3", ".hidden", "recordings", "y" * 60, "Anna_nohash_0", "$HOME", "%PATH%",
    "a'b\"c", "trailing.",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_a_name_is_kept_as_it_was_typed(typed):
    assert checked_name(typed) == typed


@pytest.mark.parametrize("typed", TYPED)
def test_a_folder_name_is_safe_on_every_system_and_unlike_any_other(typed):
    name = folder_name(typed)
    assert re.fullmatch(r"[a-z0-9-]{8,27}", name)
    assert FOLDER_NAME.fullmatch(name)
    assert name != folder_name(typed)
    path = f"{name}/7_{name}_3.wav"
    (layout,) = [layout for layout in LAYOUTS if layout.pattern.fullmatch(path)][:1]
    assert layout.label == "Free Spoken Digit Dataset"
    assert layout.parse(layout.pattern.fullmatch(path)) == (7, name, 3, "seven")


@pytest.mark.parametrize(
    "typed", ["", "  ", "\n", "\0", "\u202e", "\u200d", "\ud800", "\u2066\u2069"]
)
def test_what_nobody_can_see_is_no_name(typed):
    with pytest.raises(LabError, match="name is empty"):
        checked_name(typed)


def test_a_name_of_300_characters_is_refused_with_its_length():
    with pytest.raises(LabError, match=f"has 300 characters; at most {LONGEST_NAME}"):
        checked_name("x" * 300)


def test_invisible_characters_go_and_spaces_become_one():
    assert cleaned(" An\0na\t \u202e Lee\ud800\n") == "Anna Lee"
    assert cleaned("👩\u200d🎤") == "👩\u200d🎤"


def test_a_long_text_is_shortened_to_a_line():
    assert shortened("x" * 300 + "\n") == "x" * 59 + "…"
    assert shortened("short") == "short"


def test_names_that_look_alike_are_the_same():
    assert same_name("Anna", "ANNA")
    assert same_name("ﬁnn", "Finn")
    assert same_name("e\u0301va", "Éva")
    assert not same_name("Anna", "Hanna")


def test_a_taken_name_gets_the_next_number():
    assert unused_name("Anna", set()) == "Anna"
    assert unused_name("Anna", {"anna"}) == "Anna (2)"
    assert unused_name("Anna", {"Anna", "Anna (2)", "ANNA (3)"}) == "Anna (4)"
    assert len(unused_name("x" * 60, {"x" * 60})) == 60
