"""Browse, Change: every augmentation can be heard and seen on one clip."""

import pytest

from core.sound.augmentation import AUGMENTATIONS


@pytest.fixture
def changing(open_page):
    app = open_page("browse")
    next(w for w in app.get("button_group") if w.key == "view").set_value("Change").run()
    return app


def test_nothing_is_changed_until_it_is_asked_for(changing, whole):
    whole(changing)
    assert changing.selectbox(key="augmentation").value == "nothing"
    assert not [n for n in changing.number_input if n.key == "augmentation-roll"]


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_every_augmentation_can_be_applied_alone_and_says_what_it_does(
    changing, whole, words_on, name
):
    changing.selectbox(key="augmentation").set_value(name).run()
    whole(changing)
    assert AUGMENTATIONS[name].summary in words_on(changing)
    changing.number_input(key="augmentation-roll").set_value(7).run()
    whole(changing)
