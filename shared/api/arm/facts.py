"""What both schemas say of a finding: names of the flaw, scores, links and places."""

from __future__ import annotations

from typing import Any

from shared.api.arm.subjects import Place
from shared.domain.findings import Finding

type Json = dict[str, Any]


def flaw_name(finding: Finding) -> str:
    """Give the CVE of a finding, or its advisory where it has none: a finding is never without a name."""
    return finding.cve or finding.advisory


def flaw_names(finding: Finding) -> list[str]:
    """Give the CVE of a finding and those among its aliases; its advisory where there is none."""
    cves = [name for name in (finding.cve, *finding.aliases) if name and name.startswith("CVE-")]
    return list(dict.fromkeys(cves)) or [finding.advisory]


def flaw_link(name: str) -> str:
    """Give the page that describes a flaw."""
    if name.startswith("CVE-"):
        return f"https://nvd.nist.gov/vuln/detail/{name}"
    return f"https://osv.dev/vulnerability/{name}"


def display_name(finding: Finding) -> str:
    """Give a line for people: the title of the advisory, else the flaw and the package."""
    return finding.title or f"{flaw_name(finding)} in {finding.package.name}"


def base_scores(finding: Finding) -> dict[str, Json]:
    """Give base score and vector by version of CVSS: ``2.0``, ``3.0`` (also for 3.1) and ``4.0``, those known."""
    scores: dict[str, Json] = {}
    for rating in finding.ratings:
        if rating.score is not None:
            scores.setdefault(_version(rating.vector), {"base": rating.score, "cvssVectorString": rating.vector})
    return scores


def image_path(place: Place) -> str:
    """Give an image's path below its registry, ``/repositories/{repository}/images/{digest}``."""
    return f"/repositories/{place.repository}/images/{place.health.digest}"


def _version(vector: str) -> str:
    return {"CVSS:4": "4.0", "CVSS:3": "3.0"}.get(vector[:6], "2.0")
