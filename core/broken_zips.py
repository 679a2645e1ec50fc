"""What Python's zipfile raises when bytes in an archive are not what they should be.

In: nothing. Out: the exceptions, for whoever opens an archive that came from elsewhere and answers
damage with a sentence. zipfile names one exception and lets those of what it calls through.
"""

import lzma
import struct
import zipfile
import zlib
from typing import Final

BROKEN_ZIP: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""Not ``OSError``: that reading fails may have a reason outside the archive."""
