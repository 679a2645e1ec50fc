"""Make an archive of synthetic voices: ``python -m core.sound.synthetic.generate OUT.zip``.

In: the plan, and the installed synthesisers. Out: a zip (or a folder, where the name does not end
in ``.zip``) of FLAC files and ``about.json``. The same synthesisers, libsndfile and seed give the
same archive byte for byte.
"""

import argparse
import io
import json
import multiprocessing
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from core.errors import LabError
from core.sound.synthetic import accents, crowd, near, packaged
from core.sound.synthetic.neural import REQUIREMENTS
from core.sound.synthetic.plan import Clip, SetName, make, plan, voices_of
from core.sound.synthetic.synthesis import SAMPLE_RATE

SEED = 20
"""The committed archive's seed."""
PLANNED = ("embedded", "training")
"""Sets by the formant and diphone synthesisers, clip by clip."""
LINES = {"crowd": crowd.lines, "near": near.lines, "accents": accents.lines}
"""Sets made batch by batch, most by the neural synthesisers too: what is said, for a seed."""
_DATE = (2020, 1, 1, 0, 0, 0)  # a zip's own time stamps would differ at every run

_VERSION_PATTERNS = {
    "espeak-ng": r"text-to-speech: (\S+)",
    "flite": r"version: flite-(\S+)",
    "festival": r"System: (\S+?):",
}


def encode(y: npt.NDArray[np.int16]) -> bytes:
    """Return the samples as a mono 16-bit FLAC file at 8 kHz."""
    file = io.BytesIO()
    soundfile.write(file, y, SAMPLE_RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)
    return file.getvalue()


def versions() -> dict[str, str]:
    """Return the versions of the installed synthesisers; "missing" where there is none."""
    found = {}
    for program, pattern in _VERSION_PATTERNS.items():
        try:
            done = subprocess.run(
                [program, "--version"], capture_output=True, text=True, timeout=20, check=False
            )
            match = re.search(pattern, done.stdout)
            found[program] = match.group(1) if match else "unknown"
        except FileNotFoundError:
            found[program] = "missing"
    return found


def about(name: SetName, seed: int, clips: list[Clip]) -> dict[str, Any]:
    """Return what an archive says of itself."""
    folders = ("digits", "other", "noise")
    return {
        "what": "Spoken digits by speech synthesisers: no person is heard here.",
        "set": name,
        "seed": seed,
        "made_by": "python -m core.sound.synthetic.generate",
        "licence": "CC0-1.0; see LICENCES.md beside the script for the synthesisers",
        "sample_rate": SAMPLE_RATE,
        "synthesisers": versions(),
        "counts": {
            folder: sum(clip.member.startswith(f"{folder}/") for clip in clips)
            for folder in folders
        },
        "voices": [
            {
                "name": voice.name,
                "kind": voice.kind,
                "accent": voice.accent,
                "synthesiser": voice.synthesiser,
                "voice": voice.voice,
                "warp": voice.warp,
                "licence": voice.licence,
            }
            for voice in voices_of(name)
        ],
    }


def members(name: SetName, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield each file's name and bytes, in the archive's order."""
    clips = plan(name, seed)
    text = json.dumps(about(name, seed, clips), indent=1, ensure_ascii=False)
    yield "about.json", text.encode() + b"\n"
    for done, clip in enumerate(clips, start=1):
        yield clip.member, encode(make(clip, name, seed))
        if done % 100 == 0 or done == len(clips):
            print(f"\r{done} of {len(clips)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def crowd_members(name: str, seed: int, processes: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one of ``LINES``, the same for any number of processes."""
    todo = crowd.batches(seed, LINES[name](seed))
    text = json.dumps(
        {
            "what": "Speech by speech synthesisers: no person is heard here.",
            "set": name,
            "seed": seed,
            "made_by": f"python -m core.sound.synthetic.generate --set {name}",
            "licence": "CC0-1.0; see LICENCES.md beside the script for the synthesisers",
            "sample_rate": SAMPLE_RATE,
            "synthesisers": {**versions(), "neural": list(REQUIREMENTS)},
        },
        indent=1,
    )
    yield "about.json", text.encode() + b"\n"
    count: Counter[tuple[str, str]] = Counter()
    # spawned, not forked: a synthesiser's threads do not survive a fork
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done, batch in enumerate(pool.imap(crowd.make_batch, todo), start=1):
            for line, y in batch:
                for piece in [y] if line.folder != "sentence" else crowd.pieces(y, SEED + done):
                    folder = "digits" if line.folder == "digits" else "other"
                    take = count[line.label, line.speaker]
                    count[line.label, line.speaker] += 1
                    yield f"{folder}/{line.label}_{line.speaker}_{take}.flac", encode(piece)
            print(f"\r{done} of {len(todo)} batches", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def people_members(root: Path, seed: int, processes: int) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the set ``people``, the same for any number of processes."""
    todo = packaged.files(root, seed)
    text = json.dumps(
        {
            "what": "Words that people recorded for free programs, cut out of Debian's packages.",
            "set": "people",
            "seed": seed,
            "made_by": "python -m core.sound.synthetic.generate --set people",
            "licence": "GPL-2+ and CC BY-SA 3.0; see LICENCES.md beside the script",
            "sample_rate": SAMPLE_RATE,
            "packages": list(packaged.PACKAGES),
        },
        indent=1,
    )
    yield "about.json", text.encode() + b"\n"
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        made = pool.imap(packaged.sounds, todo, chunksize=20)
        for member, y in packaged.named(todo, made):
            yield member, encode(y)


def write(out: Path, files: Iterator[tuple[str, bytes]]) -> None:
    """Write a set's files to a zip, or to a folder where ``out`` does not end in ``.zip``.

    Raises
    ------
    LabError
        If a synthesiser is missing or fails. A zip appears only when it is whole.
    """
    if out.suffix != ".zip":
        for member, content in files:
            path = out / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return
    part = out.with_suffix(".zip.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:  # FLAC is dense already
            for member, content in files:
                info = zipfile.ZipInfo(member, date_time=_DATE)
                info.external_attr = 0o644 << 16
                info.create_system = 3  # the same bytes on every system
                archive.writestr(info, content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, write the set, return the exit code."""
    parser = argparse.ArgumentParser(description="Make an archive of synthetic spoken digits.")
    parser.add_argument("out", type=Path, help="a .zip, or a folder")
    parser.add_argument("--set", choices=[*PLANNED, *LINES, "people"], default="embedded")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2, help="for crowd, near, people")
    parser.add_argument(
        "--packages", type=Path, default=Path("/"), help="for people: where they are unpacked"
    )
    options = parser.parse_args(arguments)
    try:
        if options.set in LINES:
            write(options.out, crowd_members(options.set, options.seed, options.processes))
        elif options.set == "people":
            write(options.out, people_members(options.packages, options.seed, options.processes))
        else:
            write(options.out, members(options.set, options.seed))
    except (LabError, OSError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
