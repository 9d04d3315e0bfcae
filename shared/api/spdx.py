"""A scan as an SPDX 2.3 document: the packages of an image, with the advisories that hit them.

Specification: https://spdx.github.io/spdx-spec/v2.3/. Licences are not looked for, and said to be unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from shared.api.scan_facts import advisory_url, document_id, image_name, image_purl, left_open, one_line, utc_text
from shared.domain.image_health import JudgedFinding
from shared.domain.packages import Package
from shared.services.query_caveats import joined
from shared.services.query_scan_result import ScanResult
from shared.services.query_status import VERSION

MEDIA_TYPE = "application/spdx+json"

_DOCUMENT, _IMAGE = "SPDXRef-DOCUMENT", "SPDXRef-Image"
_UNKNOWN = {
    "downloadLocation": "NOASSERTION",
    "filesAnalyzed": False,
    "licenseConcluded": "NOASSERTION",
    "licenseDeclared": "NOASSERTION",
    "copyrightText": "NOASSERTION",
}

type Json = dict[str, Any]
type Advisories = dict[tuple[str, str], list[str]]
"""Advisories by the package URL and path of what they hit."""


def spdx_document(result: ScanResult) -> Json:
    """Give the document; the same scan gives the same."""
    found = {(package.purl, package.path): package for package in result.inventory.packages}
    hits = _advisories(result.judged)
    packages = [
        _package(package, number, hits.get(key, ())) for number, (key, package) in enumerate(found.items(), start=1)
    ]
    content = {
        "name": image_name(result),
        "creationInfo": {
            "created": utc_text(result.scan.at),
            "creators": [f"Tool: Plimsoll-{VERSION}"],
            **_comment(left_open(result), result.caveat),
        },
        "packages": [_image(result), *packages],
        "relationships": [
            _relation(_DOCUMENT, "DESCRIBES", _IMAGE),
            *(_relation(_IMAGE, "CONTAINS", package["SPDXID"]) for package in packages),
        ],
    }
    head = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": _DOCUMENT}
    return {**head, "documentNamespace": f"urn:uuid:{document_id(content)}", **content}


def _advisories(judged: Iterable[JudgedFinding]) -> Advisories:
    found: Advisories = defaultdict(list)
    for one in judged:
        found[one.finding.package.purl, one.finding.package.path].append(one.finding.advisory)
    return found


def _image(result: ScanResult) -> Json:
    algorithm, _, checksum = result.image.digest.partition(":")
    return {
        "SPDXID": _IMAGE,
        "name": image_name(result).partition("@")[0],
        "versionInfo": result.image.digest,
        "primaryPackagePurpose": "CONTAINER",
        "checksums": [{"algorithm": algorithm.upper(), "checksumValue": checksum}],
        "externalRefs": [_purl(image_purl(result))],
        **_UNKNOWN,
    }


def _package(package: Package, number: int, advisories: Iterable[str]) -> Json:
    links = map(advisory_url, dict.fromkeys(advisories))
    return {
        "SPDXID": f"SPDXRef-Package-{number}",
        "name": one_line(package.name),
        "versionInfo": one_line(package.version),
        "sourceInfo": one_line(f"found in {package.path} of layer {package.layer}"),
        "externalRefs": [_purl(package.purl), *map(_advisory, links)],
        **_UNKNOWN,
    }


def _comment(gaps: tuple[str, ...], caveat: str) -> Json:
    told = joined(f"left open: {'; '.join(gaps)}" if gaps else "", caveat)
    return {"comment": one_line(told)} if told else {}


def _purl(purl: str) -> Json:
    return {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}


def _advisory(url: str) -> Json:
    return {"referenceCategory": "SECURITY", "referenceType": "advisory", "referenceLocator": url}


def _relation(one: str, kind: str, other: str) -> Json:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
