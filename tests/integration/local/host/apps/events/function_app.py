"""Event Grid functions, in a blueprint."""

import asyncio
import json
import os
from pathlib import Path

import azure.functions as func

events = func.Blueprint()  # type: ignore[no-untyped-call]


@events.event_grid_trigger(arg_name="event")
def on_event(event: func.EventGridEvent) -> None:
    if event.subject == "bad":
        raise ValueError("a bad event")
    _record(json.dumps([event.id, event.topic, event.event_type, event.get_json()]))


@events.event_grid_trigger(arg_name="event")
async def on_cloud_event(event: func.CloudEvent) -> None:
    await asyncio.sleep(0)
    _record(json.dumps([event.id, event.source, event.type, event.get_json()]))


def _record(line: str) -> None:
    with Path(os.environ["RECORD"]).open("a") as record:
        record.write(line + "\n")


app = func.FunctionApp()
app.register_functions(events)
