"""What own speakers are called: each by one name that nobody else has.

In: folders of the store, a new name. Out: names for everything that shows own voices, and those of
before for what must know them again.
"""

from core.errors import LabError
from core.system import write_atomically
from core.voices.naming import FOLDER_NAME, checked_name, same_name, shortened, unused_name
from core.voices.own import (
    ABOUT,
    Speaker,
    about,
    changing,
    check_free,
    folders_in,
    read_about,
    speakers,
    under_another_name,
)


def labels() -> dict[str, str]:
    """Return what each speaker is called, by folder; no two are called the same.

    Names are unique here unless somebody copied folders by hand: then the later one has a number.
    """
    found: dict[str, str] = {}
    for speaker in sorted(speakers(), key=lambda s: (s.made, s.folder)):
        found[speaker.folder] = unused_name(speaker.name, set(found.values()))
    return found


def names_ever() -> dict[str, frozenset[str]]:
    """Return every name that a speaker has had, by what ``labels`` calls them now."""
    called = labels()
    found = ((called.get(speaker.folder, speaker.name), speaker.former) for speaker in speakers())
    return {label: frozenset((label, *former)) for label, former in found}


def rename_speaker(folder: str, name: str) -> Speaker:
    """Return the speaker under another name; folder and takes stay as they are.

    What they were called until now stays with them: a model that has heard them knows it.

    Raises
    ------
    LabError
        If the speaker has gone, or the name is empty, too long or somebody else's, or
        was before.
    """
    name = checked_name(name)
    with changing("Renaming the speaker") as root:
        if not FOLDER_NAME.fullmatch(folder) or not (root / folder).is_dir():
            raise LabError(
                f"There is no speaker {shortened(folder)} any more; somebody deleted it."
            )
        others = [read_about(other) for other in folders_in(root) if other.name != folder]
        if any(same_name(name, other.name) for other in others):
            raise LabError(f"Somebody else is called {name} already. Choose another name.")
        check_free(name, others)
        renamed = under_another_name(read_about(root / folder), name, labels()[folder])
        write_atomically(root / folder / ABOUT, about(renamed))
    return renamed
