"""Reconciliation: the timer that begins the sweeps of registries, and the queue of those that are not finished."""

import logging

import azure.functions as func
import msgspec

from functions.queue_messages import body_of
from shared.bootstrap import app
from shared.domain.messages import SweepMessage
from shared.domain.stored_names import RECONCILIATIONS_POISON_QUEUE, RECONCILIATIONS_QUEUE
from shared.settings import schedule

blueprint = func.Blueprint()
_log = logging.getLogger(__name__)


@blueprint.function_name("reconcile")
@blueprint.timer_trigger(arg_name="timer", schedule=schedule("RECONCILIATION_SCHEDULE", "0 7 1 * * *"))
def reconcile(timer: func.TimerRequest) -> None:
    """Begin to compare every registry with the log."""
    _log.info("reconciliation of %d registries", app().start_sweeps())


@blueprint.function_name("sweep_registry")
@blueprint.queue_trigger(arg_name="message", queue_name=RECONCILIATIONS_QUEUE, connection="AzureWebJobsStorage")
def sweep_registry(message: func.QueueMessage) -> None:
    """Go on with the sweep of one registry; an error makes the queue deliver it again."""
    app().sweep_registry(msgspec.json.decode(body_of(message), type=SweepMessage))


@blueprint.function_name("on_failed_sweep")
@blueprint.queue_trigger(arg_name="message", queue_name=RECONCILIATIONS_POISON_QUEUE, connection="AzureWebJobsStorage")
def on_failed_sweep(message: func.QueueMessage) -> None:
    """Record that a sweep died at every attempt."""
    app().sweep_registry.give_up(body_of(message))
