"""The marked recordings of an index, found without opening any other.

In: the marks that people made, an index. Out: the places of the recordings they are of. A set of a
hundred thousand is searched in milliseconds: names first, and only what bears a marked name is
read.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.browsing.index import Index
from core.errors import LabError
from core.voices.flags import Mark, content_hash, file_name


def marked_places(index: Index, marks: Sequence[Mark]) -> dict[int, tuple[Mark, ...]]:
    """Return the places of marked recordings in an index, each with its marks in their order.

    Parameters
    ----------
    index : Index
    marks : sequence of Mark
        From ``core.voices.flags.marks``. A recording is known by its file's name and content.
    """
    by_file: dict[str, list[Mark]] = defaultdict(list)
    for one in marks:
        by_file[one.file].append(one)
    names = index.name_bytes.tobytes() if by_file else b""
    found: dict[int, tuple[Mark, ...]] = {}
    for file, candidates in by_file.items():
        for place in _places_of(index, names, file):
            try:
                sha256 = content_hash(index.recording(place))
            except LabError:
                continue  # what cannot be read is told by whoever needs its samples
            if theirs := tuple(one for one in candidates if one.sha256 == sha256):
                found[place] = theirs
    return dict(sorted(found.items()))


def _places_of(index: Index, names: bytes, file: str) -> list[int]:
    """Return the places of the recordings whose file has this name."""
    wanted = file.encode("utf-8", "surrogateescape")
    found, start = [], names.find(wanted)
    while start >= 0:
        place = int(np.searchsorted(index.name_ends, start, side="right"))
        if file_name(index.recording(place)) == file:
            found.append(place)
        start = names.find(wanted, start + 1)
    return sorted(set(found))
