"""What an OpenVEX document says, and the disable rules that follow: https://github.com/openvex/spec (0.2.0).

A statement holds unless one that is not older says otherwise of the same product, or of what may be the same. Only
``not_affected`` makes a rule: what is ``fixed`` is no finding any more once the fix is installed, and until a scan
finds it so it stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from shared.domain.criteria import Criteria
from shared.domain.package_urls import InvalidPackageUrl, PackageUrl, parse_purl
from shared.domain.references import InvalidReference, parse_digest, parse_registry, parse_repository
from shared.domain.rules import RuleScope

_MOST_TEXT, _MOST_ID = 1000, 300
_IMAGES = frozenset({"docker", "oci"})


class VexStatus(StrEnum):
    """How a product stands to a vulnerability."""

    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"


class VexComponent(NamedTuple):
    """A product or a part of one: how the document calls it, and the package URLs that name it."""

    name: str
    purls: tuple[str, ...]


class VexProduct(NamedTuple):
    """A product, and the parts of it that a statement is about; none means the whole of it."""

    component: VexComponent
    subcomponents: tuple[VexComponent, ...]


class VexStatement(NamedTuple):
    """A statement; ``why`` is its justification and impact statement, empty where it gives neither.

    Rules are made for the one name of the vulnerability: of its ``aliases`` some may stand for others as well.
    """

    vulnerability: str
    status: VexStatus
    at: datetime
    products: tuple[VexProduct, ...]
    why: str
    aliases: tuple[str, ...] = ()

    @property
    def harmless(self) -> bool:
        """Say whether it is a whole statement that products are not affected."""
        return self.status is VexStatus.NOT_AFFECTED and bool(self.why)

    @property
    def names(self) -> frozenset[str]:
        """All names of the vulnerability, in upper case."""
        return frozenset(name.upper() for name in (self.vulnerability, *self.aliases))


class VexDocument(NamedTuple):
    """A document."""

    id: str
    author: str
    version: int
    statements: tuple[VexStatement, ...]


class Claim(NamedTuple):
    """The smallest thing that is said: a vulnerability does not affect a product, or a component of it."""

    vulnerability: str
    product: VexComponent
    part: VexComponent | None
    why: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other claims of a document."""
        return self.vulnerability.upper(), identity(self.product), identity(self.part) if self.part else ""


class Skipped(msgspec.Struct, frozen=True, rename="camel"):
    """What makes no rule, and why."""

    vulnerability: str
    product: str
    subcomponent: str
    reason: str


class Unmappable(Exception):
    """A claim that cannot be said by a rule without hiding more than it says; the message tells why."""


def claims(document: VexDocument) -> tuple[list[Claim], list[Skipped]]:
    """Return what holds of a document as not affected, and what is left out."""
    denials = list(_denials(document))
    denied: dict[frozenset[str], list[_Denial]] = {}
    found: dict[tuple[str, str, str], Claim] = {}
    skipped: list[Skipped] = []
    for statement in sorted(document.statements, key=lambda one: one.at):
        if not statement.products:
            skipped.append(Skipped(statement.vulnerability, "", "", "the statement names no product"))
        elif statement.status is VexStatus.NOT_AFFECTED and not statement.why:
            reason = "not_affected needs a justification or an impact statement"
            skipped += [Skipped(statement.vulnerability, one.component.name, "", reason) for one in statement.products]
        if statement.harmless and statement.names not in denied:
            denied[statement.names] = [one for one in denials if not one.names.isdisjoint(statement.names)]
        for claim in _claims(statement) if statement.harmless else ():
            against = (one for one in denied[statement.names] if one.at >= statement.at)
            denial = next((one for one in against if one.concerns(claim)), None)
            if denial is not None:
                skipped.append(told_of(claim, f"a statement that is not older says {denial.status} of it or a part"))
            else:
                found[claim.key] = claim
    return list(found.values()), skipped


class _Denial(NamedTuple):
    """What is said against claims: of a product, or of a part of it."""

    names: frozenset[str]
    status: str
    at: datetime
    product: VexComponent
    part: VexComponent | None

    def concerns(self, claim: Claim) -> bool:
        """Say whether what is said against may be about something that a claim is about as well."""
        same_part = self.part is None or claim.part is None or _overlap(self.part, claim.part)
        return same_part and _overlap(self.product, claim.product)


def _denials(document: VexDocument) -> Iterator[_Denial]:
    for one in document.statements:
        status = one.status if one.status is not VexStatus.NOT_AFFECTED else "not_affected without a reason"
        if not one.harmless and not one.products:  # nobody can tell what it is about
            yield _Denial(one.names, status, one.at, VexComponent("", ()), None)
        for claim in () if one.harmless else _claims(one):
            yield _Denial(one.names, status, one.at, claim.product, claim.part)


def _claims(statement: VexStatement) -> Iterator[Claim]:
    for product in statement.products:
        for part in product.subcomponents or (None,):
            yield Claim(statement.vulnerability, product.component, part, statement.why)


def _overlap(one: VexComponent, other: VexComponent) -> bool:
    """Say whether two components may be the same, or one a version of the other."""
    if one.name == other.name:
        return True
    try:
        first, second = _purl(one), _purl(other)
    except Unmappable:
        return True  # nobody can tell
    if {first.type, second.type} <= _IMAGES and first.version == second.version and ":" in first.version:
        return True  # a digest names an image, however that is called
    if (first.type, first.path) != (second.type, second.path):
        return False
    if first.version and second.version:
        return first.version == second.version
    places = {_address(one).lower() for one in (first, second)}
    return bool(first.version or second.version or "" in places or len(places) == 1)


def _address(product: PackageUrl) -> str:
    return product.qualifiers.get("repository_url", "").removeprefix("https://").strip("/")


def identity(component: VexComponent) -> str:
    """Name a component, however its package URL is written."""
    try:
        purl = _purl(component)
    except Unmappable:
        return component.name
    qualifiers = "&".join(f"{name}={value}" for name, value in sorted(purl.qualifiers.items()))
    return f"pkg:{purl.type}/{purl.path}@{purl.version}?{qualifiers}"


def rule_content(claim: Claim, within: RuleScope) -> tuple[RuleScope, Criteria]:
    """Return where a rule for a claim holds and what it hides, never more than is said; raise Unmappable.

    ``within`` narrows it to a registry or a repository. An image is named by ``pkg:oci``: by its digest wherever it
    lies, else by the repository that its qualifier ``repository_url`` names. A tag alone names no image: it moves.
    """
    product = _purl(claim.product)
    if product.type != "oci":
        if claim.part is not None:
            raise Unmappable("no image tells which of its packages are components of another package")
        return within, Criteria(cves=(claim.vulnerability,), purls=(claim.product.purls[0],))
    purls = () if claim.part is None else (_part(claim.part),)
    try:
        return _of_image(product, within, Criteria(cves=(claim.vulnerability,), purls=purls))
    except InvalidReference as error:
        raise Unmappable(f"{claim.product.purls[0]}: {error}") from error


def _part(part: VexComponent) -> str:
    if _purl(part).type == "oci":
        raise Unmappable(f"{part.name} is an image within an image")
    return part.purls[0]


def _of_image(product: PackageUrl, within: RuleScope, criteria: Criteria) -> tuple[RuleScope, Criteria]:
    unknown = product.qualifiers.keys() - {"arch", "repository_url", "tag"}
    if unknown:
        raise Unmappable(f"what {', '.join(sorted(unknown))} means for an image is not known")
    if product.version:
        return within, msgspec.structs.replace(criteria, digests=(parse_digest(product.version),))
    if "arch" in product.qualifiers or "tag" in product.qualifiers:
        raise Unmappable("an image of one tag or architecture must be named by its digest")
    return _place(product, within), criteria


def _place(product: PackageUrl, within: RuleScope) -> RuleScope:
    address = _address(product)
    if not address:
        if within.repository is None or within.repository.rpartition("/")[2] != product.name:
            raise Unmappable("an image without a digest and a repository_url needs the repository that it lies in")
        return within
    host, _, path = address.partition("/")
    registry, repository = parse_registry(host.lower()), parse_repository(path)
    if repository.rpartition("/")[2] != product.name:
        raise Unmappable(f"repository_url does not end with the name {product.name}")
    if within.registry not in (None, registry) or within.repository not in (None, repository):
        raise Unmappable("the repository lies outside of what the document is imported for")
    return RuleScope(registry=registry, repository=repository)


def _purl(component: VexComponent) -> PackageUrl:
    if len(component.purls) != 1:
        many = "several package URLs, of which it may mean any" if component.purls else "no package URL"
        raise Unmappable(f"{component.name or 'a component'} has {many}")
    try:
        return parse_purl(component.purls[0])
    except InvalidPackageUrl as error:
        raise Unmappable(str(error)) from error


def reason_of(claim: Claim, document: VexDocument) -> str:
    """Give the reason of a rule: why the product is not affected, and who says so where."""
    source = f" (OpenVEX {document.id[:_MOST_ID]} version {document.version})"
    return claim.why[: _MOST_TEXT - len(source)] + source


def told_of(claim: Claim, reason: str) -> Skipped:
    """Say that a claim makes no rule."""
    return Skipped(claim.vulnerability, claim.product.name, claim.part.name if claim.part else "", reason)


class Mapped(NamedTuple):
    """What rules follow from a document, and what is left out."""

    rules: tuple[tuple[Claim, RuleScope, Criteria], ...]
    skipped: tuple[Skipped, ...]


def mapped(document: VexDocument, within: RuleScope) -> Mapped:
    """Return what follows from a document, which takes as long as it has statements that contradict others."""
    rules, (held, skipped) = [], claims(document)
    for claim in held:
        try:
            rules.append((claim, *rule_content(claim, within)))
        except Unmappable as error:
            skipped.append(told_of(claim, str(error)))
    return Mapped(tuple(rules), tuple(skipped))
