"""Listings: what a registry holds, page by page.

Sources: OCI Distribution Specification 1.1, "Listing Tags", and distribution's "Listing Repositories"
(``/v2/_catalog``); for Azure the REST reference of Container Registry (``/acr/v1/_catalog``,
``/acr/v1/{name}/_manifests`` and ``/_tags``), which also tells digests and times. A page names the next one by
``Link: <…>; rel="next"`` (RFC 8288).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference, is_digest, parse_digest, parse_repository, parse_tag
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.client import Document, RegistryClient
from shared.registry.interface import ListedManifest, ListedTag
from shared.registry.manifests import ACCEPT
from shared.registry.refusals import refused
from shared.registry.tokens import pull_scope

_PAGE = 500
_MOST_PAGES = 2_000  # of one repository's listing
_CATALOG_SCOPE = "registry:catalog:*"
_GONE = frozenset({"MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TAG_UNKNOWN"})
_NEXT = re.compile(r'<([^<>]{1,4096})>\s*;[^,]*\brel="?next"?')


class CatalogClient:
    """Lists registries over the client that pulls from them. Implements RegistryCatalog."""

    def __init__(self, client: RegistryClient, allowlist: Allowlist) -> None:
        self._client = client
        self._allowlist = allowlist

    def repositories(self, registry: str, after: str) -> Iterator[str]:
        """Yield the repositories behind one; raise ScanFailure where a page cannot be had or read."""
        path = "/acr/v1/_catalog" if self._azure(registry) else "/v2/_catalog"
        for page in self._pages(registry, path, _CATALOG_SCOPE, after, most=None):
            for name in _list(page, "repositories"):
                yield _checked(parse_repository, name, registry)

    def manifests(self, registry: str, repository: str) -> Sequence[ListedManifest]:
        """Return the manifests of a repository; none where the registry says that there is no such repository."""
        name = parse_repository(repository)
        return self._of_azure(registry, name) if self._azure(registry) else self._of_tags(registry, name)

    def media_type(self, registry: str, repository: str, reference: str) -> str | None:
        """Ask for a manifest; only the registry's own word that it has none counts as that. Raise ScanFailure."""
        named = reference if is_digest(reference) else parse_tag(reference)
        found = self._manifest(registry, parse_repository(repository), named)
        return None if found is None else _media_type(found)

    def _azure(self, registry: str) -> bool:
        return self._allowlist.endpoint(registry).azure

    def _of_azure(self, registry: str, repository: str) -> Sequence[ListedManifest]:
        scope = f"repository:{repository}:metadata_read"
        base = f"/acr/v1/{repository}"
        tags: dict[str, list[ListedTag]] = {}
        # Tags first: a manifest that is pushed between the two listings is then listed without its tag, and a tag
        # never without its manifest.
        for page in self._pages(registry, f"{base}/_tags", scope, "", most=_MOST_PAGES):
            for tag in _list(page, "tags"):
                digest = _checked(parse_digest, _field(tag, "digest"), registry)
                listed = ListedTag(_checked(parse_tag, _field(tag, "name"), registry), _time(tag, "lastUpdateTime"))
                tags.setdefault(digest, []).append(listed)
        manifests = [
            (_checked(parse_digest, _field(one, "digest"), registry), one)
            for page in self._pages(registry, f"{base}/_manifests", scope, "", most=_MOST_PAGES)
            for one in _list(page, "manifests")
        ]
        return [
            ListedManifest(digest, str(one.get("mediaType") or ""), tuple(tags.get(digest, ())), _time(one))
            for digest, one in manifests
        ]

    def _of_tags(self, registry: str, repository: str) -> Sequence[ListedManifest]:
        found: dict[tuple[str, str], list[ListedTag]] = {}
        for page in self._pages(registry, f"/v2/{repository}/tags/list", pull_scope(repository), "", most=_MOST_PAGES):
            for name in _list(page, "tags"):
                tag = _checked(parse_tag, name, registry)
                manifest = self._manifest(registry, repository, tag)
                if manifest is not None:  # the tag went away meanwhile
                    digest = _checked(parse_digest, manifest.answer.header("Docker-Content-Digest"), registry)
                    found.setdefault((digest, _media_type(manifest)), []).append(ListedTag(tag))
        return [ListedManifest(digest, kind, tuple(tags)) for (digest, kind), tags in found.items()]

    def _manifest(self, registry: str, repository: str, reference: str) -> Document | None:
        what = f"manifest {repository}/{reference}"
        path = f"/v2/{repository}/manifests/{reference}"
        found = self._client.document(registry, path, pull_scope(repository), what, {"Accept": ACCEPT})
        if found.answer.status == 200:
            return found
        # A 404 of a gateway, or of a registry that has lost its storage, says nothing about a manifest.
        if found.answer.status == 404 and _error_codes(found.body) & _GONE:
            return None
        raise _refusal(found, what)

    def _pages(self, registry: str, path: str, scope: str, after: str, most: int | None) -> Iterator[dict[str, Any]]:
        """Yield the pages of a listing; of a link only ``last`` is taken, so that it leads nowhere else."""
        last = after
        pages = 0
        while most is None or pages < most:
            query = urlencode({"n": _PAGE, "last": last} if last else {"n": _PAGE})
            found = self._client.document(registry, f"{path}?{query}", scope, f"listing {path}", {})
            if most is not None and found.answer.status == 404 and _error_codes(found.body) & _GONE:
                return  # there is no such repository; a registry without a catalog is another matter
            if found.answer.status != 200:
                raise _refusal(found, f"listing {path}")
            yield _object(found, path)
            following = _next(found)
            if following is None:
                return
            if following == last:
                raise _unreadable(found.endpoint, path, "its pages lead in a circle")
            last, pages = following, pages + 1
        raise ScanFailure(FailureReason.LIMIT_EXCEEDED, f"{path} of {registry} has more than {most} pages")


def _next(found: Document) -> str | None:
    link = found.answer.header("Link")
    if not link:
        return None
    match = _NEXT.search(link[:8192])
    last = parse_qs(urlsplit(match[1]).query).get("last", [""])[0] if match else ""
    if not last or len(last) > 512:
        raise _unreadable(found.endpoint, "a listing", "the link to its next page cannot be followed")
    return last


def _object(found: Document, path: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(found.body, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(found.endpoint, path, str(error)) from error


def _list(page: dict[str, Any], name: str) -> list[Any]:
    entries = page.get(name)
    if entries is None and name in page:
        return []  # docker-registry writes null for a repository without tags
    if not isinstance(entries, list):
        raise ScanFailure(FailureReason.REGISTRY_ERROR, f"a page of a listing has no list of {name}")
    return entries


def _field(entry: Any, name: str) -> object:
    return entry.get(name) if isinstance(entry, dict) else None


def _checked(parse: Callable[[object], str], value: object, registry: str) -> str:
    try:
        return parse(value)
    except InvalidReference as error:
        raise ScanFailure(FailureReason.REGISTRY_ERROR, f"a listing of {registry} cannot be used: {error}") from error


def _time(entry: Any, name: str = "createdTime") -> datetime | None:
    try:
        at = msgspec.convert(_field(entry, name), datetime)
    except msgspec.ValidationError:
        return None  # it is told for information: the listing itself is good
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _media_type(found: Document) -> str:
    return found.answer.header("Content-Type").partition(";")[0].strip()


def _error_codes(body: bytes) -> frozenset[str]:
    """Give the codes of a registry's error document (specification, "Error Codes"); none for anything else."""
    try:
        errors = msgspec.json.decode(body, type=dict[str, Any]).get("errors")
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return frozenset()
    return frozenset(str(_field(one, "code")) for one in errors) if isinstance(errors, list) else frozenset()


def _refusal(found: Document, what: str) -> ScanFailure:
    if found.answer.status in (401, 403):
        return refused(found.endpoint, found.answer, what, FailureReason.REGISTRY_ERROR, found.body)
    text = f"{found.endpoint.host} answered {found.answer.status} for {what}: the next sweep asks again"
    return ScanFailure(FailureReason.REGISTRY_ERROR, text)


def _unreadable(endpoint: Endpoint, path: str, why: str) -> ScanFailure:
    return ScanFailure(FailureReason.REGISTRY_ERROR, f"{path} of {endpoint.host} cannot be read: {why}")
