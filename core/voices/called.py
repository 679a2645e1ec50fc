"""What own speakers are called: each by one name that nobody else has.

In: folders of the store, a new name. Out: names for everything that shows own voices.
"""

from dataclasses import replace

from core.errors import LabError
from core.system import write_atomically
from core.voices.naming import FOLDER_NAME, checked_name, same_name, shortened, unused_name
from core.voices.own import ABOUT, Speaker, about, changing, folders_in, read_about, speakers


def labels() -> dict[str, str]:
    """Return what each speaker is called, by folder; no two are called the same.

    Names are unique here unless somebody copied folders by hand: then the later one has a number.
    """
    found: dict[str, str] = {}
    for speaker in sorted(speakers(), key=lambda s: (s.made, s.folder)):
        found[speaker.folder] = unused_name(speaker.name, set(found.values()))
    return found


def rename_speaker(folder: str, name: str) -> Speaker:
    """Return the speaker under another name; folder and takes stay as they are.

    Raises
    ------
    LabError
        If the speaker has gone, or the name is empty, too long or somebody else's.
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
        renamed = replace(read_about(root / folder), name=name)
        write_atomically(root / folder / ABOUT, about(renamed))
    return renamed
