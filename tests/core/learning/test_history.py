"""The history of a run, as its log tells it."""

from core.learning.history import Epoch, History, Moment, history_of, record_of


def epoch(number, val_accuracy=0.5, val_loss=1.0) -> Epoch:
    return Epoch(number, 10 * number, 1.2, 0.6, val_loss, val_accuracy, 0.001, 2.5 * number)


def test_records_come_back_as_the_values_they_were():
    moments = (Moment(1, 0.1, 2.3, 0.1), Moment(9, 0.9, 1.5, 0.4))
    epochs = (epoch(1), epoch(2))
    start = {"kind": "start", "loss": 2.31, "val_loss": 2.32, "n_train": 80, "n_validation": 20}
    history = history_of([start, *map(record_of, moments), *map(record_of, epochs)])
    assert history == History(moments, epochs, 2.31, 2.32, 80, 20)


def test_other_records_and_fields_of_a_newer_version_are_passed_over():
    records = [
        {"kind": "asked", "time": 1.0},
        {"kind": "phase", "phase": "training"},
        {**record_of(epoch(1)), "time": 2.0, "gradient_norm": 3.0},
        {"kind": "of the future", "loss": 1.0},
        {"no kind": "at all"},
    ]
    assert history_of(records).epochs == (epoch(1),)


def test_no_records_are_an_empty_history():
    assert history_of([]) == History()
    assert History().best is None


def test_the_best_epoch_is_the_one_of_the_lowest_validation_loss():
    epochs = (epoch(1, 0.9, 0.5), epoch(2, 0.8, 0.3), epoch(3, 0.9, 0.4))
    assert History(epochs=epochs).best == epochs[1]


def test_of_two_equal_epochs_the_first_is_kept():
    assert History(epochs=(epoch(1), epoch(2))).best == epoch(1)
