"""The shelf of models: what is deleted comes back, what comes in is checked."""

import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
import safetensors.numpy

from core.errors import ModelError
from core.learning.network_config import Dense, Flatten, NetworkConfig
from core.learning.networks import build_network
from core.learning.saved_models import (
    find_model,
    list_models,
    load_network,
    save_model,
    weights_bytes,
)
from core.learning.shelf import (
    KEPT_SECONDS,
    MAX_NAME,
    bring_back,
    bring_in,
    delete,
    deleted,
    rename,
    star,
    starred,
    take_out,
)
from core.sound.images import LOG_MEL

CONFIG = NetworkConfig((Flatten(), Dense(4)))


@pytest.fixture
def kept():
    """Return the key of a small model of one's own."""
    return keep("mine")


def keep(name, n_answers=10):
    model = build_network(CONFIG, LOG_MEL.shape, n_answers, seed=0)
    card = {"name": name, "network": CONFIG, "image": LOG_MEL, "n_answers": n_answers}
    return save_model(card, weights_bytes(model)).name


def numbers(key):
    return [np.array(v.value) for v in load_network(find_model(key)).variables]


def packed(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def content_of(key):
    with zipfile.ZipFile(io.BytesIO(take_out(key))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def keys():
    return {m.key for m in list_models()[0] if not m.shipped}


def test_the_shipped_model_is_starred_until_another_is(kept):
    assert starred() == "shipped"
    star(kept)
    assert starred() == kept
    delete(kept)
    assert starred() == "shipped", "what is gone cannot be begun with"


def test_a_star_that_is_damaged_is_none(kept, data_folder):
    for content in ("", "[]", '{"key": "../../x"}', '{"key": 7}', '{"key": "gone"}'):
        (data_folder / "models" / "starred.json").write_text(content)
        assert starred() == "shipped"


def test_only_what_is_there_is_starred():
    with pytest.raises(ModelError, match="no model named 'nobody'"):
        star("nobody")


def test_a_renamed_model_keeps_its_key_and_its_numbers(kept):
    before = numbers(kept)
    rename(kept, "  <b>Anna's</b>   best ")
    assert find_model(kept).card.name == "<b>Anna's</b> best"
    for a, b in zip(before, numbers(kept), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["", "   ", "x" * (MAX_NAME + 1)])
def test_a_name_must_be_one(kept, name):
    with pytest.raises(ModelError, match=f"expected 1 to {MAX_NAME}"):
        rename(kept, name)


@pytest.mark.parametrize("change", [delete, lambda key: rename(key, "mine")])
def test_the_shipped_model_cannot_be_changed(change):
    with pytest.raises(ModelError, match="read-only"):
        change("shipped")


def test_what_was_deleted_comes_back_for_a_week(kept):
    gone = delete(kept, now=1_700_000_000)
    assert kept not in keys()
    assert deleted(now=1_700_000_000 + KEPT_SECONDS - 1) == (gone,)
    assert bring_back(gone.folder) == kept
    assert kept in keys()
    gone = delete(kept, now=1_700_000_000)
    assert deleted(now=1_700_000_000 + KEPT_SECONDS + 1) == ()
    with pytest.raises(ModelError, match="for a week"):
        bring_back(gone.folder)


def test_two_models_of_one_name_can_be_deleted_in_one_second(kept):
    first = delete(kept, now=1_700_000_000)
    assert keep("mine") == kept
    second = delete(kept, now=1_700_000_000)
    assert deleted(now=1_700_000_000) == (second, first)


def test_a_model_whose_key_was_taken_comes_back_beside_it(kept):
    gone = delete(kept)
    again = keep("mine")
    assert again == kept
    assert bring_back(gone.folder) == f"{kept}-2"
    assert keys() == {kept, f"{kept}-2"}


@pytest.mark.parametrize("folder", ["", "..", ".deleted-1700000000-../x", "shipped"])
def test_only_what_was_deleted_is_brought_back(folder, kept):
    with pytest.raises(ModelError, match="for a week"):
        bring_back(folder)


def test_a_model_taken_out_and_brought_in_gives_the_same_answers(kept):
    brought = bring_in(take_out(kept))
    assert brought.key == f"{kept}-2"
    image = np.random.default_rng(0).standard_normal((2, *LOG_MEL.shape)).astype(np.float32)
    answers = [load_network(m).predict(image, verbose=0) for m in (find_model(kept), brought)]
    np.testing.assert_array_equal(*answers)


def test_the_same_model_is_the_same_file(kept):
    assert take_out(kept) == take_out(kept)


def spoiled(method, at, wrong):
    """Return a zip of a model's two names with wrong bytes after (or, below 0, before) a place."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("card.json", b'{"a": 1}' * 99)
        archive.writestr("weights.safetensors", bytes(999))
    content = bytearray(data.getvalue())
    at = at if at < 0 else content.index(b"card.json") + len("card.json") + at
    content[at : at + len(wrong) or None] = wrong
    return bytes(content)


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"no zip at all", packed(), packed(**{"card.json": "{}"}),
     spoiled(zipfile.ZIP_DEFLATED, 0, b"\xff" * 4),  # zlib.error
     spoiled(zipfile.ZIP_LZMA, 9, b"\xff" * 9),  # lzma.LZMAError
     spoiled(zipfile.ZIP_STORED, -10, b"\xff\xff\xff\x7f"),  # a list that begins before the file
     packed(é="").replace("\u00e9".encode(), b"\xff\xff"),  # a name that is no text
     packed(**{"card.json": "{}", "weights.safetensors": b"", "x.py": "print()"}),
     packed(**{"../card.json": "{}", "weights.safetensors": b""})],
)  # fmt: skip
def test_what_is_no_model_is_refused_and_leaves_nothing(data, data_folder):
    with pytest.raises(ModelError, match=r"expected a zip of card\.json and weights"):
        bring_in(data)
    assert not keys()
    assert not list((data_folder / "models").glob(".coming-*"))


def test_a_zip_bomb_is_stopped_at_its_limit(kept, monkeypatch):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("card.json", content_of(kept)["card.json"])
        archive.writestr("weights.safetensors", bytes(3_000_000))
    monkeypatch.setattr("core.learning.shelf.MAX_WEIGHTS_BYTES", 2_000_000)
    with pytest.raises(ModelError, match=r"weights\.safetensors is larger than 2 MB"):
        bring_in(bomb.getvalue())
    assert keys() == {kept}


def test_a_link_in_a_zip_is_never_followed(tmp_path, data_folder):
    (tmp_path / "card.json").write_text("{}")
    link = zipfile.ZipInfo("card.json")
    link.create_system, link.external_attr = 3, 0o120777 << 16  # as Unix marks a symbolic link
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(link, str(tmp_path / "card.json"))
        archive.writestr("weights.safetensors", b"")
    with pytest.raises(ModelError, match="card of the model in this zip is damaged"):
        bring_in(data.getvalue())
    assert not keys()


def changed(values):
    """Return damages of a card, each with what the refusal says."""
    return {
        "newer": ({**values, "format": 99}, "newer version"),
        "shape": ({**values, "n_answers": 11}, "weights|shape"),
        "answers": ({**values, "n_answers": 7}, "not 10 or 11"),
        "unknown": ({**values, "network": "nobody's"}, "does not know"),
        "not a card": ([1, 2], "damaged"),
        "too big": (
            {**values, "network": NetworkConfig((Flatten(), *[Dense(4096)] * 2)).to_dict()},
            "at most 20,000,000",
        ),
        "temperature": ({**values, "temperature": 0}, "temperature"),
    }


@pytest.mark.parametrize(
    "damage", ["newer", "shape", "answers", "unknown", "not a card", "too big", "temperature"]
)
def test_a_card_that_does_not_fit_is_refused_with_the_reason(kept, damage, data_folder):
    content = content_of(kept)
    values, words = changed(json.loads(content["card.json"]))[damage]
    with pytest.raises(ModelError, match=words) as refused:
        bring_in(packed(**{**content, "card.json": json.dumps(values)}))
    assert ".coming-" not in str(refused.value)
    assert keys() == {kept}
    assert not list((data_folder / "models").glob(".coming-*"))


def with_weights(content, weights):
    """Return a zip whose card vouches for other weights."""
    values = json.loads(content["card.json"])
    values["weights_sha256"] = hashlib.sha256(weights).hexdigest()
    return packed(**{"card.json": json.dumps(values), "weights.safetensors": weights})


def test_weights_that_are_cut_or_not_finite_are_refused(kept):
    content = content_of(kept)
    cut = content["weights.safetensors"][:-9]
    with pytest.raises(ModelError, match="not those that its card names"):
        bring_in(packed(**{**content, "weights.safetensors": cut}))
    with pytest.raises(ModelError, match="are damaged"):
        bring_in(with_weights(content, cut))
    numbers = safetensors.numpy.load(content["weights.safetensors"])
    first = next(iter(numbers))
    numbers[first].flat[0] = np.nan
    with pytest.raises(ModelError, match="not finite"):
        bring_in(with_weights(content, safetensors.numpy.save(numbers)))
    assert keys() == {kept}


def test_a_model_whose_name_is_a_path_stays_on_the_shelf(kept, data_folder):
    content = content_of(kept)
    values = {**json.loads(content["card.json"]), "name": "../../../out/of/here"}
    found = bring_in(packed(**{**content, "card.json": json.dumps(values)}))
    assert found.folder == data_folder / "models" / "out-of-here"
    assert found.card.name == "../../../out/of/here"


def test_a_full_disk_is_a_sentence(kept, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.learning.shelf.write_json", full)
    with pytest.raises(ModelError, match="No space left on device"):
        rename(kept, "other")
