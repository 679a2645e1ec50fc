"""The data sets that the app knows, and a user's own folder or zip.

In: the embedded archive, a download in the data folder, a path. Out: a ``Catalogue`` to browse and
to train on. To add a data set, add an entry to ``DATASETS``.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.errors import DataError
from core.home import data_folder
from core.sound import fsdd
from core.sound.dataset import DataSet
from core.sound.fsdd import find_fsdd, verify_fsdd
from core.sound.generated import GENERATED
from core.sound.layouts import scan
from core.sound.recordings import Catalogue

__all__ = [
    "DATASETS", "DataSet", "available", "default_dataset", "find_fsdd", "open_dataset",
    "verify_fsdd",
]  # fmt: skip


OWN = "own"
"""The key of the recordings that visitors of this server made themselves."""


def _own_folder() -> Path | None:
    """Return the folder of own voices once anything stands in it; the trash does not count."""
    folder = data_folder() / "voices"  # core.voices.own.store, without its imports
    try:
        return folder if any(folder.glob("[a-z]*-??????/[0-9]_*.wav")) else None
    except OSError:
        return None


def _own_names() -> dict[str, str]:
    from core.voices.called import labels  # brings NumPy, which listing data sets does without

    return labels()


_FSDD_SOURCE = "https://github.com/Jakobovski/free-spoken-digit-dataset"
_FSDD_LICENCE = "CC BY-SA 4.0"
_FSDD_CITATION = (
    "Zohar Jackson et al.: Free Spoken Digit Dataset (FSDD), v1.0.10, 2020. "
    "https://zenodo.org/badge/latestdoi/61622039"
)

_NOT_ALL_AMERICAN = (
    "The experiment that this app grew from calls the four speakers of 2019 American. By the data "
    "set's own metadata two of them are: jackson and theo. nicolas is from Belgium and speaks "
    "French, yweweler is from Germany and speaks German."
)

DATASETS: dict[str, DataSet] = {
    dataset.key: dataset
    for dataset in (
        *GENERATED,
        DataSet(
            key="fsdd",
            label="Free Spoken Digit Dataset, full (six speakers)",
            summary="3,000 recordings: six people say each digit 50 times.",
            source=_FSDD_SOURCE,
            licence=_FSDD_LICENCE,
            citation=_FSDD_CITATION,
            limits="Six men, four accents (USA, Belgium/French, Germany/German, Greece/Greek), "
            "8 kHz, cut tightly around the word; no women, no children.",
            find=fsdd.find_full,
            missing=fsdd.why_missing,
            version=f"v{fsdd.VERSION}, 2020",
            people=fsdd.PEOPLE,
            split=fsdd.SPLIT,
            note=_NOT_ALL_AMERICAN,
        ),
        DataSet(
            key="fsdd-2019",
            label="Free Spoken Digit Dataset, 2019 (four speakers)",
            summary="2,000 recordings: the four people of the edition of 2019, each digit 50 "
            "times.",
            source=_FSDD_SOURCE,
            licence=_FSDD_LICENCE,
            citation=_FSDD_CITATION,
            limits="Four men, three accents (USA, Belgium/French, Germany/German), 8 kHz, cut "
            "tightly around the word; no women, no children.",
            find=find_fsdd,
            missing=fsdd.why_missing,
            speakers=fsdd.SPEAKERS_2019,
            version=f"the four speakers of 2019, as they stand in v{fsdd.VERSION}",
            people=tuple(p for p in fsdd.PEOPLE if p.name in fsdd.SPEAKERS_2019),
            split=fsdd.SPLIT,
            note=_NOT_ALL_AMERICAN,
        ),
        DataSet(
            key=OWN,
            label="Own voices",
            summary="What visitors of this server recorded of themselves.",
            source="recorded or imported on the page Your voice",
            licence="its speakers' own: ask them before you pass it on",
            citation="Recorded with Spoken Digit Lab.",
            limits="A few people with their own microphones and rooms; whether a take is what it "
            "says, nobody but its speaker has checked.",
            find=_own_folder,
            missing=lambda: (
                "There are no own voices yet. Record some digits on the page Your voice, or import "
                "a zip of them there."
            ),
            names=_own_names,
        ),
    )
}
"""Every data set the app knows by name, in the order in which pages list them."""


def available() -> tuple[str, ...]:
    """Return the keys of the data sets that are on this machine."""
    return tuple(key for key, dataset in DATASETS.items() if dataset.find() is not None)


def default_dataset() -> str:
    """Return the key to begin with: the real recordings where they are, else the synthetic ones."""
    real = (key for key in ("fsdd", "fsdd-2019") if DATASETS[key].find() is not None)
    return next(real, "synthetic")


def open_dataset(key_or_path: str, progress: Callable[[int], None] | None = None) -> Catalogue:
    """Return the recordings of a data set, or of a folder or zip that the user has.

    Parameters
    ----------
    key_or_path : str
        A key of ``DATASETS``, or the path of a folder or zip in a layout of
        ``core.sound.layouts``. Quotation marks around a path, as Windows copies them, are ignored.
    progress : callable, optional
        Called with the number of files seen so far.

    Returns
    -------
    catalogue : Catalogue
        Its title is the data set's label, or the name of the folder or zip.

    Raises
    ------
    DataError
        If the data set is not on this machine (the error says how to get it), or the path is
        neither a folder nor a zip with recordings.
    """
    wanted = key_or_path.strip().strip("\"'")
    dataset = DATASETS.get(wanted)
    if dataset is None:
        return _open_path(wanted, progress)
    root = dataset.find()
    if root is None:
        raise DataError(dataset.missing())
    catalogue = scan(root, dataset.label, progress)
    if dataset.speakers is not None:
        speakers = dataset.speakers
        catalogue = catalogue.where(lambda recording: recording.speaker in speakers)
    return catalogue if dataset.names is None else _renamed(catalogue, dataset.names())


def _renamed(catalogue: Catalogue, names: dict[str, str]) -> Catalogue:
    """Return a catalogue with its speakers called by other names, sorted as catalogues are."""
    recordings = [replace(r, speaker=names.get(r.speaker, r.speaker)) for r in catalogue.recordings]
    recordings.sort(key=lambda r: (10 if r.digit is None else r.digit, r.word, r.speaker, r.take))
    return Catalogue(catalogue.title, tuple(recordings))


def _open_path(wanted: str, progress: Callable[[int], None] | None) -> Catalogue:
    known = ", ".join(DATASETS)
    if not wanted:
        raise DataError(
            f"No data set is named. Name one of {known}, or the path of a folder or zip."
        )
    try:
        path = Path(wanted).expanduser()
        exists = path.exists()
    except (OSError, RuntimeError) as error:  # a name too long; "~nobody"
        reason = getattr(error, "strerror", None) or error
        raise DataError(
            f"{wanted[:200]!r} cannot be a path on this machine ({reason}). "
            f"Name one of {known}, or the path of a folder or zip."
        ) from error
    if not exists:
        raise DataError(
            f"{wanted[:200]!r} is neither a data set ({known}) nor a folder or zip on the machine "
            "that runs the app. Check the spelling; a path is best given from its very beginning."
        )
    return scan(path, progress=progress)
