"""Timers that run at the start, by schedule, after a miss, and again after a failure."""

import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp()


@app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer", run_on_startup=True)
def at_start(timer: func.TimerRequest) -> None:
    _record(f"at_start {timer.past_due}")


@app.timer_trigger(schedule="* * * * * *", arg_name="timer")
def slow_second(timer: func.TimerRequest) -> None:
    _record("slow_second began")
    time.sleep(1.2)
    _record("slow_second ended")


@app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer", run_on_startup=True, use_monitor=False)
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
def failing(timer: func.TimerRequest, context: func.Context) -> None:
    _record(f"failing {context.retry_context.retry_count}/{context.retry_context.max_retry_count}")
    raise ValueError("fails always")


def _record(line: str) -> None:
    with Path(os.environ["RECORD"]).open("a") as record:
        record.write(line + "\n")
