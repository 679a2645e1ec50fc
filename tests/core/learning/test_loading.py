"""Keras in the background: begun once, its end told."""

import builtins
import threading
import time

from core.learning.loading import Loading


def wait(loading):
    deadline = time.monotonic() + 300
    while not loading.done:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_it_is_begun_once_and_ends():
    loading = Loading()
    assert not loading.done
    loading.begin()
    loading.begin()
    assert sum(t.name == "keras" for t in threading.enumerate()) <= 1
    wait(loading)
    assert loading.problem == ""


def test_a_keras_that_cannot_be_imported_is_a_sentence(monkeypatch):
    real = builtins.__import__

    def broken(name, *rest, **more):
        if name == "keras":
            raise ImportError("no such library")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", broken)
    loading = Loading()
    loading.begin()
    wait(loading)
    assert loading.problem == "Keras cannot be loaded (ImportError: no such library)."
