"""HTTP functions that show what they get, and ways to fail."""

import json
import logging
import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="api/images/{registry}/{digest}/findings", methods=["GET"])
def findings(req: func.HttpRequest) -> func.HttpResponse:
    return _show(req)


@app.route(route="files/{*rest}", methods=["GET", "POST"])
def files(req: func.HttpRequest) -> func.HttpResponse:
    return _show(req)


@app.route(route="/", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def home(req: func.HttpRequest) -> str:
    return "home"


@app.route(route="cookies")
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("", status_code=204)
    response.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly")
    response.headers.add("Set-Cookie", "b=2; SameSite=Lax")
    return response


@app.route(route="headers")
def headers(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("x", headers={"X-Given": req.params["value"], "Content-Length": "5"})


@app.route(route="raise")
def raises(req: func.HttpRequest) -> str:
    raise ValueError("this is why")


@app.route(route="nothing")
def nothing(req: func.HttpRequest) -> str:
    return None  # type: ignore[return-value]


@app.route(route="log")
def log(req: func.HttpRequest, context: func.Context) -> str:
    logging.getLogger("app.room").warning("first line\nforged line \x1b[31m")
    return context.invocation_id


@app.route(route="off")
def switched_off(req: func.HttpRequest) -> str:
    return "on"


@app.route(route="pid")
def pid(req: func.HttpRequest) -> str:
    return str(os.getpid())


@app.route(route="exit")
def exits(req: func.HttpRequest) -> str:
    os._exit(7)


@app.route(route="hang")
async def hang(req: func.HttpRequest) -> str:
    time.sleep(600)
    return "never"


@app.route(route="slow")
def slow(req: func.HttpRequest) -> str:
    _record("slow began")
    time.sleep(1)
    return "done"


@app.route(route="child")
def child(req: func.HttpRequest) -> str:
    import subprocess

    return str(subprocess.Popen(["sleep", "600"]).pid)


@app.event_grid_trigger(arg_name="event")
def by_hand(event: func.EventGridEvent) -> None:
    _record(f"event {event.id}")


def _show(req: func.HttpRequest) -> func.HttpResponse:
    shown = {
        "method": req.method,
        "url": req.url,
        "query": dict(req.params),
        "route": dict(req.route_params),
        "headers": dict(req.headers),
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(shown), mimetype="application/json")


def _record(line: str) -> None:
    with Path(os.environ["RECORD"]).open("a") as record:
        record.write(line + "\n")
