"""The Functions library in this process: load an app, run its functions. Used by the worker process only.

The state of ``azure_functions_runtime`` is global: one app for one process.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as library

from local.host import messages
from local.host.cookies import set_cookie_header
from local.host.wire import (
    Binary,
    HttpRequest,
    HttpResponse,
    IndexedFunction,
    Invoke,
    Json,
    Raised,
    Ready,
    Refused,
    Retry,
    Returned,
    Text,
    Value,
)


async def load_app(directory: str) -> Ready | Refused:
    """Index the ``function_app.py`` of ``directory``, which must be on ``sys.path``."""
    library.start_threadpool_executor()
    request = SimpleNamespace(
        request=messages.Record(
            worker_init_request=messages.Record(capabilities={}, function_app_directory=directory),
        ),
        properties={"host": "127.0.0.1", "protos": messages},
    )
    initialized = await library.worker_init_request(request)
    if initialized.result.status != messages.StatusResult.Success:
        failure = initialized.result.exception
        return Refused(failure.message, failure.stack_trace)
    metadata = await library.functions_metadata_request(request)
    indexed = [_indexed(function) for function in metadata.function_metadata_results or ()]
    return Ready(indexed, dict(initialized.capabilities))


async def run_function(invoke: Invoke) -> Returned | Raised:
    """Run one function; whatever it raises comes back as ``Raised``."""
    # A sync function has it from the library, in its own thread; an async one runs in this task.
    library.invocation_id_cv.set(invoke.invocation_id)
    response = await library.invocation_request(SimpleNamespace(request=_invocation(invoke)))
    if response.result.status != messages.StatusResult.Success:
        failure = response.result.exception
        return Raised(invoke.invocation_id, failure.message, failure.stack_trace)
    try:
        outputs = {output.name: _output(output.name, output.data) for output in response.output_data}
        return Returned(invoke.invocation_id, _returned(response.return_value), outputs)
    except TypeError as error:
        return Raised(invoke.invocation_id, str(error), "")


def _indexed(function: Any) -> IndexedFunction:
    options = function.retry_options
    return IndexedFunction(function.name, function.function_id, function.raw_bindings, options and _retry(options))


def _retry(options: Any) -> Retry:
    def seconds(name: str) -> float:
        value: timedelta = getattr(options, name, timedelta())
        return value.total_seconds()

    return Retry(
        strategy=options.retry_strategy,
        max_retry_count=options.max_retry_count,
        delay=seconds("delay_interval"),
        minimum=seconds("minimum_interval"),
        maximum=seconds("maximum_interval"),
    )


def _invocation(invoke: Invoke) -> messages.Record:
    value = _http_input(invoke.value) if isinstance(invoke.value, HttpRequest) else _typed(invoke.value)
    request = messages.Record(
        invocation_id=invoke.invocation_id,
        function_id=invoke.function_id,
        input_data=[messages.ParameterBinding(name=invoke.parameter, data=value)],
        trigger_metadata={name: _typed(content) for name, content in invoke.metadata.items()},
        trace_context=messages.Record(trace_parent=invoke.trace_parent, trace_state="", attributes={}),
        retry_context=messages.Record(
            retry_count=invoke.retry_count, max_retry_count=invoke.max_retry_count, exception=None
        ),
    )
    return messages.Record(invocation_request=request)


def _typed(value: Value) -> messages.TypedData:
    kind = "string" if isinstance(value, Text) else "json" if isinstance(value, Json) else "bytes"
    return messages.TypedData(**{kind: value.content})


def _http_input(request: HttpRequest) -> messages.TypedData:
    return messages.TypedData(
        http=messages.RpcHttp(
            method=request.method,
            url=request.url,
            headers=request.headers,
            params=request.params,
            query=request.query,
            body=messages.TypedData(bytes=request.body),
        )
    )


def _returned(data: Any) -> Value | HttpResponse | None:
    if data is None:
        return None
    if data.WhichOneof("data") != "http":
        return _value(data)
    response = data.http
    body = response.body and getattr(response.body, "bytes", b"")
    cookies = [set_cookie_header(cookie) for cookie in response.cookies or ()]
    return HttpResponse(int(response.status_code), dict(response.headers), cookies, body or b"")


def _output(name: str, data: Any) -> Value:
    value = _returned(data)
    if isinstance(value, Value):
        return value
    raise TypeError(f"output {name} was set to an HTTP response or to nothing that can be sent")


def _value(data: Any) -> Value:
    kind = data.WhichOneof("data")
    content = getattr(data, kind)
    match kind:
        case "string":
            return Text(content)
        case "bytes":
            return Binary(content)
        case "json":
            return Json(content)
    # What is left are numbers.
    return Json(str(content))
