"""The exam: each digit that was asked for has one answer, and what is kept comes back."""

import pytest

from core.errors import LabError
from core.voices import exams


def test_every_digit_is_asked_twice_and_never_twice_in_a_row():
    exam = exams.begin("shipped", 3)
    assert sorted(exam.asked) == sorted([*range(10)] * 2)
    assert all(a != b for a, b in zip(exam.asked, exam.asked[1:], strict=False))


def test_answers_count_slips_are_taken_back_and_the_end_is_the_end():
    exam = exams.begin("shipped", 3)
    first, second = exam.asked[:2]
    exam = exam.heard(first, 0.9).heard(None, 0.6)
    assert [a.right for a in exam.answers] == [True, False]
    assert exam.again().current == second
    assert exam.skip().asked[2] == exam.asked[3]
    assert len(exam.skip().asked) == 19
    ended = exam.stop()
    assert ended.current is None
    assert ended.heard(5, 0.9) == ended
    counts = exams.confusion(ended.answers)
    assert counts[first][first] == 1
    assert counts[second][exams.NO_DIGIT] == 1
    assert sum(map(sum, counts)) == 2


def test_kept_exams_come_back_and_damage_costs_one_of_them(tmp_path, monkeypatch):
    monkeypatch.setenv("SPOKEN_DIGITS_HOME", str(tmp_path))
    assert exams.results() == ()
    exam = exams.begin("shipped", 1).heard(5, 0.9)
    with pytest.raises(LabError, match="No digit was answered"):
        exams.save("Zoë", exams.begin("shipped", 1))
    with pytest.raises(LabError, match="empty"):
        exams.save(" ", exam)
    kept = exams.save("Zoë", exam)
    exams.save("Ann", exam)
    log = tmp_path / "exams" / "log.jsonl"
    log.write_bytes(log.read_bytes() + b"00000000 {torn")
    assert [r.person for r in exams.results()] == ["Zoë", "Ann"]
    (mine,) = exams.results("ZOË")
    assert (mine.model, mine.answers[0].heard, mine.time) == ("shipped", 5, kept.time)
