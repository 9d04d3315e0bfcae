"""Scans: the queue of requested ones, those that died, and requests over HTTP."""

import uuid

import azure.functions as func
import msgspec

from functions.answers import answer, answers
from functions.caller import caller
from functions.queue_messages import body_of
from shared.api import parameters
from shared.api.errors import not_found
from shared.api.scans import parse_wanted_scan, scan_body
from shared.bootstrap import app, utc_now
from shared.domain.messages import ScanMessage
from shared.domain.stored_names import SCANS_POISON_QUEUE, SCANS_QUEUE

blueprint = func.Blueprint()

_ATTEMPTS = 5  # host.json, queues.maxDequeueCount


@blueprint.function_name("run_scan")
@blueprint.queue_trigger(arg_name="message", queue_name=SCANS_QUEUE, connection="AzureWebJobsStorage")
def run_scan(message: func.QueueMessage) -> None:
    """Carry out a scan; an error makes the queue deliver it again."""
    last = (message.dequeue_count or 1) >= _ATTEMPTS
    app().run_scan(msgspec.json.decode(body_of(message), type=ScanMessage), last_attempt=last)


@blueprint.function_name("on_failed_scan")
@blueprint.queue_trigger(arg_name="message", queue_name=SCANS_POISON_QUEUE, connection="AzureWebJobsStorage")
def on_failed_scan(message: func.QueueMessage) -> None:
    """Record that a scan died at every attempt; a message that names none is kept as a dead letter."""
    body = body_of(message)
    try:
        scan = msgspec.json.decode(body, type=ScanMessage)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        app().dead_letters.add("scans", message.id or "", str(error), body.decode("utf-8", "replace"), utc_now())
        return
    app().run_scan.give_up(scan)


@blueprint.function_name("request_scan")
@blueprint.route(route="api/scans", methods=["POST"])
@answers
def request_scan(req: func.HttpRequest) -> func.HttpResponse:
    """Request a scan of what a tag or digest names now; a repeated ``x-ms-client-request-id`` asks for the same."""
    request_id = req.headers.get("x-ms-client-request-id") or str(uuid.uuid4())
    requested = app().request_scan.on_demand(parse_wanted_scan(req.get_body(), request_id, caller(req)))
    body = scan_body(requested, req.url)
    return answer(body, 202, {"Location": body["statusUrl"]})


@blueprint.function_name("get_scan")
@blueprint.route(route="api/scans/{registry}/{digest}/{scan_id}", methods=["GET"])
@answers
def get_scan(req: func.HttpRequest) -> func.HttpResponse:
    """Show how far a scan is."""
    about = parameters.image_id(req.route_params["registry"], req.route_params["digest"])
    found = app().query_scan(about, req.route_params["scan_id"])
    if found is None:
        raise not_found("ScanNotFound", f"no scan {req.route_params['scan_id'][:100]!r} of this image was requested")
    return answer(found)
