"""Requests to Azure Resource Manager, over the pipeline of azure-core.

No azure-mgmt package: four kinds of resources are asked for, and each package costs a quarter of a second at import.
Source: learn.microsoft.com, "Azure REST API reference" and "Throttling Resource Manager requests".
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.subscription.interface import ManagementFailure

if TYPE_CHECKING:
    from azure.core import PipelineClient
    from azure.core.credentials import TokenCredential
    from azure.core.rest import HttpRequest, HttpResponse

type Json = dict[str, Any]

_ATTEMPTS = 4
_LONGEST_WAIT = 20.0  # seconds; a server that asks for more is left alone until the next discovery
_MOST_PAGES = 1_000
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


class ManagementClient:
    """Reads and writes resources by path, such as ``/subscriptions/…/registries``."""

    def __init__(
        self,
        base_url: str,
        scope: str,
        credential: TokenCredential,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._scope = scope
        self._credential = credential
        self._sleep = sleep

    @cached_property
    def _client(self) -> PipelineClient[Any, Any]:
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy, UserAgentPolicy

        # No redirect is followed and nothing is repeated by the pipeline: both are decided below.
        signed = BearerTokenCredentialPolicy(self._credential, self._scope)
        return PipelineClient(self._base_url, policies=[UserAgentPolicy("plimsoll"), signed])

    def get(self, path: str, api_version: str) -> Json | None:
        """Return a resource, or None where Azure answers that there is none. Raises ManagementFailure."""
        answer = self._send("GET", f"{self._base_url}{path}?api-version={api_version}")
        return None if answer.status_code == 404 and _code(answer) in _NOT_THERE else self._body(answer, path)

    def put(self, path: str, api_version: str, body: Json) -> Json:
        """Create or replace a resource. Raises ManagementFailure."""
        answer = self._send("PUT", f"{self._base_url}{path}?api-version={api_version}", body)
        return self._body(answer, path)

    def list(self, path: str, api_version: str) -> Iterator[Json]:
        """Yield the items of all pages. Raises ManagementFailure, also for a next page on another host."""
        address: str | None = f"{self._base_url}{path}?api-version={api_version}"
        for _ in range(_MOST_PAGES):
            if address is None:
                return
            page = self._body(self._send("GET", self._own(address, path)), path)
            items = page.get("value")
            if not isinstance(items, list):
                raise ManagementFailure(f"the list {path} cannot be read: a page has no items")
            yield from (item for item in items if isinstance(item, dict))
            address = page.get("nextLink") or None
        raise ManagementFailure(f"the list {path} has more than {_MOST_PAGES} pages")

    def _own(self, address: object, path: str) -> str:
        ours = urlsplit(self._base_url)
        theirs = urlsplit(address) if isinstance(address, str) else urlsplit("")
        if (theirs.scheme, theirs.netloc.lower()) != (ours.scheme, ours.netloc.lower()):
            raise ManagementFailure(f"the list {path} goes on at another host: not followed")
        return str(address)

    def _send(self, method: str, address: str, body: Json | None = None) -> HttpResponse:
        from azure.core.exceptions import AzureError, ClientAuthenticationError
        from azure.core.rest import HttpRequest

        for attempt in range(_ATTEMPTS):
            last = attempt == _ATTEMPTS - 1
            try:
                answer = self._once(HttpRequest(method, address, json=body) if body else HttpRequest(method, address))
            except ClientAuthenticationError as error:
                raise ManagementFailure("no Microsoft Entra token: assign the managed identity to the app") from error
            except AzureError as error:
                if last:
                    raise ManagementFailure("Azure Resource Manager cannot be reached: check the network") from error
                self._sleep(_pause(attempt))
                continue
            if answer.status_code not in _TRANSIENT or last:
                return answer
            self._sleep(_wait(answer, attempt))
        raise AssertionError("unreachable")

    def _once(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = self._client.send_request(request)
        answer.read()
        return answer

    def _body(self, answer: HttpResponse, path: str) -> Json:
        status = answer.status_code
        if status in (401, 403):
            raise ManagementFailure(f"{_about(path)}: the identity may not ({status}); it needs {_role(path)}")
        if status not in (200, 201, 202):
            raise ManagementFailure(f"{_about(path)}: Azure Resource Manager answered {status} {_code(answer)}".strip())
        found = _json(answer)
        if found is None:
            raise ManagementFailure(f"{_about(path)}: the answer of Azure Resource Manager cannot be read")
        return found


_NOT_THERE = frozenset({"ResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound", "NotFound"})
_ROLES: Mapping[str, str] = {
    "microsoft.eventgrid": "the role EventGrid Contributor on the subscription",
    "microsoft.insights": "the role Monitoring Contributor on the subscription",
}


def _role(path: str) -> str:
    provider = path.lower().rpartition("/providers/")[2].partition("/")[0]
    return _ROLES.get(provider, "the role Reader on the subscription")


def _about(path: str) -> str:
    return path.rpartition("/providers/")[2] or path


def _json(answer: HttpResponse) -> Json | None:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _code(answer: HttpResponse) -> str:
    """Give the code of an error document; texts are left out, for they name times and requests."""
    error = (_json(answer) or {}).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code[:80] if isinstance(code, str) and code.isascii() and code.isprintable() else ""


def _wait(answer: HttpResponse, attempt: int) -> float:
    asked = answer.headers.get("Retry-After", "")
    seconds = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0.0
    if seconds > _LONGEST_WAIT:
        raise ManagementFailure("Azure Resource Manager has too much to do: the next discovery goes on")
    return max(seconds, _pause(attempt))


def _pause(attempt: int) -> float:
    return float(random.uniform(0.1, 0.5) * 2**attempt)  # noqa: S311 - spreads load, keeps no secret
