"""What the browser's codec costs: ``python -m benchmarks.codec [--choosing]``.

FSDD's official test clips and, where SPOKEN_DIGITS_DEV is set, 77 Speech Commands digits, in
streams with pink noise 20 dB below them, go through Opus as WebRTC uses it (48 kHz, frames of
20 ms, PyAV's libopus) at several bit rates and back, and then through the listening path. Prints
how many words give exactly the right digit with and without it, and the difference.
``--choosing`` takes FSDD's training takes instead. Counts carry 95 % intervals.
"""

import argparse
import csv
import io
import os
from pathlib import Path

import av
import numpy as np
import soxr

from benchmarks.stream import SR, listen
from benchmarks.thousand_words import Clip, clips_of, paired, stream_of
from core.errors import LabError
from core.learning.evaluation import accuracy
from core.learning.saved_models import SHIPPED, find_model
from core.listening.recogniser import Recogniser
from core.sound.audio import load_waveform

RATE = 48000
FRAME = 960
"""Samples a frame: 20 ms."""
BIT_RATES = (16000, 32000, 64000)
"""Bits a second; browsers choose about 32,000 for one channel of speech."""


def through_opus(y: np.ndarray, bit_rate: int) -> np.ndarray:
    """Return samples at 8 kHz as they come out of Opus at a bit rate [shape=(n,)]."""
    wide = soxr.resample(y, SR, RATE).astype(np.float32)
    wide = np.concatenate([wide, np.zeros(-len(wide) % FRAME, np.float32)])
    coded = io.BytesIO()
    with av.open(coded, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.bit_rate, stream.layout = bit_rate, "mono"
        stream.options = {"application": "voip"}
        for i in range(0, len(wide), FRAME):
            samples = np.round(np.clip(wide[i : i + FRAME], -1, 1) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    coded.seek(0)
    with av.open(coded) as container:
        parts = [f.to_ndarray() for f in container.decode(audio=0)]
    decoded = np.concatenate([p.reshape(-1) for p in parts])
    if decoded.dtype == np.int16:
        decoded = decoded / np.float32(32768)
    narrow: np.ndarray = soxr.resample(decoded.astype(np.float32), RATE, SR)[: len(y)]
    return narrow


def dev_clips(folder: Path) -> list[Clip]:
    """Return (digit, name, samples) of the 77 Speech Commands digits."""
    rows = csv.DictReader((folder / "digits.csv").open(encoding="utf-8"))
    return [(int(r["digit"]), r["path"], load_waveform(folder / r["path"])) for r in rows]


def score(title: str, clips: list[Clip], recogniser: Recogniser) -> None:
    y, spoken = stream_of(clips, 20.0, "pink", 7)
    right = {}
    for bit_rate in (0, *BIT_RATES):
        found = listen(through_opus(y, bit_rate) if bit_rate else y, recogniser)
        right[bit_rate] = np.array(
            [
                [w.answer.digit for w in found if w.end * SR > p.start and w.start * SR < p.end]
                == [digit]
                for p, digit in spoken
            ]
        )
        name = f"Opus at {bit_rate // 1000} kb/s" if bit_rate else "no codec"
        print(f"{title}, {name}: {accuracy(int(right[bit_rate].sum()), len(clips))}")
        if bit_rate:
            print(f"  minus no codec: {paired(np.stack([right[bit_rate], right[0]], axis=1))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=SHIPPED)
    parser.add_argument("--choosing", action="store_true", help="training takes: no test clip")
    options = parser.parse_args()
    recogniser = Recogniser(find_model(options.model))
    order = np.random.default_rng(0)
    clips = clips_of(options.choosing)
    title = "FSDD training takes" if options.choosing else "FSDD official test clips"
    score(title, [clips[i] for i in order.permutation(len(clips))], recogniser)
    if dev := os.environ.get("SPOKEN_DIGITS_DEV"):
        score("77 Speech Commands digits", dev_clips(Path(dev)), recogniser)


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
