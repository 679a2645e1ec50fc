"""The process that decodes uploads: ``python -m core.voices.decode_child``.

In: on standard input a line of JSON and then a file's bytes, again and again. Out: for each, on
standard output, a line of JSON and then samples at 8 kHz. It owns nothing, may write no file and
may take little memory, so that a file made to harm the decoder harms a process that is thrown away.
"""

import contextlib
import io
import json
import math
import os
import sys
from typing import Any, BinaryIO

import numpy as np
import psutil

from core.errors import AudioError
from core.sound.audio import resample
from core.sound.decoding import decode
from core.system import lower_priority

MEMORY_BYTES = 512 * 2**20
"""What decoding may take beyond what this process needs anyway; twenty seconds need a tenth."""

FULL_SCALE = 0.9
"""Only what comes this near to the largest value can have been cut off there."""
_ONE_STEP = 1.5 / 2**15
_RUN = 3
"""Neighbouring samples at the very same extreme: three are a cut-off top, two may be a round one
(a full 100 Hz tone at 48 kHz stays within one step of 16 bits for 1.5 samples)."""


def clipped_samples(y: np.ndarray) -> int:
    """Return how many samples were cut off at the largest value that the recorder knew.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)], float32
        Samples at their own rate: resampling makes flat tops round.

    Returns
    -------
    n : int
        Samples in runs of at least three neighbours within one 16-bit step of the extreme, where
        that extreme is at least 0.9 of full scale.
    """
    n = 0
    for extreme in (float(y.max(initial=0.0)), float(y.min(initial=0.0))):
        if abs(extreme) < FULL_SCALE:
            continue
        flat = np.abs(y - extreme) < _ONE_STEP
        edges = np.flatnonzero(np.diff(np.concatenate(([False], flat, [False])).astype(np.int8)))
        lengths = edges[1::2] - edges[::2]
        n += int(lengths[lengths >= _RUN].sum())
    return n


def answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the answer to one request: a header, and the samples as float32."""
    try:
        y, sr = decode(io.BytesIO(data), request["name"], request["max_seconds"])
        clipped = clipped_samples(y)
        y = resample(y, sr)
    except AudioError as error:
        return {"error": str(error)}, b""
    return {"n": len(y), "sr": sr, "clipped": clipped}, y.astype("<f4").tobytes()


def _limit_resources() -> None:
    """Give away what decoding does not need, where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows: the deadline and the frame limit remain
        return
    memory = psutil.Process().memory_info().vms + MEMORY_BYTES
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS has some of these by name only
            resource.setrlimit(limit, (most, most))


def _limit_time(seconds: float) -> None:
    """End this process should it compute for longer, even if nobody is left to end it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, hard))


def _own_output() -> BinaryIO:
    """Return standard output, and let what libraries print to it go nowhere."""
    output = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return output


def main() -> None:
    """Answer requests until standard input ends, as it does when the server does."""
    lower_priority()
    output = _own_output()
    _limit_resources()
    output.write(b"ready\n")
    output.flush()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        _limit_time(request["deadline"])
        header, samples = answer(request, sys.stdin.buffer.read(request["bytes"]))
        output.write(json.dumps(header).encode() + b"\n" + samples)
        output.flush()


if __name__ == "__main__":
    main()
