"""The pointer: every step from one set of generations to the next."""

import pytest

from shared.projections.pointer import Pointer, WrongStep, abandon, begin, drop, roll_back, switch


def test_without_a_row_the_first_generation_is_the_live_one() -> None:
    assert Pointer().fed == (1,)


def test_a_generation_is_built_switched_to_and_gone_back_from() -> None:
    building = begin(Pointer())
    assert building.fed == (1, 2)
    switched = switch(building, 2)
    assert (switched.live, switched.building, switched.kept, switched.fed) == (2, None, (1,), (2, 1))
    back = roll_back(switched)
    assert (back.live, back.kept) == (1, (2,))
    assert roll_back(back) == switched


def test_a_building_that_goes_on_keeps_its_number_and_one_that_was_given_up_loses_it_for_ever() -> None:
    building = begin(Pointer())
    assert begin(building) == building
    assert begin(abandon(building)).building == 3


def test_a_generation_that_was_dropped_is_fed_no_longer() -> None:
    three = switch(begin(switch(begin(Pointer()), 2)), 3)
    assert three.kept == (2, 1)
    assert drop(three, 2).fed == (3, 1)
    assert roll_back(three, 1) == Pointer(live=1, kept=(3, 2), newest=3)


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_not_being_built_is_not_switched_to(number: int) -> None:
    with pytest.raises(WrongStep, match=f"generation {number} is not being built"):
        switch(begin(Pointer()), number)


def test_there_is_nothing_to_go_back_to_at_first() -> None:
    with pytest.raises(WrongStep, match="none to go back to"):
        roll_back(Pointer())


@pytest.mark.parametrize("number", [2, 9])
def test_the_live_generation_and_one_that_never_was_are_not_dropped(number: int) -> None:
    with pytest.raises(WrongStep, match=f"generation {number} is not kept"):
        drop(switch(begin(Pointer()), 2), number)
