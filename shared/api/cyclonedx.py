"""A scan as a CycloneDX 1.6 document: the packages of an image, and what is known to be wrong with them (VEX).

Specification: https://cyclonedx.org/docs/1.6/json/ (ECMA-424). A disabled finding is ``exploitable`` with the response
``will_not_fix``: somebody decided to live with it, which is no claim that the image is not affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.api.scan_facts import (
    addresses,
    advisory_url,
    document_id,
    flaw_name,
    image_name,
    image_purl,
    left_open,
    one_line,
    published_at,
    utc_text,
    why_disabled,
)
from shared.domain.findings import Finding, Rating
from shared.domain.image_health import JudgedFinding
from shared.domain.packages import Package
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult
from shared.services.query_status import VERSION

MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"

_IMAGE, _SYSTEM = "image", "operating-system"
_SEPARATORS = {"Maven": ":", "npm": "/", "Packagist": "/"}  # between what CycloneDX calls group and name
_SCHEMES = {"CVSS:4.0": "CVSSv4", "CVSS:3.1": "CVSSv31", "CVSS:3.0": "CVSSv3"}

type Json = dict[str, Any]
type Refs = Mapping[tuple[str, str], str]
"""References of components by package URL and path."""


def cyclonedx_document(result: ScanResult) -> Json:
    """Give the document; the same scan under the same rules gives the same."""
    packages = {(package.purl, package.path): package for package in result.inventory.packages}
    refs = {key: f"package-{number}" for number, key in enumerate(packages, start=1)}
    content = {
        "metadata": _metadata(result),
        "components": [*_system(result), *(_component(package, refs[key]) for key, package in packages.items())],
        "dependencies": [{"ref": _IMAGE, "dependsOn": [*_refs_of(_system(result)), *refs.values()]}],
        "compositions": [
            {"aggregate": "incomplete" if result.inventory.unreadable else "unknown", "assemblies": [_IMAGE]},
            {"aggregate": "unknown", "dependencies": [_IMAGE]},
        ],
        "vulnerabilities": list(_vulnerabilities(result.judged, refs, result.rules)),
    }
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
    }
    return {**head, "serialNumber": f"urn:uuid:{document_id(content)}", "version": 1, **content}


def _metadata(result: ScanResult) -> Json:
    scan = result.scan.event
    facts = [
        ("scan", scan.scan_id),
        ("platform", str(scan.platform or "")),
        ("advisorySnapshot", scan.advisory_snapshot),
        *(("leftOpen", gap) for gap in left_open(result)),
    ]
    return {
        "timestamp": utc_text(result.scan.at),
        "tools": {"components": [{"type": "application", "name": "Plimsoll", "version": VERSION}]},
        "component": {
            "type": "container",
            "bom-ref": _IMAGE,
            "name": image_name(result).partition("@")[0],
            "version": result.image.digest,
            "purl": image_purl(result),
        },
        "properties": _properties(facts),
    }


def _system(result: ScanResult) -> list[Json]:
    found = result.inventory.distribution
    if found is None:
        return []
    made = {"type": "operating-system", "bom-ref": _SYSTEM, "name": found.id, "version": found.version_id}
    return [{**made, "description": one_line(found.name)}]


def _refs_of(components: Iterable[Json]) -> list[str]:
    return [component["bom-ref"] for component in components]


def _component(package: Package, ref: str) -> Json:
    group, name = _group_and_name(package)
    facts = [
        ("ecosystem", package.ecosystem),
        ("layer", package.layer),
        ("source", package.source),
        ("sourceVersion", package.source_version),
        ("owner", package.owner),
        ("module", package.module),
    ]
    return {
        "type": "library",
        "bom-ref": ref,
        **({"group": group} if group else {}),
        "name": name,
        "version": package.version,
        "purl": package.purl,
        "evidence": {"occurrences": [{"location": package.path}]},
        "properties": _properties(facts),
    }


def _group_and_name(package: Package) -> tuple[str, str]:
    separator = _SEPARATORS.get(package.ecosystem)
    group, _, name = package.name.partition(separator) if separator else ("", "", package.name)
    return (group, name) if name else ("", package.name)


def _vulnerabilities(judged: Iterable[JudgedFinding], refs: Refs, rules: Mapping[str, Rule]) -> Iterator[Json]:
    """Yield each finding once; packages that differ in nothing but their architecture share one."""
    made: dict[str, Json] = {}
    for one in judged:
        affected = _affected(one.finding, refs)
        known = made.get(one.finding.id)
        if known is None:
            rule = rules[one.disabled_by] if one.disabled_by else None
            made[one.finding.id] = {**_vulnerability(one.finding, rule), "affects": [affected]}
        elif affected not in known["affects"]:
            known["affects"].append(affected)
    yield from made.values()


def _vulnerability(finding: Finding, rule: Rule | None) -> Json:
    others = [name for name in dict.fromkeys((finding.advisory, *finding.aliases)) if name != flaw_name(finding)]
    told = {
        "description": one_line(finding.title),
        "detail": one_line(finding.undetermined or ""),
        "recommendation": one_line(finding.remediation),
        "published": published_at(finding),
        "analysis": _analysis(rule) if rule else None,
    }
    return {
        "bom-ref": f"finding-{finding.id}",
        "id": flaw_name(finding),
        "source": _source(finding.advisory),
        "references": [{"id": name, "source": _source(name)} for name in others],
        "ratings": [_verdict(finding), *map(_rating, finding.ratings)],
        "advisories": [{"url": address} for address in dict.fromkeys(addresses(finding))],
        **{name: text for name, text in told.items() if text},
    }


def _affected(finding: Finding, refs: Refs) -> Json:
    versions = [{"version": finding.package.version, "status": "unknown" if finding.undetermined else "affected"}]
    if finding.fixed_version:
        versions.append({"version": finding.fixed_version, "status": "unaffected"})
    # A finding of a package that the inventory lacks is still one of the image.
    return {"ref": refs.get((finding.package.purl, finding.package.path), _IMAGE), "versions": versions}


def _analysis(rule: Rule) -> Json:
    return {"state": "exploitable", "response": ["will_not_fix"], "detail": why_disabled(rule)}


def _verdict(finding: Finding) -> Json:
    return {"source": {"name": "Plimsoll"}, "severity": _severity(finding.severity), "method": "other"}


def _rating(rating: Rating) -> Json:
    return {
        "source": {"name": rating.source},
        **({"score": rating.score} if rating.score is not None else {}),
        "severity": _severity(rating.severity),
        "method": _method(rating.vector),
        **({"vector": rating.vector} if rating.vector else {}),
    }


def _method(vector: str) -> str:
    if vector.startswith("AV:"):
        return "CVSSv2"
    return _SCHEMES.get(vector[:8], "other")


def _severity(severity: Severity) -> str:
    return "info" if severity is Severity.NEGLIGIBLE else severity.value


def _source(advisory: str) -> Json:
    return {"name": "OSV", "url": advisory_url(advisory)}


def _properties(facts: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": f"plimsoll:{name}", "value": text} for name, text in facts if text]
