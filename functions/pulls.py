"""Pull activity: the diagnostic logs of the registries, and the weekly rescan of what is in use."""

import logging

import azure.functions as func

from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("on_pull_log")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("PULL_LOG_SCHEDULE", "*/30 * * * * *"))
def on_pull_log(timer: func.TimerRequest) -> None:
    """Note the pulls that were logged since the last time."""
    app().read_pull_log()


@blueprint.function_name("weekly_rescan")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("RESCAN_SCHEDULE", "0 0 3 * * 0"))
def weekly_rescan(timer: func.TimerRequest) -> None:
    """Request a scan of every image that was pulled recently and whose last scan is a week old."""
    _log.info("weekly rescan: %d images", app().rescan.weekly())
