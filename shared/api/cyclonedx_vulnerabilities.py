"""What is wrong with the packages of an image, as vulnerabilities of a CycloneDX 1.6 document (VEX).

A disabled finding is ``exploitable`` with the response ``will_not_fix``: somebody decided to live with it, which is no
claim that the image is not affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.api.scan_facts import (
    addresses,
    advisory_url,
    exploit_facts,
    flaw_name,
    one_line,
    published_at,
    why_disabled,
)
from shared.domain.exploits import Exploit
from shared.domain.findings import Finding, Rating
from shared.domain.image_health import JudgedFinding
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult

_SCHEMES = {"CVSS:4.0": "CVSSv4", "CVSS:3.1": "CVSSv31", "CVSS:3.0": "CVSSv3"}

type Json = dict[str, Any]
type Refs = Mapping[tuple[str, str], str]
"""References of components by package URL and path."""


def vulnerabilities(judged: Iterable[JudgedFinding], refs: Refs, result: ScanResult, image: str) -> Iterator[Json]:
    """Yield each finding once; packages that differ in nothing but their architecture share one.

    ``image`` is the reference of the image itself.
    """
    made: dict[str, Json] = {}
    for one in judged:
        affected = _affected(one.finding, refs, image)
        known = made.get(one.finding.id)
        if known is None:
            rule = result.rules[one.disabled_by] if one.disabled_by else None
            told = {**_vulnerability(one.finding, rule), **_signals(result.signals.of(one.finding))}
            made[one.finding.id] = {**told, "affects": [affected]}
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


def _signals(exploit: Exploit) -> Json:
    facts = exploit_facts(exploit)
    listed = [{"name": f"plimsoll:{name}", "value": str(value)} for name, value in facts.items()]
    return {"properties": listed} if listed else {}


def _affected(finding: Finding, refs: Refs, image: str) -> Json:
    versions = [{"version": finding.package.version, "status": "unknown" if finding.undetermined else "affected"}]
    if finding.fixed_version:
        versions.append({"version": finding.fixed_version, "status": "unaffected"})
    # A finding of a package that the inventory lacks is still one of the image.
    return {"ref": refs.get((finding.package.purl, finding.package.path), image), "versions": versions}


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
