"""Queue functions that succeed, fail, take long and kill their worker, as the message says."""

import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()


@app.queue_trigger(arg_name="msg", queue_name="%QUEUE%", connection="AzureWebJobsStorage")
def on_message(msg: func.QueueMessage) -> None:
    text = msg.get_body().decode()
    _record(f"{text} {msg.dequeue_count}")
    command, _, argument = text.partition(" ")
    if command == "raise":
        raise ValueError("as the message says")
    if command == "exit":
        os._exit(9)
    if command == "hang" and msg.dequeue_count == 1:
        time.sleep(600)
    if command == "sleep":
        time.sleep(float(argument))
        _record(f"{text} ended")
    if command == "describe":
        _record(f"{bool(msg.id)} {bool(msg.pop_receipt)} {msg.insertion_time is not None}")


@app.queue_trigger(arg_name="msg", queue_name="%QUEUE%-in", connection="AzureWebJobsStorage")
@app.queue_output(arg_name="out", queue_name="%QUEUE%-out", connection="AzureWebJobsStorage")
def forward(msg: func.QueueMessage, out: func.Out[str]) -> None:
    out.set(msg.get_body().decode())


@app.queue_trigger(arg_name="msg", queue_name="%QUEUE%-out", connection="AzureWebJobsStorage")
def receive(msg: str) -> None:
    _record(f"received {msg}")


@app.route(route="pid", auth_level=func.AuthLevel.ANONYMOUS)
def pid(req: func.HttpRequest) -> str:
    return str(os.getpid())


def _record(line: str) -> None:
    with Path(os.environ["RECORD"]).open("a") as record:
        record.write(line + "\n")
