"""A generation is deleted once nobody can be reading it any more."""

import pytest

from shared.projections.generations import POINTER_SECONDS
from shared.projections.pointer import WrongStep
from shared.services.drop_generation import DropGeneration
from tests.support.examples import push
from tests.support.memory_app import MemoryApp


def rebuilt() -> MemoryApp:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    build = app.rebuild.begin()
    app.rebuild.replay(build, lambda done: None)
    app.rebuild.switch(build)
    return app


def test_hints_stop_first_then_readers_have_time_then_the_tables_go() -> None:
    app = rebuilt()
    seen: list[tuple[float, tuple[int, ...], int]] = []

    def look(seconds: float) -> None:
        seen.append((seconds, app.generations.pointer().fed, len(app.tables["images1"].rows)))

    DropGeneration(app.generations, look)(1)
    [(seconds, fed, rows)] = seen
    assert seconds > POINTER_SECONDS
    assert (fed, rows) == ((2,), 1)
    assert app.tables["images1"].rows == {}


def test_what_a_drop_that_died_left_behind_is_deleted_by_the_next_one() -> None:
    app = rebuilt()

    def die(seconds: float) -> None:
        raise MemoryError("the process is gone")

    with pytest.raises(MemoryError):
        DropGeneration(app.generations, die)(1)
    assert len(app.tables["images1"].rows) == 1
    for _ in range(2):
        assert app.drop_generation(1) == app.generations.pointer()
        assert app.tables["images1"].rows == {}


@pytest.mark.parametrize("number", [2, 3])
def test_the_live_generation_is_never_deleted(number: int) -> None:
    app = rebuilt()
    with pytest.raises(WrongStep):
        app.drop_generation(number)
    assert len(app.tables["images2"].rows) == 1
