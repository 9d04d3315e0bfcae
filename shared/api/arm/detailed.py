"""The newer schema of a sub-assessment, of the type ``AzureContainerRegistryVulnerability``.

What is the same for many findings is made once, and is then the same object: the details of a vulnerability, of a
package and of an image. What is not known (exploits, weaknesses, names of platforms) is left out or null.

Source: "Container vulnerability assessments REST API", https://learn.microsoft.com/azure/defender-for-cloud/subassessment-rest-api
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from shared.advisories.ecosystems import is_language
from shared.api.arm.facts import Json, base_scores, flaw_link, flaw_name, flaw_names, image_path
from shared.api.arm.subjects import Place, Subject
from shared.api.arm.times import seven_digits
from shared.domain.findings import Finding, FixStatus
from shared.domain.image_health import ImageHealth, OsInfo

_FIX_STATUS = {
    FixStatus.FIXED: "FixAvailable",
    FixStatus.NOT_FIXED: "NoFixAvailable",
    FixStatus.WILL_NOT_FIX: "WontFix",
    FixStatus.UNKNOWN: "Unknown",
}
_LANGUAGES = {
    "PyPI": "python",
    "npm": "javascript",
    "Go": "go",
    "Maven": "java",
    "NuGet": "dotnet",
    "RubyGems": "ruby",
    "crates.io": "rust",
    "Packagist": "php",
}


def detailed_facts(finding: Finding) -> Json:
    """Give the properties of a finding itself."""
    name = flaw_name(finding)
    package = finding.package
    return {
        "id": name,
        "displayName": name,
        "description": finding.title,
        "remediation": f"Create new image with updated package {package.name} with version {finding.fixed_version}"
        " or higher."
        if finding.fixed_version
        else "No remediation exists",
    }


class DetailedParts:
    """Makes the parts of ``additionalData``, equal ones once."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Json] = {}

    def details(self, subject: Subject) -> Json:
        """Give the ``additionalData`` of a finding in an image."""
        finding, place = subject.judged.finding, subject.place
        health, package = place.health, finding.package
        flaw = (finding.cve, finding.advisory, finding.aliases, finding.severity)
        known = (finding.ratings, finding.published, finding.references)
        software = (package.name, package.version, package.ecosystem, package.path)
        fix = (finding.fixed_version, finding.fix_status, health.platform, health.os)
        vulnerability = self._once(("flaw", flaw, known), lambda: _vulnerability(finding))
        return {
            "assessedResourceType": "AzureContainerRegistryVulnerability",
            "cvssV30Score": (vulnerability["cvss"]["3.0"] or {}).get("base"),
            "vulnerabilityDetails": vulnerability,
            "artifactDetails": self._once(("artifact", place.order), lambda: _artifact(place)),
            "softwareDetails": self._once(("software", software, fix), lambda: _software(finding, health)),
        }

    def resource(self, place: Place) -> Json:
        """Give the resource of an image: its path below its registry, and the registry's name."""
        return self._once(("resource", place.order), lambda: _resource(place))

    def _once(self, key: Hashable, make: Callable[[], Json]) -> Json:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
        return made


def _vulnerability(finding: Finding) -> Json:
    scores: Json = {"2.0": None, "3.0": None, **base_scores(finding)}
    links = [{"title": name, "link": flaw_link(name)} for name in flaw_names(finding)]
    return {
        "cveId": flaw_name(finding),
        "severity": finding.severity.capitalize(),
        "publishedDate": finding.published,
        "lastModifiedDate": None,
        "cvss": scores,
        "workarounds": [],
        "weaknesses": {"cwe": []},
        "references": links + [{"title": link, "link": link} for link in finding.references],
    }


def _artifact(place: Place) -> Json:
    health = place.health
    return {
        "registryHost": health.registry,
        "repositoryName": place.repository,
        "digest": health.digest,
        "tags": list(health.tags),
        "artifactType": "ContainerImage",
        "lastPushedToRegistryUTC": seven_digits(health.last_pushed),
    }


def _software(finding: Finding, health: ImageHealth) -> Json:
    package = finding.package
    language = is_language(package.ecosystem)
    return {
        "packageName": package.name,
        "version": package.version,
        "fixedVersion": finding.fixed_version or "",
        "fixStatus": _FIX_STATUS[finding.fix_status],
        "vendor": "" if language else package.ecosystem,
        "category": "Language" if language else "OS",
        "language": _LANGUAGES.get(package.ecosystem, package.ecosystem.lower()) if language else "",
        "osDetails": {"osPlatform": health.platform.partition("/")[0], "osVersion": _os_version(health.os)},
        "evidence": [package.path],
    }


def _resource(place: Place) -> Json:
    # Both spellings are in use.
    return {"source": "Azure", "id": image_path(place), "ResourceName": place.resource.name}


def _os_version(os: OsInfo | None) -> str:
    if os is None:
        return ""
    family = os.name if os.name.endswith("linux") else f"{os.name}_linux"
    return f"{family}_{os.version}"
