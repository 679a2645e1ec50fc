"""A server of one test page, and a browser to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = Path(__file__).parent / "apps" / "clip_viewer_app.py"
PATIENCE = 90.0


def why_no_browser() -> str:
    """Return why nothing can be looked at here; an empty string where it can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed: pip install -r requirements-dev.txt"
    return "" if shutil.which("chromium") else "Chromium is not installed"


@contextmanager
def serving_the_viewer(folder: Path) -> Iterator[str]:
    """Serve the test page; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SPOKEN_DIGITS_HOME": str(folder)}
    environment.pop("CLIP_VIEWER_FOLDER", None)
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    options = ["--server.port", str(port), "--server.headless", "true"]
    address = f"http://127.0.0.1:{port}"
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command + options, cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and process.poll() is None:
                with (
                    suppress(OSError),
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer,
                ):
                    if answer.status == 200:
                        break
                time.sleep(0.1)
            else:
                raise RuntimeError((folder / "server.log").read_text(errors="replace"))
            yield address
        finally:
            process.kill()  # it keeps nothing, and on a busy machine it would take its time
            process.wait()


@contextmanager
def chromium_running() -> Iterator:
    """Start the system's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
