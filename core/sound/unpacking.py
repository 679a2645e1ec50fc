"""A data set's recordings out of an archive of GitHub's shape, if they are the expected ones.

In: a file that a server sent and that may be anything. Out: a folder of recordings whose names and
contents have the expected tree id, or a sentence about what came instead.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from core.broken_zips import BROKEN_ZIP
from core.errors import DataError
from core.sound.containers import describe_other
from core.sound.tree_id import tree_id

MAX_UNPACKED_BYTES = 200 * 2**20
"""The most that is unpacked; the recordings are about a tenth of it."""

_MEMBER = re.compile(r"[^/\\]+/recordings/(?P<name>\w[\w.-]*)", re.ASCII)
"""A recording in GitHub's archive: one folder around everything, then ``recordings/``."""


class PassingError(DataError):
    """A failure that another attempt may mend."""


def unpack_recordings(archive: Path, folder: Path, expected_tree: str) -> None:
    """Write the archive's recordings into a folder and check that they are the expected ones.

    Parameters
    ----------
    archive : Path
        What was downloaded.
    folder : Path
        An empty folder; if this raises, what is in it is worthless.
    expected_tree : str
        The tree id that the recordings must have.

    Raises
    ------
    PassingError
        If the archive is damaged or cut short.
    DataError
        If it is something else.
    """
    with archive.open("rb") as file:
        head = file.read(64)
    size = archive.stat().st_size
    if not size:
        raise PassingError("The server sent nothing at all (0 bytes). Try again.")
    if not head.startswith(b"PK"):
        what = describe_other(head)
        raise DataError(
            f"Instead of a zip archive came {what} ({size} bytes): something between here and the "
            "server answers in its place, such as the login page of a network. Open a page in a "
            "browser first, then try again."
        )
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _recordings_in(opened)
            found = tree_id(_written(opened, members, folder))
    except DataError:
        raise
    except BROKEN_ZIP as error:
        raise PassingError(
            f"The archive arrived damaged or cut short ({size} bytes; {error}). Try again."
        ) from error
    if found != expected_tree:
        raise DataError(
            f"The archive holds {len(members)} recordings that are not exactly the expected ones "
            f"(tree id {found[:12]}, expected {expected_tree[:12]}): files are missing, added or "
            "changed. Nothing was kept. Try again later, or give the path of a copy that you trust."
        )


def _recordings_in(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the recordings in an archive of GitHub's shape, by file name."""
    members: dict[str, zipfile.ZipInfo] = {}
    for info in opened.infolist():
        match = _MEMBER.fullmatch(info.filename)
        if match:
            members[match["name"]] = info
    if not members:
        first = ", ".join(repr(info.filename) for info in opened.infolist()[:3]) or "nothing"
        raise DataError(
            f"The archive holds no folder of recordings (it holds {first}): it is not the Free "
            "Spoken Digit Dataset. Nothing was kept. Check the address."
        )
    if sum(info.file_size for info in members.values()) > MAX_UNPACKED_BYTES:
        raise DataError(
            f"The archive would unpack to more than {MAX_UNPACKED_BYTES >> 20} MB: it is not the "
            "Free Spoken Digit Dataset. Nothing was kept. Check the address."
        )
    return members


def _written(
    opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], folder: Path
) -> Iterator[tuple[str, bytes]]:
    """Yield each recording's name and bytes while writing it."""
    for name, info in members.items():
        try:
            content = opened.read(info)
        except OSError as error:  # a damaged method of compression, not a damaged disk
            raise PassingError(f"The archive arrived damaged ({error}). Try again.") from error
        (folder / name).write_bytes(content)
        yield name, content
