"""The pool: each model is loaded once, for everybody, and a failure is not kept."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

import core.listening.pool as pooling
import core.listening.recogniser as recognising
from core.errors import ModelError
from core.listening.pool import RecogniserPool


@dataclass(frozen=True)
class FakeCard:
    weights_sha256: str


@dataclass(frozen=True)
class FakeModel:
    folder: Path
    card: FakeCard


def model(name="a", sha="1"):
    return FakeModel(Path("models") / name, FakeCard(sha))


@pytest.fixture
def loads(monkeypatch):
    """Return the models that were loaded, in order."""
    done = []

    class Loaded:
        def __init__(self, saved):
            done.append(saved)
            self.saved = saved

    monkeypatch.setattr(recognising, "Recogniser", Loaded)
    return done


def test_a_model_is_loaded_once_and_shared(loads):
    pool = RecogniserPool()
    assert pool.get(model()) is pool.get(model())
    assert loads == [model()]


def test_a_model_whose_weights_changed_is_loaded_anew(loads):
    pool = RecogniserPool()
    first, second = pool.get(model(sha="1")), pool.get(model(sha="2"))
    assert first is not second
    assert len(loads) == 2


def test_many_who_ask_at_the_same_time_wait_for_one_loading(monkeypatch):
    begun, go, count = threading.Event(), threading.Event(), []

    class Slow:
        def __init__(self, saved):
            count.append(saved)
            begun.set()
            assert go.wait(60)

    monkeypatch.setattr(recognising, "Recogniser", Slow)
    pool = RecogniserPool()
    found = []
    threads = [threading.Thread(target=lambda: found.append(pool.get(model()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    assert not pool.ready(model())
    go.set()
    for thread in threads:
        thread.join()
    assert len(count) == 1
    assert len(found) == 6
    assert len(set(map(id, found))) == 1
    assert pool.ready(model())


def test_loading_one_model_keeps_nobody_from_another(monkeypatch):
    begun, go = threading.Event(), threading.Event()

    class SlowIfA:
        def __init__(self, saved):
            if saved == model("a"):
                begun.set()
                assert go.wait(60)

    monkeypatch.setattr(recognising, "Recogniser", SlowIfA)
    pool = RecogniserPool()
    thread = threading.Thread(target=pool.get, args=(model("a"),))
    thread.start()
    assert begun.wait(60)
    pool.get(model("b"))  # would wait for ever
    assert pool.ready(model("b"))
    go.set()
    thread.join()


def test_a_failure_is_told_and_the_next_who_asks_tries_again(loads, monkeypatch):
    class Damaged:
        def __init__(self, saved):
            raise ModelError("The weights are damaged.")

    pool = RecogniserPool()
    with monkeypatch.context() as patch:
        patch.setattr(recognising, "Recogniser", Damaged)
        with pytest.raises(ModelError, match="damaged"):
            pool.get(model())
        assert not pool.ready(model())
    assert pool.get(model()).saved == model()
    assert pool.ready(model())


def test_the_one_used_longest_ago_goes_first(loads):
    pool = RecogniserPool()
    names = [f"m{i}" for i in range(pooling.MOST)]
    for name in names:
        pool.get(model(name))
    pool.get(model(names[0]))  # now the youngest
    pool.get(model("one more"))
    assert pool.ready(model(names[0]))
    assert not pool.ready(model(names[1]))
    assert [pool.ready(model(n)) for n in names[2:]] == [True] * (pooling.MOST - 2)


def test_a_model_nobody_asked_for_is_not_ready():
    assert not RecogniserPool().ready(model())
