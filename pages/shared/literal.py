"""Text as data: names from files and folders, shown as they are written.

In: a name, a path, a protocol. Out: markdown that draws exactly that.
"""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=])")


def literal(text: str) -> str:
    """Return markdown that shows a text literally, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
