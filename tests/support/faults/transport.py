"""A transport of the Azure SDK that breaks a share of all requests on their way to a real service, or back."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any

import requests
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import RequestsTransport, RequestsTransportResponse
from azure.core.rest._requests_basic import RestRequestsTransportResponse
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from tests.support.faults.gates import Fault

_KINDS = (Fault.LOST, Fault.REFUSED, Fault.RESENT, Fault.UNANSWERED, Fault.DELAYED)
_LONGEST_WAIT = 0.02  # seconds, where the SDK would wait between two attempts for as many as eight


@dataclass
class Breakage:
    """What to break, drawn from a seed, and what was broken; several threads may share it."""

    random: Random
    share: float
    requests: int = 0
    injected: Counter[Fault] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self) -> Fault | None:
        """Say what happens to the next request."""
        if not self.share:
            return None
        with self._lock:
            self.requests += 1
            if self.random.random() >= self.share:
                return None
            fault = self.random.choice(_KINDS)
            self.injected[fault] += 1
            return fault


class FaultyTransport(RequestsTransport):  # type: ignore[misc]
    """Sends requests as the SDK does, and loses some of them or of their answers."""

    def __init__(self, breakage: Breakage) -> None:
        super().__init__()
        self._breakage = breakage

    def send(self, request: Any, **options: Any) -> Any:
        """Send one request, or not."""
        fault = self._breakage.draw()
        if fault is Fault.LOST:
            raise ServiceRequestError("injected: no connection")
        if fault is Fault.REFUSED:
            return _server_busy(request)
        if fault is Fault.DELAYED:
            time.sleep(_LONGEST_WAIT)
        answer = super().send(request, **options)
        if fault is Fault.UNANSWERED:
            raise ServiceResponseError("injected: connection aborted")
        return _server_busy(request) if fault is Fault.RESENT else answer

    def sleep(self, duration: float) -> None:
        """Wait before the SDK's next attempt, shorter than it would."""
        time.sleep(min(duration, _LONGEST_WAIT))


def made_answer(request: Any, status: int, body: bytes, headers: Mapping[str, str]) -> Any:
    """Make an answer as the SDK's own transport would give it."""
    answer = requests.Response()
    answer.status_code, answer.headers = status, CaseInsensitiveDict(headers)
    answer.raw = HTTPResponse(BytesIO(body), status=status, preload_content=False)
    if not hasattr(request, "content"):  # a request of azure.core.pipeline; the others are of azure.core.rest
        return RequestsTransportResponse(request, answer, 4096)
    made = RestRequestsTransportResponse(  # type: ignore[no-untyped-call]
        request=request, internal_response=answer, block_size=4096
    )
    made.read()
    return made


def _server_busy(request: Any) -> Any:
    return made_answer(request, 503, b"", {})
