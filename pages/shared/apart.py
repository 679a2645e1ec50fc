"""Labels that no two choices share.

In: what each choice is called. Out: what it is called in a list. Streamlit's lists send back the
label that was pressed: of two that are alike it takes the last, whichever was meant.
"""

from collections import Counter
from collections.abc import Mapping


def apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the label of each key, with the key behind it where others are called the same."""
    count = Counter(labels.values())
    return {
        key: label if count[label] == 1 else f"{label} ({key})" for key, label in labels.items()
    }
