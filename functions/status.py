"""The service's own status over HTTP, and as a line of the log that alerts look at."""

import json
import logging

import azure.functions as func

from functions.answers import answer, answers
from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("get_status")
@blueprint.route(route="api/status", methods=["GET"])
@answers
def get_status(req: func.HttpRequest) -> func.HttpResponse:
    """Show feeds and their age, queue depths, dead letters and versions."""
    return answer(app().query_status())


@blueprint.function_name("log_status")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("STATUS_SCHEDULE", "0 */5 * * * *"))
def log_status(timer: func.TimerRequest) -> None:
    """Write the figures of the status into the log: ``infra/app/alerts.bicep`` looks for this line."""
    _log.info("status %s", json.dumps(app().query_status.figures()))
