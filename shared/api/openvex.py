"""OpenVEX documents as the native API takes them, and what it answers: https://github.com/openvex/spec (0.2.0)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from shared.api import parameters
from shared.api.errors import bad_request
from shared.api.rules import criteria_body
from shared.domain.openvex import Skipped, VexComponent, VexDocument, VexProduct, VexStatement, VexStatus
from shared.domain.openvex_plan import VexAction, VexChange, VexPlan
from shared.domain.references import parse_registry, parse_repository
from shared.domain.rules import RuleScope

MAX_BYTES = 8 << 20
_MOST_CLAIMS = 2000
_CONTEXTS = "https://openvex.dev/ns/v0.2."

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Name = Annotated[str, msgspec.Meta(max_length=1000)]
_Long = Annotated[str, msgspec.Meta(max_length=10_000)]
_Flaw = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,199}\Z")]


class OpenVexComponent(msgspec.Struct):
    """A component, by an IRI or by identifiers of some kinds."""

    id: _Name = msgspec.field(default="", name="@id")
    identifiers: dict[str, _Name] = {}


class OpenVexProduct(OpenVexComponent):
    """A product, and the components of it that are meant."""

    subcomponents: tuple[OpenVexComponent, ...] = ()


class OpenVexVulnerability(msgspec.Struct):
    """A vulnerability, by its name and other ones."""

    name: _Flaw
    aliases: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=100)] = ()


class OpenVexStatement(msgspec.Struct):
    """A statement on products."""

    vulnerability: OpenVexVulnerability
    status: VexStatus
    products: tuple[OpenVexProduct, ...] = ()
    timestamp: datetime | None = None
    last_updated: datetime | None = None
    justification: Annotated[str, msgspec.Meta(max_length=100)] = ""
    impact_statement: _Long = ""


class OpenVex(msgspec.Struct):
    """An OpenVEX document: the body of ``POST /api/rules/openvex``."""

    context: _Name = msgspec.field(name="@context")
    id: _Text = msgspec.field(name="@id")
    author: _Text
    timestamp: datetime
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    statements: Annotated[tuple[OpenVexStatement, ...], msgspec.Meta(max_length=_MOST_CLAIMS)]


class Imported(msgspec.Struct, rename="camel"):
    """What an import changed, or would change: numbers, what becomes of each rule, and what made no rule and why."""

    id: str
    version: int
    preview: bool
    made: int
    changed: int
    removed: int
    unchanged: int
    value: tuple[VexChange, ...]
    skipped: tuple[Skipped, ...]


def parse_openvex(body: bytes) -> VexDocument:
    """Read a document of OpenVEX 0.2; raise ApiError 400."""
    if len(body) > MAX_BYTES:
        raise bad_request("document", f"must have at most {MAX_BYTES} bytes")
    try:
        wire = msgspec.json.decode(body, type=OpenVex)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("document", str(error)) from error
    if not wire.context.startswith(_CONTEXTS):
        raise bad_request("document", f"must be of OpenVEX 0.2 (@context {_CONTEXTS}0), not {wire.context[:100]!r}")
    if not wire.id.strip() or not wire.author.strip():
        raise bad_request("document", "needs an @id and an author")
    said = sum(max(1, len(product.subcomponents)) for one in wire.statements for product in one.products)
    if said > _MOST_CLAIMS:
        raise bad_request("document", f"says {said} things, more than {_MOST_CLAIMS}: split it")
    statements = tuple(_statement(one, wire.timestamp) for one in wire.statements)
    return VexDocument(wire.id, wire.author, wire.version, statements)


def parse_within(query: Mapping[str, str]) -> RuleScope:
    """Read ``registry`` and ``repository``, which an import may be narrowed to; raise ApiError 400."""
    return RuleScope(
        registry=parameters.reference("registry", query.get("registry"), parse_registry),
        repository=parameters.reference("repository", query.get("repository"), parse_repository),
    )


def imported_body(document: VexDocument, plan: VexPlan, *, preview: bool) -> dict[str, Any]:
    """Give what an import changed, or would change."""
    counts = Counter(change.action for change in plan.changes)
    numbers = {action.value: counts[action] for action in VexAction}
    told = Imported(
        id=document.id, version=document.version, preview=preview, value=plan.changes, skipped=plan.skipped, **numbers
    )
    value = [{**msgspec.to_builtins(one), "criteria": criteria_body(one.criteria)} for one in plan.changes]
    return {**msgspec.to_builtins(told), "value": value}


def _statement(wire: OpenVexStatement, issued: datetime) -> VexStatement:
    why = ": ".join(text.strip() for text in (wire.justification, wire.impact_statement) if text.strip())
    return VexStatement(
        vulnerability=wire.vulnerability.name,
        status=wire.status,
        at=_utc(wire.last_updated or wire.timestamp or issued),
        products=tuple(
            VexProduct(_component(product), tuple(map(_component, product.subcomponents))) for product in wire.products
        ),
        why=why,
        aliases=wire.vulnerability.aliases,
    )


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise bad_request("document", f"the time {at.isoformat()} has no time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise bad_request("document", f"the time {at.isoformat()} lies outside of the years 1 to 9999") from error


def _component(wire: OpenVexComponent) -> VexComponent:
    named = (wire.id if wire.id.startswith("pkg:") else "", wire.identifiers.get("purl", ""))
    purls = tuple(dict.fromkeys(purl for purl in named if purl))
    return VexComponent(wire.id or next(iter(purls), ""), purls)


def sample() -> dict[str, Any]:
    """Give a small document, for the description of the API."""
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://contoso.example/vex/app-1",
        "author": "security@contoso.example",
        "timestamp": "2026-11-22T10:00:00Z",
        "version": 1,
        "statements": [
            {
                "vulnerability": {"name": "CVE-2026-0001"},
                "products": [{"@id": "pkg:oci/app?repository_url=contoso.azurecr.io/team/app"}],
                "status": "not_affected",
                "justification": "vulnerable_code_not_in_execute_path",
            }
        ],
    }
