"""Walks through all streams: the timers that begin them, and the queue of those that are not finished."""

import azure.functions as func

from functions.queue_messages import body_of
from shared.bootstrap import app
from shared.domain.stored_names import WALKS_POISON_QUEUE, WALKS_QUEUE
from shared.settings import schedule

blueprint = func.Blueprint()


@blueprint.function_name("sweep")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("SWEEP_SCHEDULE", "0 17 * * * *"))
def sweep(timer: func.TimerRequest) -> None:
    """Repair what lost hints or dead workers left behind."""
    app().sweep()


@blueprint.function_name("reopen_expired")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("EXPIRY_SCHEDULE", "0 * * * * *"))
def reopen_expired(timer: func.TimerRequest) -> None:
    """Let the findings of expired rules count again."""
    app().pass_on_rules.expired()


@blueprint.function_name("walk")
@blueprint.queue_trigger(arg_name="message", queue_name=WALKS_QUEUE, connection="AzureWebJobsStorage")
def walk(message: func.QueueMessage) -> None:
    """Take a walk further; an error makes the queue deliver the message again."""
    app().work_walks(body_of(message))


@blueprint.function_name("on_failed_walk")
@blueprint.queue_trigger(arg_name="message", queue_name=WALKS_POISON_QUEUE, connection="AzureWebJobsStorage")
def on_failed_walk(message: func.QueueMessage) -> None:
    """Keep a walk that failed at every attempt as a dead letter."""
    app().work_walks.give_up(body_of(message))
