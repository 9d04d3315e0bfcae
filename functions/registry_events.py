"""Events of registries, delivered by Event Grid."""

import azure.functions as func

from shared.bootstrap import app
from shared.services.receive_event import ReceivedEvent

blueprint = func.Blueprint()


@blueprint.function_name("on_registry_event")
@blueprint.event_grid_trigger(arg_name="event")
def on_registry_event(event: func.EventGridEvent) -> None:
    """Record a push or deletion of an image. Both schemas arrive here: the worker binds CloudEvents alike."""
    app().receive_event(received(event))


def received(event: func.EventGridEvent | func.CloudEvent) -> ReceivedEvent:
    """Take over what both schemas say."""
    if isinstance(event, func.CloudEvent):
        return ReceivedEvent(event.id, event.type, event.source, event.get_json(), event.time)
    return ReceivedEvent(event.id, event.event_type, event.topic, event.get_json(), event.event_time)
