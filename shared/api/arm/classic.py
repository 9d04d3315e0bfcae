"""The older schema of a sub-assessment, that of the type ``ContainerRegistryVulnerability``.

Source: the API definition Microsoft.Security 2019-01-01-preview, ``SubAssessments``.
"""

from __future__ import annotations

from shared.api.arm.facts import Json, base_scores, display_name, flaw_link, flaw_name, flaw_names, image_path
from shared.api.arm.subjects import Place, Subject
from shared.domain.findings import Finding, FixStatus
from shared.domain.severity import Severity

_IMPACT = {
    Severity.CRITICAL: "5",
    Severity.HIGH: "4",
    Severity.MEDIUM: "3",
    Severity.LOW: "2",
    Severity.UNKNOWN: "2",
    Severity.NEGLIGIBLE: "1",
}


def classic_facts(finding: Finding) -> Json:
    """Give the properties of a finding itself; what is not known is empty."""
    return {
        "id": flaw_name(finding),
        "displayName": display_name(finding),
        "category": finding.package.ecosystem,
        "impact": _IMPACT[finding.severity],
        "description": f"{display_name(finding)} ({finding.package.name} {finding.package.version})",
        "remediation": finding.remediation,
    }


def classic_details(subject: Subject) -> Json:
    """Give the ``additionalData`` of a finding in an image."""
    finding, place = subject.judged.finding, subject.place
    return {
        "assessedResourceType": "ContainerRegistryVulnerability",
        "type": "Potential Vulnerability" if finding.undetermined else "Vulnerability",
        "cvss": {version: {"base": score["base"]} for version, score in base_scores(finding).items()},
        "patchable": finding.fix_status is FixStatus.FIXED,
        "cve": [{"title": name, "link": flaw_link(name)} for name in flaw_names(finding)],
        "publishedTime": finding.published,
        "vendorReferences": [{"title": link, "link": link} for link in finding.references],
        "repositoryName": place.repository,
        "imageDigest": place.health.digest,
        "registryHost": place.health.registry,
        "imageName": _image_name(place),
        "threat": "",
    }


def classic_resource(place: Place) -> Json:
    """Give the resource of an image: its path below its registry's resource id."""
    return {"source": "Azure", "id": place.resource.id + image_path(place)}


def _image_name(place: Place) -> str:
    tags = place.health.tags
    return f"{place.repository}:{tags[0]}" if tags else f"{place.repository}@{place.health.digest}"
