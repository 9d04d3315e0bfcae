"""Time spans of .NET."""

import pytest

from local.host.timespans import seconds_of_timespan


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00:02", 2), ("00:10:00", 600), ("01:00", 3600), ("1.02:03:04", 93784), ("00:00:00.5", 0.5), (" 0:0:1 ", 1)],
)
def test_a_time_span_is_seconds(text: str, seconds: float) -> None:
    assert seconds_of_timespan(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "24:00:00", "00:60:00", "00:00:60", "-00:00:01", "00:00:01s"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time span"):
        seconds_of_timespan(text)
