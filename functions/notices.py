"""Notices: the timer that sends what waits in the outbox."""

import logging

import azure.functions as func

from shared.bootstrap import app
from shared.settings import schedule

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("send_notices")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("NOTICE_SCHEDULE", "*/20 * * * * *"))
def send_notices(timer: func.TimerRequest) -> None:
    """Send what waits, where a topic is set."""
    if (send := app().send_notices) and (sent := send()):
        _log.info("notices: %d sent", sent)
