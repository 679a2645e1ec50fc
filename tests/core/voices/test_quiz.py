"""The listening quiz: the same seed asks the same, and every answer is counted where it belongs."""

from collections import Counter
from pathlib import Path

import pytest

from core.errors import DataError, LabError
from core.sound.datasets import open_dataset
from core.sound.recordings import DIGIT_WORDS, Catalogue, Recording
from core.voices import quiz as quizzes
from core.voices.listeners import combined, people, save, sessions
from core.voices.quiz import DONT_KNOW, by_speaker, confusion, start


def made_up(takes):
    """Return a catalogue of {speaker: takes of each digit}."""
    return Catalogue(
        "Made up",
        tuple(
            Recording(d, speaker, n, Path("/x"), f"{d}_{speaker}_{n}.wav", DIGIT_WORDS[d])
            for d in range(10)
            for speaker, count in takes.items()
            for n in range(count)
        ),
    )


def played(quiz, ear):
    """Return the quiz after a listener who hears ``ear(digit, speaker)``."""
    while (clip := quiz.current) is not None:
        quiz = quiz.answer(ear(clip.digit, clip.speaker))
    return quiz


def test_the_same_seed_plays_the_same_clips():
    catalogue = made_up({"anna": 3, "bo": 3})
    assert start(catalogue, 20, 1) == start(catalogue, 20, 1)
    assert start(catalogue, 20, 1).clips != start(catalogue, 20, 2).clips


def test_no_clip_comes_twice_and_no_more_than_there_are():
    catalogue = made_up({"anna": 2})
    quiz = start(catalogue, 200, 0)
    assert sorted(quiz.clips, key=lambda r: r.name) == sorted(
        catalogue.recordings, key=lambda r: r.name
    )


def test_speakers_with_many_takes_do_not_fill_the_quiz():
    catalogue = made_up({"anna": 50, "bo": 8})
    heard = Counter(clip.speaker for seed in range(20) for clip in start(catalogue, 40, seed).clips)
    # 800 fair draws: four standard deviations are 57
    assert abs(heard["anna"] - 400) < 57


def test_digits_come_about_equally_often():
    catalogue = made_up({"anna": 50, "bo": 50})
    heard = Counter(clip.digit for seed in range(25) for clip in start(catalogue, 40, seed).clips)
    assert all(abs(heard[d] - 100) < 38 for d in range(10))  # four standard deviations


def test_other_words_are_never_asked():
    synthetic = open_dataset("synthetic")
    assert all(clip.digit is not None for clip in start(synthetic, 200, 0).clips)
    others = synthetic.where(lambda r: r.digit is None)
    with pytest.raises(DataError, match="no spoken digit"):
        start(others, 10, 0)


def test_a_perfect_listener_fills_the_diagonal():
    quiz = played(start(made_up({"anna": 3, "bo": 3}), 60, 0), lambda digit, speaker: digit)
    counts = confusion(quiz.answers)
    assert [counts[d][d] for d in range(10)] == [6] * 10
    assert sum(map(sum, counts)) == 60
    assert by_speaker(quiz.answers) == {"anna": (30, 30), "bo": (30, 30)}


def test_each_confusion_is_counted_in_its_row_column_and_speaker():
    def ear(digit, speaker):
        if speaker == "bo":
            return DONT_KNOW if digit == 3 else digit
        return 9 if digit == 5 else digit

    quiz = played(start(made_up({"anna": 2, "bo": 2}), 40, 0), ear)
    anna, bo = confusion(quiz.answers, "anna"), confusion(quiz.answers, "bo")
    assert anna[5][9] == 2
    assert anna[5][5] == anna[9][5] == 0
    assert bo[3][DONT_KNOW] == 2
    assert bo[5][5] == 2
    assert all(len(row) == 11 for row in anna)
    assert by_speaker(quiz.answers) == {"anna": (18, 20), "bo": (18, 20)}


def test_a_step_gives_a_new_quiz_and_a_step_back_the_old_one():
    quiz = start(made_up({"anna": 1}), 3, 0)
    after = quiz.answer(4, plays=2)
    assert quiz.answers == ()
    assert after.answers[0].plays == 2
    assert after.current == quiz.clips[1]
    assert after.back() == quiz
    assert quiz.back() == quiz


def test_answers_that_are_none_are_mistakes():
    quiz = start(made_up({"anna": 1}), 1, 0)
    for guess in (-1, 11):
        with pytest.raises(ValueError, match="expected 0 to 9"):
            quiz.answer(guess)
    with pytest.raises(ValueError, match="finished"):
        quiz.answer(1).answer(1)
    assert quiz.answer(1).finished
    with pytest.raises(ValueError, match="expected 1 to 200"):
        start(made_up({"anna": 1}), 0, 0)


def test_quizzes_are_kept_by_person_and_counted_over_sessions():
    catalogue = made_up({"anna": 2})
    first = played(start(catalogue, 20, 0), lambda digit, speaker: digit)
    second = start(catalogue, 20, 1).answer(DONT_KNOW)
    save("Eve **x** <script>", first)
    save("EVE **x** <script>", second)
    save("../../etc", first)
    assert people() == ("../../etc", "Eve **x** <script>")
    eve = sessions("eve **x** <SCRIPT>")
    assert [len(s.answers) for s in eve] == [20, 1]
    assert combined(eve) == first.answers + second.answers
    assert sum(map(sum, confusion(combined(sessions())))) == 41
    assert len(sessions(dataset="Made up")) == 3
    assert sessions(dataset="another") == ()


@pytest.mark.parametrize("name", ["", " \n", "x" * 300])
def test_a_quiz_without_a_name_or_an_answer_is_not_kept(name, data_folder):
    quiz = start(made_up({"anna": 1}), 2, 0)
    with pytest.raises(LabError):
        save(name, quiz.answer(1))
    with pytest.raises(LabError, match="nothing to keep"):
        save("Eve", quiz)
    assert sessions() == ()
    assert list(data_folder.iterdir()) == []


def test_damaged_records_are_passed_over(data_folder):
    from core import logs

    save("Eve", start(made_up({"anna": 1}), 2, 0).answer(1))
    log = data_folder / "quiz" / "log.jsonl"
    good = logs.read(log)[0]
    for change in (
        {"answers": 3},
        {"answers": [[11, 1, "a", "b", 1]]},
        {"time": "x"},
        {"answers": [[1]]},
    ):
        logs.append(log, {**good, **change})
    logs.append(log, {})
    assert len(sessions()) == 1


def test_a_folder_that_cannot_be_written_is_a_sentence(data_folder):
    (data_folder / "quiz").write_text("in the way")
    with pytest.raises(LabError, match="The quiz was not kept"):
        save("Eve", start(made_up({"anna": 1}), 2, 0).answer(1))


def test_the_matrix_has_room_for_ten_digits_and_a_shrug():
    assert DONT_KNOW == 10
    assert quizzes.confusion([]) == [[0] * 11] * 10
