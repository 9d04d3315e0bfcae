"""The Event Grid webhook, as the Event Grid extension of Azure Functions offers it.

Delivery and handshakes: https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema and
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md
"""

import asyncio
import logging
from typing import Any

import msgspec

from local.host.asgi import Response, json_response, refusal
from local.host.errors import InvocationFailed
from local.host.functions import EventGridTrigger, Function
from local.host.invoker import Invoker
from local.host.wire import Json, Value

_log = logging.getLogger("local.host.eventgrid")

# What an answer to the CloudEvents handshake may name as the rate: any.
_ANY_RATE = "*"


class EventGridWebhook:
    """Receives events for the functions with an Event Grid trigger."""

    def __init__(self, functions: list[Function], invoker: Invoker) -> None:
        subscribers = (function for function in functions if isinstance(function.trigger, EventGridTrigger))
        self._functions = {function.name.lower(): function for function in subscribers}
        self._invoker = invoker

    async def receive(self, method: str, name: str, headers: dict[str, str], body: bytes) -> Response:
        """Answer one request to the webhook for the function ``name``."""
        function = self._functions.get(name.lower())
        if function is None:
            return refusal(404, f"there is no Event Grid function {name or '(functionName is missing)'}")
        if method == "OPTIONS":
            return _allow(headers.get("webhook-request-origin"))
        if method != "POST":
            return refusal(405, "events are posted")
        match headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                return _validate(body)
            case "notification":
                return await self._deliver(function, body)
            case "unsubscribe":
                return Response(202)
        return refusal(400, "the header aeg-event-type must be Notification, SubscriptionValidation or Unsubscribe")

    async def _deliver(self, function: Function, body: bytes) -> Response:
        """Run the function once for each event, all at the same time; one failure fails the delivery."""
        try:
            events = msgspec.json.decode(body, type=list[dict[str, Any]] | dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return refusal(400, f"the body is not an event or a list of events: {error}")
        batch = events if isinstance(events, list) else [events]
        inputs = [Json(msgspec.json.encode(event).decode()) for event in batch]
        results = await asyncio.gather(*(self._succeeds(function, value) for value in inputs))
        return Response(202) if all(results) else Response(500)

    async def _succeeds(self, function: Function, value: Value) -> bool:
        try:
            await self._invoker.run(function, value)
        except InvocationFailed:
            return False
        return True


def _allow(origin: str | None) -> Response:
    """Answer the CloudEvents handshake: the sender may send, at any rate."""
    if not origin:
        return refusal(400, "the header WebHook-Request-Origin is missing")
    return Response(200, headers=[("webhook-allowed-origin", origin), ("webhook-allowed-rate", _ANY_RATE)])


class _ValidationData(msgspec.Struct, frozen=True, rename="camel"):
    """What a validation event carries. Its ``validationUrl`` is left alone: no event makes this host call out."""

    validation_code: str


class _ValidationEvent(msgspec.Struct, frozen=True):
    # In CloudEvents form, the object may come as a string of JSON.
    data: _ValidationData | str


def _validate(body: bytes) -> Response:
    try:
        events = msgspec.json.decode(body, type=list[_ValidationEvent] | _ValidationEvent)
        first = events[0] if isinstance(events, list) else events
        given = first.data
        if isinstance(given, str):
            given = msgspec.json.decode(given, type=_ValidationData)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, IndexError) as error:
        return refusal(400, f"the body is not a validation event: {error}")
    return json_response({"validationResponse": given.validation_code})
