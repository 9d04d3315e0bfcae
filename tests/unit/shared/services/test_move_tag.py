"""Tags that move while others move them too."""

from collections.abc import Callable
from datetime import datetime
from itertools import permutations

import pytest

from shared.projections.tags import TagOwner
from shared.services.move_tag import TagTarget
from shared.storage.tables import RowChanged
from tests.support.examples import REGISTRY, at, digest, push
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryTable


def owner(app: MemoryApp) -> tuple[str, datetime]:
    found, _ = app.move_tag.tags.get(REGISTRY, "app", "v1")
    assert found is not None
    return found.digest, found.since


def holders(app: MemoryApp) -> list[int]:
    return [
        number
        for number in (1, 2, 3)
        if app.state(number).version and app.state(number).repositories["app"].current_tags == ("v1",)
    ]


def during_the_write(app: MemoryApp, meanwhile: Callable[[], None]) -> None:
    tags = app.move_tag.tags.table
    assert isinstance(tags, MemoryTable)
    tags.before_write.append(meanwhile)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_push_that_comes_between_reading_and_writing_loses_no_tag(order: tuple[int, int, int]) -> None:
    app = MemoryApp()
    first, second, third = (push(f"e{number}", number, number) for number in order)
    app.record_push(first)
    during_the_write(app, lambda: app.record_push(third))
    app.record_push(second)
    app.record_push(third)  # once more; the first time where the second push wrote no owner
    assert owner(app) == (digest(3), at(3))
    assert holders(app) == [3]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_two_pushes_of_a_new_tag_at_once_leave_it_with_the_later_one(first: int, second: int) -> None:
    app = MemoryApp()
    during_the_write(app, lambda: app.record_push(push(f"e{second}", second, second)))
    app.record_push(push(f"e{first}", first, first))
    assert owner(app) == (digest(2), at(2))
    assert holders(app) == [2]


def test_a_process_that_dies_before_the_owner_is_written_is_repaired_by_the_redelivery() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, 1))

    def die() -> None:
        raise MemoryError("the worker is gone")

    during_the_write(app, die)
    with pytest.raises(MemoryError):
        app.record_push(push("e2", 2, 2))
    app.record_push(push("e2", 2, 2))
    assert (owner(app), holders(app)) == ((digest(2), at(2)), [2])


def test_a_tag_that_never_comes_to_rest_is_an_error_that_is_delivered_again() -> None:
    app = MemoryApp()

    def somebody() -> None:
        claim = TagOwner(digest(2), (digest(2),), at(0))
        _, etag = app.move_tag.tags.get(REGISTRY, "app", "v1")
        app.move_tag.tags.put(REGISTRY, "app", "v1", claim, etag)

    table = app.move_tag.tags.table
    assert isinstance(table, MemoryTable)
    table.before_write.extend([somebody, lambda: None] * 8)
    with pytest.raises(RowChanged, match="moves too often"):
        app.move_tag(push("e1", 1, 1), TagTarget(digest(1), (digest(1),)))


def test_a_push_of_the_same_image_again_keeps_the_tag_where_it_is() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, 1))
    app.record_push(push("e2", 1, 5))
    assert (owner(app), holders(app)) == ((digest(1), at(5)), [1])


def test_tags_of_two_repositories_have_nothing_to_do_with_each_other() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, 1))
    app.record_push(push("e2", 2, 2, repository="copy"))
    assert app.state(1).repositories["app"].current_tags == ("v1",)
    assert app.state(2).repositories["copy"].current_tags == ("v1",)
