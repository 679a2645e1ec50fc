"""Where the tests find recordings, and how they keep to themselves."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config) -> int:
    """Run the whole suite in two processes, a chosen file or test in this one."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    return min(2, os.cpu_count() or 1) if whole else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep a file's tests in one process, for its fixtures; all with the one Chromium in one."""
    from xdist.scheduler import LoadScopeScheduling

    class OneChromium(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "tests/browser" if path.startswith("tests/browser/") else path

    config.option.loadscopereorder = False  # the browser's tests take longest and come first
    return OneChromium(config, log)


@pytest.fixture(autouse=True)
def data_folder(tmp_path_factory, monkeypatch) -> Path:
    """Give every test a data folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(folder))
    return folder


def _absent(reason: str) -> NoReturn:
    """Skip a test for want of something; fail it where everything must be there, as in .ci/run."""
    if os.environ.get("SPOKEN_DIGITS_REQUIRE", "") == "1":
        pytest.fail(f"{reason} (and SPOKEN_DIGITS_REQUIRE=1 says that nothing may be missing)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def absent() -> Callable[[str], NoReturn]:
    """Return what to call where something is missing that a test needs."""
    return _absent


def _folder_from(variable: str) -> Path:
    value = os.environ.get(variable, "")
    if not value:
        _absent(f"{variable} is not set: it names a folder of real recordings")
    folder = Path(value)
    assert folder.is_dir(), f"{variable}={value} is not a folder"
    return folder


@pytest.fixture(scope="session")
def fsdd_folder() -> Path:
    """FSDD's recordings; the test is skipped where they are not."""
    return _folder_from("SPOKEN_DIGITS_FSDD")


@pytest.fixture(scope="session")
def dev_folder() -> Path:
    """77 Speech Commands digits and 17 minutes that are not digits; skipped where they are not."""
    return _folder_from("SPOKEN_DIGITS_DEV")
