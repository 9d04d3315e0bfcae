"""Advisories: the timer that refreshes the snapshot."""

import azure.functions as func

from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()


@blueprint.function_name("refresh_advisories")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("ADVISORY_SCHEDULE", "0 41 */4 * * *"))
def refresh_advisories(timer: func.TimerRequest) -> None:
    """Fetch the feeds that changed, and have every image matched anew where the snapshot is another."""
    app().refresh_advisories()
