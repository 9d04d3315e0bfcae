"""Events of registries, which Event Grid delivers to a function or into a queue: the same events, the same service."""

import azure.functions as func

from functions.queue_messages import body_of
from shared.api.event_messages import UnreadableMessage, parse_events
from shared.bootstrap import app
from shared.domain.stored_names import REGISTRY_EVENTS_POISON_QUEUE, REGISTRY_EVENTS_QUEUE
from shared.services.receive_event import ReceivedEvent

blueprint = func.Blueprint()


@blueprint.function_name("on_registry_event")
@blueprint.event_grid_trigger(arg_name="event")
def on_registry_event(event: func.EventGridEvent) -> None:
    """Record a push or deletion of an image. Both schemas arrive here: the worker binds CloudEvents alike."""
    app().receive_event(received(event))


@blueprint.function_name("on_registry_message")
@blueprint.queue_trigger(arg_name="message", queue_name=REGISTRY_EVENTS_QUEUE, connection="AzureWebJobsStorage")
def on_registry_message(message: func.QueueMessage) -> None:
    """Record a push or deletion of an image; an error of storage makes the queue deliver it again."""
    for event in _events_of(message):
        app().receive_event(event)


@blueprint.function_name("on_failed_registry_message")
@blueprint.queue_trigger(arg_name="message", queue_name=REGISTRY_EVENTS_POISON_QUEUE, connection="AzureWebJobsStorage")
def on_failed_registry_message(message: func.QueueMessage) -> None:
    """Keep the events of a message that failed at every attempt as dead letters, which can be taken up again."""
    for event in _events_of(message):
        app().receive_event.give_up(event)


def received(event: func.EventGridEvent | func.CloudEvent) -> ReceivedEvent:
    """Take over what both schemas say."""
    if isinstance(event, func.CloudEvent):
        return ReceivedEvent(event.id, event.type, event.source, event.get_json(), event.time)
    return ReceivedEvent(event.id, event.event_type, event.topic, event.get_json(), event.event_time)


def _events_of(message: func.QueueMessage) -> list[ReceivedEvent]:
    body = body_of(message)
    try:
        return parse_events(body)
    except UnreadableMessage as error:
        app().receive_event.keep_unreadable(message.id or "", str(error), body.decode("utf-8", "replace"))
        return []
