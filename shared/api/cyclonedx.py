"""A scan as a CycloneDX 1.6 document: the packages of an image, and what is known to be wrong with them.

Specification: https://cyclonedx.org/docs/1.6/json/ (ECMA-424).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.api.cyclonedx_vulnerabilities import vulnerabilities
from shared.api.scan_facts import document_id, image_name, image_purl, left_open, one_line, utc_text
from shared.domain.packages import Package
from shared.services.query_scan_result import ScanResult
from shared.services.query_status import VERSION

MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.6"

_IMAGE, _SYSTEM = "image", "operating-system"
_SEPARATORS = {"Maven": ":", "npm": "/", "Packagist": "/"}  # between what CycloneDX calls group and name

type Json = dict[str, Any]


def cyclonedx_document(result: ScanResult) -> Json:
    """Give the document; the same scan under the same rules and exploit signals gives the same."""
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
        "vulnerabilities": list(vulnerabilities(result.judged, refs, result, _IMAGE)),
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
        ("caveat", result.caveat),
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


def _properties(facts: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": f"plimsoll:{name}", "value": text} for name, text in facts if text]
