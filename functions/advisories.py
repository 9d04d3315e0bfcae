"""Advisories and exploit signals: the timers that refresh their snapshots."""

import azure.functions as func

from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()


@blueprint.function_name("refresh_advisories")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("ADVISORY_SCHEDULE", "0 41 */4 * * *"))
def refresh_advisories(timer: func.TimerRequest) -> None:
    """Fetch the feeds that changed, and have every image matched anew where the snapshot is another."""
    app().refresh_advisories()


@blueprint.function_name("refresh_signals")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("SIGNALS_SCHEDULE", "0 13 */6 * * *"))
def refresh_signals(timer: func.TimerRequest) -> None:
    """Fetch the feeds of exploit signals that changed, and have the rules that ask for them go by them."""
    app().refresh_signals()
