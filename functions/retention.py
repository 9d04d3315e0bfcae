"""Retention: the timer that deletes the reports of old scans."""

import logging

import azure.functions as func

from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("delete_old_reports")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("RETENTION_SCHEDULE", "0 29 4 * * *"))
def delete_old_reports(timer: func.TimerRequest) -> None:
    """Delete the reports that nothing needs any more, where a time to keep them is set."""
    deleted = app().delete_old_reports()
    _log.info("retention: %d reports deleted, of %d images", deleted.reports, deleted.images)
