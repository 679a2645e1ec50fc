"""Names that people type: kept as data, and the safe folder names that stand for them.

In: any text from a form, a file or a zip. Out: the name as it is shown, and a folder name that
means the same on every system. What somebody types never becomes a path.
"""

import re
import secrets
import unicodedata

from core.errors import LabError

LONGEST_NAME = 60
"""Characters of a name; more break every table and chart."""

_JOINERS = "\u200c\u200d"
"""Invisible, but they hold emoji and Persian words together."""

FOLDER_NAME = re.compile(r"[a-z][a-z0-9]{0,19}-[0-9a-f]{6}")
"""What the folder of a voice or of a person is called. The six random digits make it unique, on
other machines too, and keep it from being a name that Windows reserves (``con``, ``nul``) or that
a layout of ``core.sound.layouts`` reads as something else (``digits/``, ``other/``, ``01/``)."""


def cleaned(text: str) -> str:
    """Return a text on one line without anything invisible; markup stays what it is, data.

    Control characters, marks that turn the direction of writing, halves of characters and
    characters that nobody has assigned are left out; runs of spaces become one.
    """
    kept = (
        c if c in _JOINERS or unicodedata.category(c)[0] != "C" else " " * c.isspace() for c in text
    )
    return " ".join("".join(kept).split()).strip(_JOINERS)


def shortened(text: str) -> str:
    """Return a cleaned text of at most ``LONGEST_NAME`` characters, for sentences and labels."""
    text = cleaned(text)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def checked_name(text: str) -> str:
    """Return a person's name as it is kept.

    Raises
    ------
    LabError
        If nothing visible is left of it, or it is too long.
    """
    name = cleaned(text)
    if not name:
        raise LabError("The name is empty. Say who is speaking; a nickname will do.")
    if len(name) > LONGEST_NAME:
        raise LabError(
            f"The name has {len(name)} characters; at most {LONGEST_NAME} are kept. Shorten it."
        )
    return name


def same_name(one: str, other: str) -> bool:
    """Return whether two names would look the same to a reader: "Anna" and "ANNA" do."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def unused_name(name: str, taken: set[str]) -> str:
    """Return the name, or "name (2)" and so on if others have it already."""
    folded = {_folded(other) for other in taken}
    if _folded(name) not in folded:
        return name
    number = 2
    while True:
        ending = f" ({number})"
        candidate = name[: LONGEST_NAME - len(ending)].rstrip() + ending
        if _folded(candidate) not in folded:
            return candidate
        number += 1


def folder_name(name: str) -> str:
    """Return a new folder name for a person: letters of the name, and six random digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"[^a-z0-9]", "", plain).lstrip("0123456789")[:20]
    return f"{letters or 'voice'}-{secrets.token_hex(3)}"
