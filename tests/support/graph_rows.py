"""Rows of Resource Graph's tables for tests of its language: two registries, three images, seven findings, two schemas.

They have the shape of the real tables and are written by hand, so that answers can be worked out on paper:

======== ============ ============= ========= ======== ============ ======== =============
finding  CVE          package       severity  CVSS     fix          image    status
======== ============ ============= ========= ======== ============ ======== =============
f1       CVE-2026-01  openssl       Critical  9.8      3.0.2        shop     Unhealthy
f2       CVE-2026-02  zlib          High      7.5      (none)       shop     Unhealthy
f3       CVE-2026-03  requests      Medium    5.3      2.32.0       shop     NotApplicable
f4       CVE-2026-01  openssl       Critical  9.8      3.0.2        api      Unhealthy
f5       CVE-2026-04  bash          Low       (none)   (none)       api      Unhealthy
f6       CVE-2026-02  zlib          High      7.5      (none)       legacy   Unhealthy
======== ============ ============= ========= ======== ============ ======== =============

``c1`` is one finding in the classic schema. The images are team/shop and team/api in the registry contoso, and legacy
in the registry fabrikam, of another subscription.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kql.evaluation.frame import Frame
from shared.kql.limits import QueryLimits
from shared.kql.query import answer_query
from shared.kql.tables import SCHEMA
from shared.kql.time_texts import parse_datetime

type Row = dict[str, Any]

ONE, OTHER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
DETAILED, CLASSIC = "c0b7cfc6-3172-465a-b378-53c7ff2cc0d5", "dbd0cb49-b563-45e7-9724-889e799fa648"
NOW = parse_datetime("2026-11-22T12:00:00Z") or 0
_COLUMNS = {
    **dict.fromkeys(("tenantId", "kind", "managedBy"), ""),
    "location": "global",
    **dict.fromkeys(("sku", "plan", "tags", "identity", "zones", "extendedLocation")),
}


def registry(subscription: str, name: str) -> str:
    """Return the id of a registry."""
    group = f"/subscriptions/{subscription}/resourceGroups/rg-{name}"
    return f"{group}/providers/Microsoft.ContainerRegistry/registries/{name}"


CONTOSO, FABRIKAM = registry(ONE, "contoso"), registry(OTHER, "fabrikam")


def digest(image: str) -> str:
    """Return the digest of an image."""
    return "sha256:" + {"shop": "a", "api": "b", "legacy": "c"}[image] * 64


def _row(kind: str, id_: str, name: str, properties: Row, **changes: Any) -> Row:
    subscription = id_.split("/")[2]
    group = id_.split("/")[4] if "/resourceGroups/" in id_ else ""
    row = {"id": id_, "name": name, "type": kind, "resourceGroup": group, "subscriptionId": subscription}
    return {**row, **_COLUMNS, "properties": properties, **changes}


def _guid(name: str) -> str:
    return f"00000000-0000-8000-8000-{int(name[1:]):012}"


_SOFTWARE = {
    "openssl": ("3.0.1", "OS", "3.0.2"),
    "zlib": ("1.2.13", "OS", ""),
    "requests": ("2.31.0", "Language", "2.32.0"),
    "bash": ("5.2", "OS", ""),
}


def _details(cve: str, package: str, severity: str, score: float | None, place: tuple[str, str, str]) -> Row:
    host, repository, image = place
    version, category, fixed = _SOFTWARE[package]
    base = None if score is None else {"base": score, "cvssVectorString": "CVSS:3.1/AV:N"}
    return {
        "assessedResourceType": "AzureContainerRegistryVulnerability",
        "cvssV30Score": score,
        "vulnerabilityDetails": {
            "cveId": cve,
            "severity": severity,
            "publishedDate": f"2026-0{cve[-1]}-15T06:00:00Z",
            "cvss": {"2.0": None, "3.0": base},
            "references": [{"title": cve, "link": f"https://nvd.example/{cve}"}, {"title": "more", "link": "x"}],
        },
        "artifactDetails": {
            "registryHost": host,
            "repositoryName": repository,
            "digest": digest(image),
            "tags": ["v1", "latest"] if image == "shop" else ["v2"],
            "lastPushedToRegistryUTC": "2026-11-20T08:00:00.0000000Z",
        },
        "softwareDetails": {
            "packageName": package,
            "version": version,
            "fixedVersion": fixed,
            "fixStatus": "FixAvailable" if fixed else "NoFixAvailable",
            "category": category,
            "osDetails": {"osPlatform": "linux", "osVersion": "debian_linux_12"},
        },
    }


def _finding(
    name: str, cve: str, package: str, severity: str, score: float | None, place: tuple[str, str, str], code: str
) -> Row:
    home = FABRIKAM if place[0].startswith("fabrikam") else CONTOSO
    properties = {
        "id": cve,
        "displayName": cve,
        "description": f"A flaw of {package}",
        "remediation": "No remediation exists",
        "timeGenerated": "2026-11-21T03:00:00.1234567Z",
        "status": {"code": code, "cause": "Exempt" if code == "NotApplicable" else "", "severity": severity},
        "resourceDetails": {
            "source": "Azure",
            "id": f"/repositories/{place[1]}/images/{digest(place[2])}",
            "ResourceName": home.rsplit("/", 1)[1],
        },
        "additionalData": _details(cve, package, severity, score, place),
    }
    id_ = f"{home}/providers/Microsoft.Security/assessments/{DETAILED}/subassessments/{_guid(name)}"
    return _row("microsoft.security/assessments/subassessments", id_, _guid(name), properties)


def _classic() -> Row:
    properties = {
        "id": "1001",
        "displayName": "A flaw of openssl",
        "category": "Debian",
        "impact": "3",
        "remediation": "upgrade",
        "timeGenerated": "2026-11-21T03:00:00.1234567Z",
        "status": {"code": "Unhealthy", "cause": "", "severity": "High"},
        "resourceDetails": {"source": "Azure", "id": f"{CONTOSO}/repositories/team/shop/images/{digest('shop')}"},
        "additionalData": {
            "assessedResourceType": "ContainerRegistryVulnerability",
            "type": "Vulnerability",
            "patchable": True,
            "cvss": {"2.0": {"base": 10}, "3.0": {"base": 9.8}},
            "cve": [{"title": "CVE-2026-01", "link": "l1"}, {"title": "CVE-2026-09", "link": "l2"}],
            "publishedTime": "2026-01-15T00:00:00Z",
            "repositoryName": "team/shop",
            "imageDigest": digest("shop"),
            "registryHost": "contoso.azurecr.io",
        },
    }
    id_ = f"{CONTOSO}/providers/Microsoft.Security/assessments/{CLASSIC}/subassessments/{_guid('c9')}"
    return _row("microsoft.security/assessments/subassessments", id_, _guid("c9"), properties)


def _assessment(home: str, key: str, code: str) -> Row:
    who = "powered by the old scanner" if key == CLASSIC else "resolved"
    properties = {
        "displayName": f"Container registry images should have vulnerability findings {who}",
        "status": {"code": code, "cause": "", "firstEvaluationDate": "2026-11-01T00:00:00Z"},
        "resourceDetails": {"Source": "Azure", "Id": home, "ResourceName": home.rsplit("/", 1)[1]},
        "metadata": {"severity": "High", "categories": ["Container"], "preview": False},
        "links": {"azurePortal": "portal.example"},
        "statusPerInitiative": [{"policyInitiativeName": "ASC", "assessmentStatus": {"code": code}}],
        "additionalData": '{"maxCvss30Score":"9.8"}',
    }
    id_ = f"{home}/providers/Microsoft.Security/assessments/{key}"
    return _row("microsoft.security/assessments", id_, key, properties)


SHOP, API = ("contoso.azurecr.io", "team/shop", "shop"), ("contoso.azurecr.io", "team/api", "api")
LEGACY = ("fabrikam.azurecr.io", "legacy", "legacy")
FINDINGS = (
    _finding("f1", "CVE-2026-01", "openssl", "Critical", 9.8, SHOP, "Unhealthy"),
    _finding("f2", "CVE-2026-02", "zlib", "High", 7.5, SHOP, "Unhealthy"),
    _finding("f3", "CVE-2026-03", "requests", "Medium", 5.3, SHOP, "NotApplicable"),
    _finding("f4", "CVE-2026-01", "openssl", "Critical", 9.8, API, "Unhealthy"),
    _finding("f5", "CVE-2026-04", "bash", "Low", None, API, "Unhealthy"),
    _finding("f6", "CVE-2026-02", "zlib", "High", 7.5, LEGACY, "Unhealthy"),
    _classic(),
)
_SCORE = f"/subscriptions/{ONE}/providers/Microsoft.Security/secureScores/ascScore"
TABLES: Mapping[str, Sequence[Row]] = {
    "securityresources": (
        _row(
            "microsoft.security/securescores",
            _SCORE,
            "ascScore",
            {"displayName": "ASC score", "score": {"max": 6, "current": 2.0, "percentage": 0.3333}, "weight": 3},
        ),
        _assessment(CONTOSO, DETAILED, "Unhealthy"),
        _assessment(CONTOSO, CLASSIC, "Unhealthy"),
        _assessment(FABRIKAM, DETAILED, "Healthy"),
        *FINDINGS,
    ),
    "resources": tuple(
        _row(
            "microsoft.containerregistry/registries",
            home,
            home.rsplit("/", 1)[1],
            {"loginServer": f"{home.rsplit('/', 1)[1]}.azurecr.io"},
            location="westeurope",
            tags={"env": env, "team": "shop"} if env else None,
            sku={"name": "Premium"},
        )
        for home, env in ((CONTOSO, "prod"), (FABRIKAM, ""))
    ),
    "resourcecontainers": tuple(
        _row("microsoft.resources/subscriptions", f"/subscriptions/{one}", name, {"state": "Enabled"})
        for one, name in ((ONE, "Production"), (OTHER, "Legacy"))
    ),
    "policyresources": (
        _row(
            "microsoft.authorization/policyassignments",
            f"/subscriptions/{ONE}/providers/Microsoft.Authorization/policyAssignments/rule-1",
            "rule-1",
            {
                "displayName": "Disabled findings: not reachable",
                "metadata": {"subAssessmentSettings": {"filters": [{"allOf": [{"field": "va.cve.cveId"}]}]}},
            },
        ),
    ),
}


class MadeTables:
    """The tables, in memory."""

    def frame(self, table: str) -> Frame:
        return Frame.of_rows(TABLES[table], SCHEMA)


def ask(text: str, limits: QueryLimits | None = None) -> list[tuple[Any, ...]]:
    """Return the rows that a query gives over these tables at noon of 2026-11-22."""
    answer = answer_query(text, MadeTables(), NOW, limits or QueryLimits())
    return list(zip(*(answer.rows.column(name) for name in answer.schema), strict=True)) if answer.schema else []


def columns(text: str) -> dict[str, str]:
    """Return the columns that a query gives, with their types."""
    return {name: kind.value for name, kind in answer_query(text, MadeTables(), NOW, QueryLimits()).schema.items()}
