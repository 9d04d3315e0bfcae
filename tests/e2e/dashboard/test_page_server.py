"""The server of these tests: quiet about a browser that went away, and about nothing else."""

import pytest

from tests.e2e.dashboard.page_server import quiet_about


@pytest.mark.parametrize(
    ("error", "quiet"),
    [(BrokenPipeError(), True), (ConnectionResetError(), False), (ValueError("x"), False), (None, False)],
)
def test_only_a_browser_that_went_away_is_no_error(error: BaseException | None, quiet: bool) -> None:
    assert quiet_about(error) is quiet
