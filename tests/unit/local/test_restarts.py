"""A dead host is started again, but not for ever."""

from local.restarts import RestartPolicy


def test_pauses_grow_and_the_sixth_death_in_five_minutes_is_the_last() -> None:
    policy = RestartPolicy(clock=lambda: 0.0)
    assert [policy.died() for _ in range(6)] == [0.5, 1.0, 2.0, 4.0, 8.0, None]


def test_deaths_of_long_ago_are_forgotten() -> None:
    times = iter([0.0, 1.0, 2.0, 3.0, 4.0, 400.0])
    policy = RestartPolicy(clock=lambda: next(times))
    assert [policy.died() for _ in range(6)][-1] == 0.5
