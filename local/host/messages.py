"""The messages that ``azure_functions_runtime`` expects, without protobuf.

The library is given a namespace of message classes and only builds them by keyword, reads their fields and asks
``WhichOneof``. So plain records do. Names are those of the protocol:
https://github.com/Azure/azure-functions-language-worker-protobuf
"""

from types import SimpleNamespace
from typing import Any, ClassVar


class Record:
    """A message: whatever was passed by keyword, and nothing else."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class TypedData(Record):
    """A datum of which exactly one field is set; the library probes for the others."""

    def WhichOneof(self, _group: str) -> str | None:
        """Name the field that is set."""
        return next(iter(self.__dict__), None)


class ParameterBinding(Record):
    """A parameter by name with its datum."""

    def WhichOneof(self, _group: str) -> str:
        """Say that the datum is in the message, not in shared memory."""
        return "data"


class BindingInfo(Record):
    """Direction and data type of a binding."""

    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0


class StatusResult(Record):
    """Whether a request succeeded."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1


class RpcHttpCookie(Record):
    """A cookie of a response."""

    # A namespace, since the word None cannot be the name of a class attribute.
    SameSite: ClassVar[SimpleNamespace] = SimpleNamespace(
        **{"None": "", "Lax": "Lax", "Strict": "Strict", "ExplicitNone": "None"}
    )


class _Plain(Record):
    """A message without constants."""


WorkerInitResponse = WorkerMetadata = FunctionMetadataResponse = FunctionLoadResponse = _Plain
InvocationResponse = RpcFunctionMetadata = RpcRetryOptions = RpcException = RpcHttp = _Plain
NullableString = NullableBool = NullableDouble = NullableTimestamp = Timestamp = _Plain
