"""What a server prepares once, beside its pages."""

import gc
import time
from types import SimpleNamespace

from core.errors import ModelError
from core.learning import run_trash, shelf, speeds
from core.learning.network_config import Dense, Flatten, NetworkConfig
from core.learning.networks import build_network
from core.learning.saved_models import find_model, save_model, weights_bytes
from core.listening.pool import POOL
from core.sound.images import LOG_MEL
from core.voices import own, trash
from pages.shared import cached

CONFIG = NetworkConfig((Flatten(), Dense(4)))
LONG_AGO = 8 * 86400


def test_what_was_deleted_a_week_ago_goes_when_a_server_starts_whatever_page_is_opened(
    monkeypatch, data_folder, make_run
):
    def broken(model):
        raise ModelError("It is damaged.")

    card = {"name": "old", "network": CONFIG, "image": LOG_MEL, "n_answers": 10}
    for now in (time.time(), time.time() - LONG_AGO):
        run_trash.delete(make_run(), now=now)
        folder = save_model(card, weights_bytes(build_network(CONFIG, LOG_MEL.shape, 10, seed=0)))
        shelf.delete(folder.name, now=now)
        with monkeypatch.context() as then:
            then.setattr(time, "time", lambda now=now: now)
            trash.delete_speaker(own.add_speaker("Zoë").folder)
    deleted = ("runs/.deleted-*", "models/.deleted-*", "**/.trash/*")

    def lying():
        return [len([*data_folder.glob(pattern)]) for pattern in deleted]

    monkeypatch.setattr(cached, "WARM_UP_DELAY", 0.0)
    monkeypatch.setattr(POOL, "get", broken)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    assert lying() == [2, 2, 2]
    cached._warm_up()
    assert lying() == [1, 1, 1]


def test_the_shipped_model_is_measured_when_a_server_warms_it(monkeypatch):
    monkeypatch.setattr(cached, "WARM_UP_DELAY", 0.0)
    monkeypatch.setattr(POOL, "get", lambda model: SimpleNamespace(logits=lambda y: y))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    cached._warm_up()
    assert speeds.kept(find_model("shipped")) > 0
