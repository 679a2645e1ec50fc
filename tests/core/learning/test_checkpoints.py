"""Checkpoints: one an epoch, the same values again bit for bit or why not; the newest stay."""

import struct

import jax.numpy as jnp
import numpy as np
import pytest

import core.learning.checkpoints as checkpoints
from core.learning.checkpoints import (
    KEPT,
    Keeper,
    Waypoint,
    from_bytes,
    paths_in,
    read_newest,
    to_bytes,
)
from core.learning.history import Epoch
from core.learning.step import TrainingState

EPOCHS = tuple(Epoch(i, 10 * i, 1.0 / i, 0.5, 2.0 / i, 0.6, 0.1, 3.0 * i) for i in range(1, 6))


def state_of(seed=0, n=4):
    rng = np.random.default_rng(seed)
    weights = [jnp.asarray(rng.standard_normal((n, 3)), jnp.float32)]
    other = [jnp.asarray([7, 9], jnp.uint32)]  # as a dropout's
    slots = [jnp.asarray(5, jnp.int32), jnp.asarray(0.1, jnp.float32), weights[0] * 2]
    return TrainingState(weights, other, slots, [weights[0] + 1])


def waypoint_of(n_epochs=5):
    best = state_of(1)
    return Waypoint(state_of(), EPOCHS[:n_epochs], EPOCHS[0], best)


def test_a_waypoint_comes_back_bit_for_bit():
    waypoint = waypoint_of()
    found = from_bytes(to_bytes(waypoint), state_of(5))
    assert (found.epochs, found.best, found.step) == (EPOCHS, EPOCHS[0], 50)
    for name in ("weights", "other", "slots", "averaged"):
        for a, b in zip(getattr(found.state, name), getattr(waypoint.state, name), strict=True):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(found.best_state.averaged[0], waypoint.best_state.averaged[0])
    np.testing.assert_array_equal(found.best_state.other[0], waypoint.best_state.other[0])


def test_any_flipped_bit_is_noticed():
    data = to_bytes(waypoint_of())
    rng = np.random.default_rng(0)
    for i in rng.integers(0, len(data), 400):
        flipped = bytearray(data)
        flipped[i] ^= 1 << int(rng.integers(8))
        try:
            found = from_bytes(bytes(flipped), state_of())
        except ValueError:
            continue
        # a bit of padding may change, and nothing that is told
        assert (found.epochs, found.best) == (EPOCHS, EPOCHS[0])
        np.testing.assert_array_equal(found.state.weights[0], state_of().weights[0])


@pytest.mark.parametrize("length", [0, 3, 8, 9, 50, 200, -1])
def test_a_torn_file_is_a_value_error(length):
    with pytest.raises(ValueError, match=r"."):
        from_bytes(to_bytes(waypoint_of())[:length], state_of())


def test_a_header_of_absurd_length_is_a_value_error():
    with pytest.raises(ValueError, match=r"."):
        from_bytes(struct.pack("<Q", 2**63) + b"{}", state_of())


def test_a_checkpoint_of_another_network_or_a_later_version_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="another network or another optimizer"):
        from_bytes(to_bytes(waypoint_of()), state_of(n=5))
    data = to_bytes(waypoint_of())
    monkeypatch.setattr(checkpoints, "FORMAT", 0)
    with pytest.raises(ValueError, match="later version"):
        from_bytes(data, state_of())


def test_the_two_newest_stay_and_the_newest_whole_one_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "COST", 1e9)  # each is waited for
    keeper = Keeper(tmp_path / "checkpoints")
    for n in (1, 2, 3):
        keeper.write(waypoint_of(n))
    paths = paths_in(tmp_path / "checkpoints")
    assert [p.name for p in paths] == ["00000030.safetensors", "00000020.safetensors"]
    assert len(paths) == KEPT
    found, problems = read_newest(tmp_path / "checkpoints", state_of())
    assert (found.step, problems) == (30, [])
    paths[0].write_bytes(b"")
    found, problems = read_newest(tmp_path / "checkpoints", state_of())
    assert found.step == 20
    assert len(problems) == 1
    assert "00000030" in problems[0]


def test_where_there_are_none_there_is_nothing_to_read(tmp_path):
    assert read_newest(tmp_path / "none", state_of()) == (None, [])
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".00000010.safetensors.xyz").write_text("half written")
    assert read_newest(tmp_path, state_of()) == (None, [])


def test_every_epoch_has_its_checkpoint_and_few_wait_for_the_disk(tmp_path, monkeypatch):
    now, waits = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])

    def slow(path, data, lasting):
        path.write_bytes(data)
        now[0] += 0.06 if lasting else 0.0
        waits.append(lasting)

    monkeypatch.setattr(checkpoints, "write_atomically", slow)
    folder = tmp_path / "checkpoints"
    keeper = Keeper(folder)

    def write(n, after, last=False):
        now[0] += after
        keeper.write(waypoint_of(n), last)
        assert int(paths_in(folder)[0].stem) == EPOCHS[n - 1].step, "killed now, nothing is lost"
        return [int(p.stem) for p in paths_in(folder)]

    assert write(1, 0.0) == [10], "the first is waited for"
    assert write(2, 1.0) == [20, 10]
    assert write(3, 0.9) == [30, 20, 10], "what outlasts a power cut stays beside the two newest"
    assert write(4, 0.2) == [40, 30]
    assert write(5, 0.1, last=True) == [50, 40]
    assert waits == [True, False, False, True, True]
