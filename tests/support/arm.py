"""A stand-in for Azure Resource Manager: registries, system topics, event subscriptions and diagnostic settings.

It answers over TLS on 127.0.0.1 with the shapes of the REST reference, keeps what is put, and refuses what Azure
refuses: a second topic for a source, a subscription without its topic, the same log category twice to one account.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.acr import Received, RecordingServer, Reply

SUBSCRIPTION = "00000000-0000-0000-0000-0000000000a1"
TOKEN = "management-token"
VERSIONS = {
    "microsoft.containerregistry": "2025-11-01",
    "microsoft.eventgrid": "2025-02-15",
    "microsoft.insights": "2021-05-01-preview",
}
_PAGE = 2


def registry_id(name: str, group: str = "shop") -> str:
    """Give the id of a registry of the stand-in."""
    return (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{name}"
    )


@dataclass
class ArmStandIn:
    """``resources`` are by id in lower case; ``faults`` are answered first, by method and part of a path."""

    tls: ssl.SSLContext
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[tuple[str, str, Reply]] = field(default_factory=list)
    next_link: str = ""

    def __enter__(self) -> Self:
        self.server = RecordingServer(self._answer, self.tls)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    def add_registry(self, name: str, tags: Mapping[str, str] | None = None, **properties: object) -> str:
        """Make a registry; return its id."""
        found = {"loginServer": f"{name}.azurecr.io", "provisioningState": "Succeeded", **properties}
        self._keep(registry_id(name), {"location": "westeurope", "tags": dict(tags or {}), "properties": found})
        return registry_id(name)

    def add_topic(self, path: str, source: str, identity: Mapping[str, Any] | None = None) -> None:
        """Make a system topic that somebody else owns."""
        self._keep(path, {"location": "westeurope", "identity": identity, "properties": {"source": source}})

    def written(self) -> list[tuple[str, str]]:
        """Return what was written, as method and path."""
        return [(one.method, urlsplit(one.path).path) for one in self.server.received if one.method != "GET"]

    def of(self, part: str) -> list[dict[str, Any]]:
        """Return the resources whose id has this part."""
        return [found for path, found in sorted(self.resources.items()) if part.lower() in path]

    def _answer(self, request: Received) -> Reply:
        for number, (method, part, reply) in enumerate(self.faults):
            if method == request.method and part.lower() in request.path.lower():
                del self.faults[number]
                return reply
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "AuthenticationFailed")
        split = urlsplit(request.path)
        path, query = split.path.rstrip("/").lower(), dict(parse_qsl(split.query))
        provider = path.rpartition("/providers/")[2].partition("/")[0]
        if query.get("api-version") != VERSIONS.get(provider):
            return _error(400, "InvalidApiVersionParameter")
        if request.method == "PUT":
            return self._put(path, json.loads(request.body))
        if path in self.resources:
            return _ok(self.resources[path])
        kind = path.rpartition("/")[2]
        listed = kind in ("registries", "systemtopics", "diagnosticsettings")
        return self._list(path, kind, int(query.get("skip", 0))) if listed else _error(404, "ResourceNotFound")

    def _list(self, path: str, kind: str, skip: int) -> Reply:
        parent = path.rpartition("/providers/")[0]
        items = [
            found
            for name, found in sorted(self.resources.items())
            if name.rpartition("/")[0].endswith("/" + kind) and name.startswith(parent)
        ]
        body: dict[str, Any] = {"value": items[skip : skip + _PAGE]}
        if len(items) > skip + _PAGE:
            version = VERSIONS[path.rpartition("/providers/")[2].partition("/")[0]]
            link = f"{self.server.url}{path}?api-version={version}&skip={skip + _PAGE}"
            body["nextLink"] = self.next_link or link
        return Reply(200, json.dumps(body).encode())

    def _put(self, path: str, body: dict[str, Any]) -> Reply:
        properties = body.get("properties", {})
        if "/systemtopics/" in path and "/eventsubscriptions/" not in path:
            source = str(properties.get("source")).lower()
            others = [one for name, one in self.resources.items() if "/systemtopics/" in name and name != path]
            if any(str(one["properties"].get("source")).lower() == source for one in others):
                return _error(400, "InvalidRequest")  # "There is an existing tracked system topic for the given source"
            if source not in self.resources or not body.get("location"):
                return _error(400, "InvalidRequest")
        if "/eventsubscriptions/" in path and path.partition("/eventsubscriptions/")[0] not in self.resources:
            return _error(404, "ParentResourceNotFound")
        if "/diagnosticsettings/" in path and self._sent_already(path, properties):
            return _error(409, "Conflict")
        made = path not in self.resources
        self._keep(path, body)
        return _ok(self.resources[path], 201 if made else 200)

    def _sent_already(self, path: str, properties: Mapping[str, Any]) -> bool:
        parent = path.rpartition("/")[0]
        others = [one for name, one in self.resources.items() if name.startswith(parent + "/") and name != path]
        account = str(properties.get("storageAccountId")).lower()
        return any(str(one["properties"].get("storageAccountId")).lower() == account for one in others)

    def _keep(self, path: str, body: Mapping[str, Any]) -> None:
        stored = json.loads(json.dumps(body))
        # Azure answers with fields of its own, and with ids in a case of its own.
        stored["properties"] = {**stored.get("properties", {}), "provisioningState": "Succeeded"}
        self.resources[path.lower()] = {"id": path, "name": path.rpartition("/")[2], **stored}


def _ok(body: Mapping[str, Any], status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _error(status: int, code: str) -> Reply:
    body = {"error": {"code": code, "message": "at 2026-11-22T10:00:00Z, correlation id 1234"}}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
