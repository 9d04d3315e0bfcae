"""What the host and its worker say to each other: MessagePack frames over a Unix socket.

A frame is its length (4 bytes, big-endian) and one message as MessagePack. Values have the types of ``TypedData`` of
the Functions protocol: https://github.com/Azure/azure-functions-language-worker-protobuf
"""

import asyncio

import msgspec

_LENGTH_BYTES = 4


class Text(msgspec.Struct, frozen=True, tag="string"):
    """A text of a binding."""

    content: str


class Json(msgspec.Struct, frozen=True, tag="json"):
    """JSON of a binding, as text."""

    content: str


class Binary(msgspec.Struct, frozen=True, tag="bytes"):
    """Bytes of a binding."""

    content: bytes


Value = Text | Json | Binary


class HttpRequest(msgspec.Struct, frozen=True, tag="http-request"):
    """A request as a function sees it. Header names are in lower case; ``params`` are those of the route."""

    method: str
    url: str
    headers: dict[str, str]
    params: dict[str, str]
    query: dict[str, str]
    body: bytes


class HttpResponse(msgspec.Struct, frozen=True, tag="http-response"):
    """A response as a function returned it. ``cookies`` are values for ``Set-Cookie``."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes


class Invoke(msgspec.Struct, frozen=True, tag="invoke"):
    """Run a function: host to worker. ``parameter`` is the trigger's, the only input."""

    invocation_id: str
    function_id: str
    parameter: str
    value: Value | HttpRequest
    metadata: dict[str, Value]
    trace_parent: str = ""
    retry_count: int = 0
    max_retry_count: int = 0


class Retry(msgspec.Struct, frozen=True):
    """The retry policy of a function; delays in seconds."""

    strategy: str
    max_retry_count: int
    delay: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0


class IndexedFunction(msgspec.Struct, frozen=True):
    """A function as the library indexed it; ``bindings`` are JSON objects as in ``function.json``."""

    name: str
    function_id: str
    bindings: list[str]
    retry: Retry | None = None


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The app is loaded: worker to host, once."""

    functions: list[IndexedFunction]
    capabilities: dict[str, str]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The app could not be loaded: worker to host, once, then the worker ends."""

    message: str
    stack: str


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """The function succeeded: worker to host."""

    invocation_id: str
    value: Value | HttpResponse | None
    outputs: dict[str, Value]


class Raised(msgspec.Struct, frozen=True, tag="raised"):
    """The function failed: worker to host."""

    invocation_id: str
    message: str
    stack: str


FromWorker = Ready | Refused | Returned | Raised

_encoder = msgspec.msgpack.Encoder()
_invoke_decoder = msgspec.msgpack.Decoder(Invoke)
_answer_decoder: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


def frame(message: Invoke | FromWorker) -> bytes:
    """Encode a message with its length in front."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH_BYTES) + body


async def read_invoke(reader: asyncio.StreamReader) -> Invoke:
    """Read the next request of the host.

    Raises ``asyncio.IncompleteReadError`` at the end of the stream, ``msgspec.DecodeError`` on anything else.
    """
    return _invoke_decoder.decode(await _read_body(reader))


async def read_answer(reader: asyncio.StreamReader) -> FromWorker:
    """Read the next answer of the worker; raises as ``read_invoke`` does."""
    return _answer_decoder.decode(await _read_body(reader))


async def _read_body(reader: asyncio.StreamReader) -> bytes:
    length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES))
    return await reader.readexactly(length)
