"""Projections: the queue of hints, and those that could not be followed."""

import azure.functions as func
import msgspec

from functions.queue_messages import body_of
from shared.bootstrap import app
from shared.domain.messages import Hint
from shared.domain.stored_names import PROJECTIONS_POISON_QUEUE, PROJECTIONS_QUEUE

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
