"""Projections: the queue of hints, hints that could not be followed, and the timers that repair and re-open."""

from datetime import timedelta

import azure.functions as func
import msgspec

from functions.queue_messages import body_of
from shared.bootstrap import app, utc_now
from shared.domain.messages import Hint
from shared.domain.stored_names import PROJECTIONS_POISON_QUEUE, PROJECTIONS_QUEUE
from shared.settings import schedule

blueprint = func.Blueprint()


@blueprint.function_name("project")
@blueprint.queue_trigger(arg_name="message", queue_name=PROJECTIONS_QUEUE, connection="AzureWebJobsStorage")
def project(message: func.QueueMessage) -> None:
    """Bring what a stream is about up to date; an error makes the queue deliver the hint again."""
    app().project(msgspec.json.decode(body_of(message), type=Hint))


@blueprint.function_name("on_failed_projection")
@blueprint.queue_trigger(arg_name="message", queue_name=PROJECTIONS_POISON_QUEUE, connection="AzureWebJobsStorage")
def on_failed_projection(message: func.QueueMessage) -> None:
    """Keep a stream that cannot be projected as a dead letter, with its error."""
    app().project.give_up(body_of(message).decode("utf-8", "replace"))


@blueprint.function_name("sweep")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("SWEEP_SCHEDULE", "0 17 * * * *"))
def sweep(timer: func.TimerRequest) -> None:
    """Repair what lost hints or dead workers left behind."""
    app().sweep()


@blueprint.function_name("reopen_expired")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("EXPIRY_SCHEDULE", "0 * * * * *"))
def reopen_expired(timer: func.TimerRequest) -> None:
    """Let the findings of expired rules count again. The sweep finds what a missed minute leaves out."""
    now = utc_now()
    app().project.expired_rules(now - timedelta(minutes=5), now)
