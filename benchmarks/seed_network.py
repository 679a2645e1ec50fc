"""What a network reaches, and how soon: ``python -m benchmarks.seed_network``.

Trains with ``core.learning.training`` once a seed and prints the accuracy on validation and on the
official test clips, both at the epoch that validation chose. The goal: the seed's network on the
2019 edition (1,800 training and 200 test clips), mean of three seeds, at least 97 % on either kind
of image; the stronger one at least 98 % on the full edition (2,700 and 300).

``--from-press cold`` (no worker waits) and ``--from-press warm`` (one has imported Keras) measure a
visit instead: in Chromium, from the press of Train to the page that shows the result. The data
folder is new, so nothing is compiled yet. The goal: 90 s cold, 60 s warm, on two cores.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.chromium import Server, chromium, serving
from core.errors import LabError
from core.learning.commands.progress import ShownWriter
from core.learning.networks import NETWORKS
from core.learning.runs import create_run, list_runs
from core.learning.schedules import SCHEDULES
from core.learning.specs import RunSpec
from core.sound.datasets import DATASETS, available
from core.sound.images import PRESETS
from core.system import reuse_memory

PATIENCE_SECONDS = 900.0
IDLE_SECONDS = 2.0
IMPORTED_SECONDS = 1.0
"""Keras and JAX cost more than this to import."""
IDLE_SHARE = 0.05
"""A worker that used less of a core for this long has imported all it needs: it waits, and asks
now and then whether it is wanted."""


def train_once(spec: RunSpec) -> tuple[float, float]:
    """Train; print the scores and return them: validation and official accuracy, in [0, 1]."""
    from core.learning.training import train

    began = time.perf_counter()
    result = train(spec, ShownWriter(create_run(spec))).result
    seconds = time.perf_counter() - began
    known = result["scores"]["known"]
    print(
        f"seed {spec.seed}: epoch {result['best_epoch']} of {spec.epochs}, validation "
        f"{result['val_accuracy']:.2%}, official {known['share']:.2%} "
        f"({known['right']} of {known['total']}; 95 % interval {known['low']:.1%} to "
        f"{known['high']:.1%}), {seconds:.0f} s",
        flush=True,
    )
    return result["val_accuracy"], known["share"]


def choose(tab: Any, key: str, place: int) -> None:
    """Choose an option of a select box by its place in the list."""
    tab.locator(f".st-key-{key}").get_by_role("combobox").click()
    tab.get_by_role("option").nth(place).click()


def choose_epochs(tab: Any, epochs: int) -> None:
    """Move the slider of the epochs with the keys."""
    slider = tab.locator(".st-key-epochs").get_by_role("slider")
    now = int(slider.input_value())
    for _ in range(abs(epochs - now)):
        slider.press("ArrowRight" if epochs > now else "ArrowLeft")
    if int(slider.input_value()) != epochs:
        raise ValueError(f"epochs={epochs}: the slider of the page stops before that.")
    tab.wait_for_timeout(1000)  # a slider tells the server a little after the last key


def wait_for_standby(server: Server) -> psutil.Process:
    """Return the worker that waits, once it has imported what it needs."""
    end = time.monotonic() + PATIENCE_SECONDS
    before = 0.0
    while time.monotonic() < end:
        used = [sum(worker.cpu_times()[:2]) for worker in server.workers()]
        if used and used[0] > IMPORTED_SECONDS and used[0] - before < IDLE_SHARE * IDLE_SECONDS:
            return server.workers()[0]
        before = used[0] if used else 0.0
        time.sleep(IDLE_SECONDS)
    raise RuntimeError(f"No worker waits: {server.log.read_text('utf-8')}")


def wait_for_result(tab: Any, server: Server) -> None:
    """Wait until the page shows a result; where it never does, say how far the run is.

    A worker lets everything else on the machine go first: beside much other work a run may stand
    still for minutes while its page waits.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not tab.get_by_test_id("stMetric").count():
        if time.monotonic() > end:
            runs = [(r.name, r.standing().state, r.standing().phase) for r in list_runs()]
            workers = [(w.pid, sum(w.cpu_times()[:2])) for w in server.workers()]
            raise RuntimeError(
                f"No result after {PATIENCE_SECONDS:.0f} s. Runs: {runs}; workers and the seconds "
                f"they computed: {workers}; the server says: {server.log.read_text('utf-8')}"
            )
        tab.wait_for_timeout(100)


def seconds_from_press(spec: RunSpec, warm: bool) -> float:
    """Return the seconds from the press of Train to the result on the page.

    Parameters
    ----------
    spec : RunSpec
        Its data, network, image and epochs are chosen on the page.
    warm : bool
        Whether a worker waits with Keras imported.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name)) as server,
        chromium() as browser,
    ):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_default_timeout(1000 * PATIENCE_SECONDS)
        tab.goto(server.url + "/train")
        tab.locator(".st-key-train button").wait_for()
        standby = wait_for_standby(server)
        if not warm:
            standby.kill()
        os.environ["SPOKEN_DIGITS_HOME"] = str(server.home)  # the page lists what is there
        choose(tab, "dataset", list(available()).index(spec.data[0]))
        choose(tab, "network", list(NETWORKS).index(spec.network))
        tab.get_by_text("More settings").click()
        choose(tab, "image", next(i for i, p in enumerate(PRESETS.values()) if p == spec.image))
        choose_epochs(tab, spec.epochs)
        began = time.perf_counter()
        tab.locator(".st-key-train button").click()
        wait_for_result(tab, server)
        seconds = time.perf_counter() - began
        (run,) = list_runs()
        if run.spec() != spec.with_changes(learning_rate=run.spec().learning_rate):
            raise RuntimeError(f"The page asked for {run.spec()}, not for {spec}.")
        known = run.snapshot().result["scores"]["known"]  # type: ignore[index]
        print(f"official {known['share']:.2%} ({known['right']} of {known['total']})")
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=[*NETWORKS], default="seed")
    parser.add_argument("--image", choices=[*PRESETS], default="word")
    parser.add_argument("--data", choices=[*DATASETS], default="fsdd-2019")
    parser.add_argument("--optimizer", default="adam")
    parser.add_argument("--schedule", default="cosine", choices=[*SCHEDULES])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--from-press", choices=["cold", "warm"])
    options = parser.parse_args()
    reuse_memory()
    spec = RunSpec(
        data=(options.data,),
        network=options.network,
        optimizer=options.optimizer,
        schedule=options.schedule,
        epochs=options.epochs,
        batch_size=options.batch_size,
        image=PRESETS[options.image],
    )
    print(
        f"{options.network} network, {options.image} image, {DATASETS[options.data].label}, "
        f"{options.epochs} epochs",
        flush=True,
    )
    if options.from_press:
        seconds = seconds_from_press(spec, options.from_press == "warm")
        print(f"{seconds:.1f} s from the press to the result, worker {options.from_press}")
        return
    scores = [train_once(spec.with_changes(seed=seed)) for seed in options.seeds]
    for name, found in zip(("validation", "official"), zip(*scores, strict=True), strict=True):
        print(
            f"{name}: mean {statistics.mean(found):.2%} of {len(found)} seeds, "
            f"{min(found):.2%} to {max(found):.2%}"
        )


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        raise SystemExit(str(error)) from error
