"""Synthetic voices: digits spoken by free speech synthesisers, committed with the app.

In: ``recordings.zip``, made by ``python -m core.sound.synthetic.generate``. Out: the data set that
works without internet. These are machines speaking, and every page that shows them says so.
LICENCES.md beside this file states whose synthesisers they are.
"""

from pathlib import Path

ARCHIVE: Path = Path(__file__).resolve().parent / "recordings.zip"
"""Members ``digits/{digit}_{speaker}_{take}.flac``, ``other/{word}_{speaker}_{take}.flac``,
``noise/{kind}_synthetic_{take}.flac`` and ``about.json``: 8 kHz, mono, 16 bits."""
