"""``python -m core.listening FILE.wav ... [--model NAME] [--json]``: every word in each file.

In: files. Out: a line a word, or with ``--json`` one JSON object a word on standard output:
``{"file": "...", "start": 0.41, "end": 0.83, "digit": 7, "confidence": 0.98}``.
``digit`` is null for "not a digit"; a file without a word gives one object whose ``start`` is null;
an unreadable file gives ``{"file": "...", "error": "..."}`` and, at the end, exit code 1.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import AudioError, LabError
from core.learning.saved_models import SHIPPED, find_model
from core.listening.stream import Recognises


def results(file: str, recogniser: Recognises) -> Iterator[dict[str, Any]]:
    """Yield one file's objects as the command prints them."""
    from core.listening.files import hear_file

    try:
        words = hear_file(Path(file), recogniser)
    except AudioError as error:
        yield {"file": file, "error": str(error)}
        return
    if not words:
        yield {"file": file, "start": None, "end": None, "digit": None, "confidence": None}
    for word in words:
        yield {
            "file": file,
            "start": round(word.start, 3),
            "end": round(word.end, 3),
            "digit": word.answer.digit,
            "confidence": round(word.answer.confidence, 4),
        }


def in_words(result: dict[str, Any]) -> str:
    """Return one object as a line for a person."""
    if "error" in result:
        return f"{result['file']}: {result['error']}"
    if result["start"] is None:
        return f"{result['file']}: no word heard"
    what = "not a digit" if result["digit"] is None else str(result["digit"])
    return (
        f"{result['file']}: {result['start']:.2f} to {result['end']:.2f} s  {what}  "
        f"({100 * result['confidence']:.0f} %)"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m core.listening", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE.wav")
    parser.add_argument("--model", default=SHIPPED, help="a saved model's name")
    parser.add_argument("--json", action="store_true", help="one JSON object a word")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's name may be in no encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        from core.listening.recogniser import Recogniser

        recogniser = Recogniser(find_model(options.model))
    except LabError as error:
        print(error, file=sys.stderr)
        return 2
    failed = False
    try:
        for file in options.files:
            for result in results(file, recogniser):
                failed |= "error" in result
                line = json.dumps(result) if options.json else in_words(result)
                print(line, flush=True)
    except BrokenPipeError:  # somebody closed the pipe, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
