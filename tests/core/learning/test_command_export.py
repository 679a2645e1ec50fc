"""``evaluate`` and ``export``: what was trained, scored and taken elsewhere, without a page."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.learning.__main__ import main
from core.learning.keeping import keep
from core.learning.networks import build_network
from core.learning.runs import create_run
from core.learning.saved_models import SHIPPED, weights_bytes
from core.learning.training import train
from core.sound.images import SEED
from core.system import write_json
from core.voices import own
from core.voices.called import rename_speaker
from core.voices.own import add_speaker


@pytest.fixture(scope="module")
def trained(small_spec, diary):
    """Return a spec with one speaker left out and what came of training it."""
    spec = replace(small_spec, split="speaker:judy-us", learning_rate=0.01)
    return spec, train(spec, diary())


@pytest.fixture
def model(trained):
    """Return the name of a kept model in this test's data folder."""
    spec, found = trained
    return keep("mine", spec, found.result, found.model).name


def printed(capsys, *arguments):
    assert main([*arguments]) == 0
    return capsys.readouterr().out


def test_a_kept_model_is_scored_on_the_test_clips_of_its_own_run(
    model, trained, few_voices, capsys
):
    # the card does not tell where somebody's own folder is
    where = ("--data", str(few_voices), "--test-clips")
    report = json.loads(printed(capsys, "evaluate", model, *where, "--json"))
    result = trained[1].result
    assert report["protocol"] == result["protocol"]
    for part in ("known", "unseen"):
        assert report["scores"][part]["right"] == result["scores"][part]["right"]
        assert report["scores"][part]["confusion"] == result["scores"][part]["confusion"]


def test_on_other_recordings_speakers_it_knows_and_strangers_stand_apart(model, few_voices, capsys):
    report = json.loads(printed(capsys, "evaluate", model, "--data", str(few_voices), "--json"))
    assert report["scores"]["unseen"]["total"] == 70
    assert [*report["scores"]["unseen"]["by_speaker"]] == ["judy-us"]
    assert report["scores"]["known"]["total"] == 210
    assert len(report["scores"]["known"]["by_speaker"]) == 3


def test_an_own_voice_that_was_renamed_is_still_one_it_knows(trained, capsys):
    spec, found = trained
    speakers = [add_speaker("Anna"), add_speaker("Ben")]
    for speaker in speakers:
        own.keep(speaker.folder, 7, np.full(3200, 0.1, np.float32))
    name = keep("mine", spec, {**found.result, "speakers": ["Anna"]}, found.model).name
    rename_speaker(speakers[0].folder, "Anna B.")
    report = json.loads(printed(capsys, "evaluate", name, "--data", "own", "--json"))
    assert [*report["scores"]["known"]["by_speaker"]] == ["Anna B."]
    assert [*report["scores"]["unseen"]["by_speaker"]] == ["Ben"]


def a_run(spec, found):
    """Return the name of a run's folder with these weights and this result."""
    run = create_run(spec)
    run.best.write_bytes(weights_bytes(found.model))
    write_json(run.folder / "result.json", found.result)
    return run.name


def test_scores_are_printed_with_their_samples_and_protocol(trained, capsys):
    words = printed(capsys, "evaluate", a_run(*trained))
    assert words.startswith("protocol: trained without judy-us")
    assert "unseen speakers: " in words and " of 70; 95 % interval " in words
    assert "  speaker judy-us: " in words and "  digit 9: " in words
    assert "calibration error 0." in words


def test_what_was_not_measured_is_not_a_zero(small_spec, diary, capsys):
    spec = replace(small_spec, epochs=1)
    found = train(spec, diary())
    name = a_run(spec, found)
    assert "unseen speakers: not measured" in printed(capsys, "evaluate", name)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_a_model_becomes_a_keras_file_or_a_script_by_the_ending(model, tmp_path, capsys):
    for ending, begins in ((".keras", b"PK"), (".py", b'"""mine of Spoken Digit Lab')):
        path = tmp_path / f"out{ending}"
        report = json.loads(printed(capsys, "export", model, str(path), "--json"))
        assert path.read_bytes().startswith(begins)
        assert report == {"name": model, "file": str(path), "bytes": path.stat().st_size}


def test_a_run_is_exported_by_its_best_epoch(trained, tmp_path, capsys):
    name = a_run(*trained)
    printed(capsys, "export", name, str(tmp_path / "run.py"))
    assert name in (tmp_path / "run.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "nothing", "x.py"], "'nothing' is neither a run nor a model"),
        (["export", SHIPPED, "x.h5"], ".h5 is no export: choose .keras or .py"),
        (["export", SHIPPED, "x"], "A file without an ending is no export"),
        (["export", SHIPPED, "x.py"], "also learned what is not a digit"),
        (["evaluate", "../shipped"], "is neither a run nor a model"),
        (["evaluate", SHIPPED, "--data", "/nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, sentence, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_a_run_without_a_finished_epoch_cannot_be_exported(small_spec, capsys):
    run = create_run(small_spec)
    assert main(["export", run.name, "x.keras"]) == 2
    assert "no finished epoch yet" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(model, tmp_path, capsys):
    assert main(["export", model, str(tmp_path / "none" / "x.py")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_stretched_picture_cannot_become_a_keras_file(small_spec, capsys):
    spec = replace(small_spec, image=SEED)
    run = create_run(spec)
    run.best.write_bytes(weights_bytes(build_network(spec.network, SEED.shape, 10, 0)))
    assert main(["export", run.name, "x.keras"]) == 2
    assert "as a script instead" in capsys.readouterr().err
