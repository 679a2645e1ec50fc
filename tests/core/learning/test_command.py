"""``python -m core.learning``: one JSON object on standard output, or one sentence."""

import json
import os
import shutil

import pytest

from core.learning import queue, worker
from core.learning.__main__ import main, parser
from core.learning.commands import foreground, release, train
from core.learning.runs import create_run, list_runs
from core.learning.saved_models import SHIPPED, find_model
from core.learning.specs import RunSpec
from core.sound.images import PRESETS, WORD


def spec_of(*arguments) -> RunSpec:
    return train.spec_from(parser().parse_args(["train", *arguments]))


def test_json_is_exactly_one_object_on_standard_output(trained_by_command):
    lines = trained_by_command.stdout.splitlines()
    assert len(lines) == 1
    report = json.loads(lines[0])
    assert isinstance(report, dict)
    assert {"data", "network", "optimizer", "epochs", "split", "seed"} <= set(report)
    assert report["data"] == ["synthetic"]
    assert report["scores"]["known"]["total"] == 160
    assert report["accuracy"] == report["scores"]["known"]["share"]
    assert report["unseen_accuracy"] is None
    assert "first tenth of the takes" in report["protocol"]


def test_progress_goes_to_standard_error_a_line_an_epoch(trained_by_command):
    lines = trained_by_command.stderr.splitlines()
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert len(epochs) == trained_by_command.spec.epochs
    assert any("loss" in line and "val_accuracy" in line for line in epochs)
    assert lines.count("training") == lines.count("validating") == 1
    assert "Traceback" not in trained_by_command.stderr


def test_the_default_picture_small_as_it_is_lets_the_seeds_network_learn(trained_by_command):
    assert trained_by_command.report["accuracy"] > 0.7


def test_what_it_saved_is_a_model_that_is_found(trained_by_command, tiny_model):
    assert trained_by_command.report["saved_as"] == "tiny"
    card = find_model("tiny").card
    assert card.name == "Tiny"
    assert card.result["best_epoch"] == trained_by_command.report["best_epoch"]


def test_the_options_of_the_issue_are_understood():
    spec = spec_of(
        *("--data", "fsdd", "--network", "seed", "--optimizer", "adam", "--epochs", "15"),
        *("--split", "official", "--json"),
    )
    assert spec == RunSpec(data=("fsdd",), epochs=15, image=WORD)


def test_every_option_reaches_the_spec():
    spec = spec_of(
        *("--data", "a", "--data", "b", "--network", "strong", "--optimizer", "sgd"),
        *("--learning-rate", "0.2", "--schedule", "cosine", "--epochs", "3", "--batch-size", "16"),
        *("--seed", "5", "--split", "speaker:theo", "--image", "log_mel", "--augment"),
    )
    assert spec == RunSpec(
        data=("a", "b"),
        network="strong",
        optimizer="sgd",
        learning_rate=0.2,
        schedule="cosine",
        epochs=3,
        batch_size=16,
        seed=5,
        split="speaker:theo",
        augment=True,
    )


@pytest.mark.parametrize("image", PRESETS)
def test_every_preset_can_be_asked_for_by_name(image):
    assert spec_of("--image", image).image == PRESETS[image]


def test_options_change_a_spec_from_a_file(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(RunSpec(network="strong", epochs=9, average=0.5).to_dict()))
    spec = spec_of("--spec", str(path), "--epochs", "2")
    assert spec == RunSpec(network="strong", epochs=2, average=0.5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "0"], "epochs=0: expected 1 to"),
        (["--learning-rate", "-1"], "learning_rate=-1.0"),
        (["--seed", "-1"], "seed=-1"),
        (["--split", "by age"], "split='by age'"),
        (["--augment", "--image", "seed"], "needs image.fit='place'"),
        (["--spec", "no such file.json"], "No such file"),
        (["--data", "no such folder"], "neither a data set"),
        (["--data", "synthetic", "--split", "speaker:nobody"], "No recording is by 'nobody'"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence_and_exit_code_two(arguments, sentence, capsys):
    assert main(["train", *arguments, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.parametrize("content", ["{", "[]", '{"epochs": "many"}', '{"nonsense": 1}', "5"])
def test_a_damaged_spec_file_is_one_sentence(content, tmp_path, capsys):
    (tmp_path / "spec.json").write_text(content)
    assert main(["train", "--spec", str(tmp_path / "spec.json")]) == 2
    assert "This run cannot be started" in capsys.readouterr().err


def test_ctrl_c_says_how_to_go_on_and_leaves_a_run_that_can(monkeypatch, capsys):
    def interrupt(run, listener):
        run.write("phase", phase="training")
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "prepare", lambda: None)
    monkeypatch.setattr(worker, "run_worker", interrupt)
    assert main(["train"]) == 130
    (run,) = list_runs()
    assert run.snapshot().state == "stopped"
    assert run.snapshot().resumable
    err = capsys.readouterr().err
    assert f"resume {run.name} goes on with it" in err
    assert "stopped" in err


def test_without_json_the_scores_are_lines_with_sample_and_interval(trained_by_command, capsys):
    report = trained_by_command.report
    foreground.print_scores(report)
    out = capsys.readouterr().out
    known = report["scores"]["known"]
    assert f"known speakers: {100 * known['share']:.1f} % ({known['right']} of 160" in out
    assert "unseen speakers: not measured" in out
    assert f"protocol: {report['protocol']}" in out


def test_release_makes_a_kept_model_the_shipped_one(tiny_model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(release, "SHIPPED_MODELS", tmp_path)
    arguments = ["release", "tiny", "--name", "Ours", "--temperature", "2", "--threshold", "0.3"]
    assert main(arguments) == 0
    card = json.loads((tmp_path / SHIPPED / "card.json").read_text())
    assert (card["name"], card["temperature"], card["threshold"]) == ("Ours", 2.0, 0.3)
    assert card["result"]["scores"]["known"]["total"] == 160  # scored anew, as it is released
    assert main(["release", "nobody", "--name", "x"]) == 2
    assert "no model named 'nobody'" in capsys.readouterr().err


def test_releasing_damaged_weights_is_refused_and_keeps_the_shipped_one(
    tiny_model, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(release, "SHIPPED_MODELS", tmp_path)
    assert main(["release", "tiny", "--name", "Ours"]) == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / SHIPPED).iterdir()}
    shutil.copy(tiny_model / "card.json", tiny_model / "weights.safetensors")
    assert main(["release", "tiny", "--name", "Worse"]) == 2
    assert "not those that its card names" in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in (tmp_path / SHIPPED).iterdir()} == before


def listed(capsys):
    assert main(["list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_names_every_run_with_its_state_and_place(capsys):
    assert listed(capsys) == []
    ended, first, second = (create_run(RunSpec(epochs=3)) for _ in range(3))
    ended.write("end", state="failed", problem="No data.")
    (broken := create_run(RunSpec())).folder.joinpath("spec.json").write_text("{")
    rows = listed(capsys)
    assert [r["run"] for r in rows] == [r.name for r in (broken, second, first, ended)]
    assert [r["state"] for r in rows] == ["damaged", "queued", "queued", "failed"]
    assert [r["place"] for r in rows[1:]] == [2, 1, None]
    assert rows[3]["problem"] == "No data."
    assert rows[3]["resumable"]
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 4
    assert "No data." in out


def test_without_runs_list_says_so(capsys):
    assert main(["list"]) == 0
    assert "There are no runs yet" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nobody", "../../etc", "20261122-101010-abcdef", ""])
def test_resuming_a_run_that_is_not_there_is_one_sentence(name, capsys):
    assert main(["resume", name]) == 2
    assert "There is no run named" in capsys.readouterr().err


def test_resume_trains_what_is_left_and_prints_what_train_prints(small_spec, monkeypatch, capsys):
    monkeypatch.setattr(worker, "prepare", lambda: None)
    run = create_run(small_spec)
    run.write("phase", phase="loading")  # and there its worker was killed
    assert main(["resume", run.name, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert (report["run"], report["state"]) == (run.name, "finished")
    assert report["scores"]["known"]["total"] > 0
    assert main(["resume", run.name]) == 2
    assert "has finished" in capsys.readouterr().err


def test_train_and_resume_can_be_left_to_a_worker(monkeypatch, capsys):
    monkeypatch.setattr(queue, "start_worker", lambda run: os.getpid())
    assert main(["train", "--epochs", "2", "--queue", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["state"] == "starting"
    assert main(["train", "--epochs", "2", "--queue", "--json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["state"] == "queued"
    queue.cancel(list_runs()[0])
    assert main(["resume", second["run"], "--queue"]) == 0
    assert f"{second['run']} is queued" in capsys.readouterr().out
