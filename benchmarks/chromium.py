"""The app as a person meets it: a server of its own and Chromium to look at it.

In: a script, flags. Out: a running server, a browser; both end with their ``with``. Used by the
benchmarks that need a browser and by tests/browser.
"""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from core.home import REPOSITORY

SERVER_SECONDS = 120.0
"""Longest wait for a server: a first start compiles every module, perhaps on a busy machine."""


@dataclass(frozen=True)
class Server:
    """A running ``streamlit run``."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    """What it prints."""
    home: Path
    """Its data folder."""

    def workers(self) -> list[psutil.Process]:
        """Return the training workers it has started, one that waits included."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children(recursive=True)
            return [p for p in children if "core.learning.worker" in " ".join(_command(p))]
        return []


def _command(process: psutil.Process) -> list[str]:
    try:
        found: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return found


def chromium_path() -> str | None:
    """Return the Chromium of the system; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def launch(
    port: int,
    log: Path,
    home: Path,
    script: Path | None = None,
    without: Sequence[str] = (),
    module: str = "streamlit",
) -> Server:
    """Start ``streamlit run`` and return at once.

    Parameters
    ----------
    port : int
        The port to listen at.
    log : Path
        File that receives what it prints.
    home : Path
        The data folder, SPOKEN_DIGITS_HOME.
    script : Path, optional
        What to serve; by default the app.
    without : sequence of str
        Environment variables that it shall not see.
    module : str
        What runs it: streamlit, or a module that changes something and then runs streamlit.
    """
    environment = {k: v for k, v in os.environ.items() if k not in without}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", module, "run", str(script or "dashboard.py")),
                *("--server.headless", "true", "--server.port", str(port)),
            ],
            cwd=REPOSITORY,
            env={**environment, "SPOKEN_DIGITS_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Server(f"http://127.0.0.1:{port}", process, log, home)


def wait_until_healthy(server: Server) -> None:
    """Return once the server answers.

    Raises
    ------
    RuntimeError
        If it ends, or stays silent, with what it printed.
    """
    address = server.url.removeprefix("http://")
    end = time.monotonic() + SERVER_SECONDS
    while server.process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if _answers(address):
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start: {server.log.read_text('utf-8')}")


def _answers(address: str) -> bool:
    with contextlib.closing(http.client.HTTPConnection(address, timeout=5)) as connection:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200


def stop(server: Server) -> None:
    """End a server and every process that it has started."""
    family = [server.process.pid]
    with contextlib.suppress(psutil.NoSuchProcess):
        children = psutil.Process(server.process.pid).children(recursive=True)
        family += [child.pid for child in children]
    for pid in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()
    server.process.wait(30)


@contextlib.contextmanager
def serving(
    folder: Path,
    script: Path | None = None,
    without: Sequence[str] = (),
    module: str = "streamlit",
) -> Iterator[Server]:
    """Serve the app, or another script, with a data folder of its own.

    Parameters
    ----------
    folder : Path
        Holds the data folder and what the server prints.
    script, without, module
        As for ``launch``.
    """
    server = launch(free_port(), folder / "server.log", folder / "home", script, without, module)
    try:
        wait_until_healthy(server)
        yield server
    finally:
        stop(server)


@contextlib.contextmanager
def chromium(flags: Sequence[str] = ()) -> Iterator[Any]:
    """Start the Chromium of the system; yields Playwright's browser.

    Parameters
    ----------
    flags : sequence of str
        Command line flags, besides those that a machine without a screen needs.

    Raises
    ------
    RuntimeError
        If there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise RuntimeError("No Chromium was found. Install it (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        # as root Chromium refuses its sandbox; what it opens here is this machine's own pages
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", *flags]
        )
        try:
            yield browser
        finally:
            browser.close()
