"""A scan as a SARIF 2.1.0 log, for code scanning pages and editors.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ (section numbers below). Disabled findings are
suppressed results (3.27.23); what the scan left open is an error of the run (3.20.21), and that the plan is off a
warning.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from shared.api.scan_facts import (
    advisory_url,
    document_id,
    exploit_facts,
    flaw_name,
    image_name,
    image_purl,
    left_open,
    one_line,
    utc_text,
    why_disabled,
)
from shared.domain.findings import Finding
from shared.domain.image_health import JudgedFinding
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult
from shared.services.query_status import VERSION

MEDIA_TYPE = "application/sarif+json"

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NEGLIGIBLE: "note",
    Severity.UNKNOWN: "warning",
}
# 3.11.5 and 3.11.6: braces are placeholders, brackets are links.
_MESSAGE = str.maketrans({"{": "{{", "}": "}}", "[": "\\[", "]": "\\]", "\\": "\\\\"})

type Json = dict[str, Any]


def sarif_log(result: ScanResult) -> Json:
    """Give the log, of one run; the same scan under the same rules and exploit signals gives the same."""
    flaws: dict[str, list[Finding]] = {}
    for one in result.judged:
        flaws.setdefault(flaw_name(one.finding), []).append(one.finding)
    places = {name: number for number, name in enumerate(flaws)}
    content = {
        "tool": {"driver": {"name": "Plimsoll", "version": VERSION, "rules": [_rule(*flaw) for flaw in flaws.items()]}},
        "invocations": [_invocation(result)],
        "properties": {"scan": result.scan.event.scan_id, "image": image_name(result), "purl": image_purl(result)},
        "results": [_result(one, places[flaw_name(one.finding)], result) for one in result.judged],
    }
    details = {"id": image_name(result), "guid": str(document_id(content))}
    run = {**content, "automationDetails": details, "columnKind": "unicodeCodePoints"}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _invocation(result: ScanResult) -> Json:
    gaps = [{"level": "error", "message": _message(f"not assessed: {gap}")} for gap in left_open(result)]
    known = [{"level": "warning", "message": _message(result.caveat)}] if result.caveat else []
    at = utc_text(result.scan.at)
    return {"executionSuccessful": not gaps, "endTimeUtc": at, "toolExecutionNotifications": [*gaps, *known]}


def _rule(name: str, findings: list[Finding]) -> Json:
    worst = min(findings, key=lambda one: one.severity.rank)
    score = max((one.cvss for one in findings if one.cvss is not None), default=None)
    # "security-severity" is what GitHub sorts by: docs.github.com, "SARIF support for code scanning".
    rated = {} if score is None else {"security-severity": f"{score:.1f}"}
    return {
        "id": name,
        "shortDescription": _message(worst.title or name),
        "fullDescription": _message(f"{name}: {worst.title}" if worst.title else name),
        "helpUri": advisory_url(worst.advisory),
        "help": _message(f"{name}: {worst.remediation}"),
        "defaultConfiguration": {"level": _LEVELS[worst.severity]},
        "properties": {"tags": ["security", "vulnerability"], **rated},
    }


def _result(one: JudgedFinding, rule_index: int, of: ScanResult) -> Json:
    finding = one.finding
    return {
        "ruleId": flaw_name(finding),
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": _message(_told(finding)),
        "locations": [_location(finding)],
        "partialFingerprints": {"findingId/v1": finding.id},
        "suppressions": [_suppression(of.rules[one.disabled_by])] if one.disabled_by else [],
        "properties": {
            "severity": finding.severity,
            "fixedVersion": finding.fixed_version,
            **exploit_facts(of.signals.of(finding)),
        },
    }


def _told(finding: Finding) -> str:
    package = finding.package
    about = f"{package.name} {package.version} is hit by {flaw_name(finding)} ({finding.severity})"
    open_question = f"Not decided: {finding.undetermined}. " if finding.undetermined else ""
    return f"{about}. {open_question}{finding.remediation}".strip()


def _location(finding: Finding) -> Json:
    package = finding.package
    return {
        "physicalLocation": {
            # 3.4.3: a relative reference; a colon in its first part would make that a scheme.
            "artifactLocation": {"uri": quote(package.path, safe="/") or "."},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"kind": "package", "name": package.name, "fullyQualifiedName": package.purl}],
        "message": _message(f"layer {package.layer}"),
    }


def _suppression(rule: Rule) -> Json:
    return {"kind": "external", "status": "accepted", "justification": why_disabled(rule)}


def _message(text: str) -> Json:
    return {"text": one_line(text).translate(_MESSAGE)}
