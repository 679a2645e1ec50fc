"""Names in charts: Plotly reads ``<b>`` and ``<a href>`` in any text, and a name is data.

In: a name from a file or a form. Out: text that Plotly draws exactly so.
"""

import html


def plain(text: str) -> str:
    """Return a text that Plotly shows literally."""
    return html.escape(text, quote=False)
