import pytest

from shared.advisories.change_log import ChangeLog

ONE = {"npm": {"a": ("GHSA-1",)}}
TWO = {"npm": {"b": ("GHSA-2",)}}


def test_each_snapshot_is_as_many_steps_back_as_others_followed() -> None:
    log = ChangeLog("first").followed_by("second", ONE).followed_by("third", TWO)
    assert [log.steps_since(name) for name in ("third", "second", "first", "other")] == [0, 1, 2, None]
    assert [link.changed for link in log.links] == [TWO, ONE]


def test_the_same_snapshot_again_is_no_step() -> None:
    log = ChangeLog("first").followed_by("second", ONE)
    assert log.followed_by("second", {}) is log


def test_a_snapshot_that_came_back_counts_from_its_last_time() -> None:
    log = ChangeLog("a").followed_by("b", ONE).followed_by("a", ONE).followed_by("c", TWO)
    assert (log.steps_since("a"), log.steps_since("b")) == (1, 2)


def test_what_cannot_be_told_begins_a_new_log() -> None:
    log = ChangeLog("first").followed_by("second", None)
    assert log == ChangeLog("second")
    assert log.steps_since("first") is None


@pytest.mark.parametrize(("most", "links"), [(6, 2), (5, 1), (3, 1), (2, 0)])
def test_the_oldest_changes_are_given_up_where_there_are_too_many(most: int, links: int) -> None:
    log = ChangeLog("first").followed_by("second", ONE).followed_by("third", TWO, most)
    assert len(log.links) == links
