"""SARIF logs: valid by the official schema, with suppressions, and text that stays text."""

import msgspec
import pytest
from hypothesis import given, settings

from shared.api.sarif import sarif_log
from shared.domain.image_health import JudgedFinding
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult
from tests.support.examples import finding, package, report
from tests.support.formats.sarif import assert_sarif
from tests.support.scan_results import RULE, results, scan_result


@settings(max_examples=40, deadline=None, derandomize=True)
@given(results())
def test_every_result_gives_a_valid_log_with_every_finding(result: ScanResult) -> None:
    log = sarif_log(result)
    assert_sarif(log)
    [run] = log["runs"]
    assert [one["partialFingerprints"]["findingId/v1"] for one in run["results"]] == [
        one.finding.id for one in result.judged
    ]
    assert msgspec.json.encode(sarif_log(result)) == msgspec.json.encode(log)


def test_a_disabled_finding_is_suppressed_with_the_reason() -> None:
    hits = (JudgedFinding(finding("CVE-1"), None), JudgedFinding(finding("CVE-2"), RULE.id))
    one, other = sarif_log(scan_result(*hits))["runs"][0]["results"]
    assert one["suppressions"] == []
    [suppression] = other["suppressions"]
    assert RULE.reason in suppression["justification"]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "note"),
        (Severity.NEGLIGIBLE, "note"),
        (Severity.UNKNOWN, "warning"),
    ],
)
def test_a_severity_has_a_level(severity: Severity, level: str) -> None:
    [result] = sarif_log(scan_result(JudgedFinding(finding(severity=severity), None)))["runs"][0]["results"]
    assert result["level"] == level


def test_a_flaw_of_several_packages_is_one_rule_as_bad_as_the_worst_of_them() -> None:
    hits = (
        JudgedFinding(finding("CVE-1", Severity.LOW, cvss=3.0), None),
        JudgedFinding(finding("CVE-1", Severity.CRITICAL, package("b"), cvss=9.8), None),
    )
    [run] = sarif_log(scan_result(*hits))["runs"]
    [rule] = run["tool"]["driver"]["rules"]
    assert (rule["defaultConfiguration"]["level"], rule["properties"]["security-severity"]) == ("error", "9.8")
    assert [one["ruleIndex"] for one in run["results"]] == [0, 0]


def test_brackets_and_braces_of_a_title_are_neither_links_nor_placeholders() -> None:
    hit = JudgedFinding(finding("CVE-1", title="[click](http://evil.example) {0} \\"), None)
    [rule] = sarif_log(scan_result(hit))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "\\[click\\](http://evil.example) {{0}} \\\\"


@pytest.mark.parametrize(
    ("path", "uri"),
    [("a b/c.jar!/d", "a%20b/c.jar%21/d"), ("javascript:alert(1)", "javascript%3Aalert%281%29"), ("", ".")],
)
def test_a_path_is_a_relative_address(path: str, uri: str) -> None:
    hit = JudgedFinding(finding(of=package(path=path)), None)
    [result] = sarif_log(scan_result(hit))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_what_the_scan_left_open_makes_the_run_unsuccessful() -> None:
    [whole] = sarif_log(scan_result())["runs"][0]["invocations"]
    [open_run] = sarif_log(scan_result(report=report(gaps=("no advisories for npm",))))["runs"][0]["invocations"]
    assert whole["executionSuccessful"]
    assert not open_run["executionSuccessful"]
    assert open_run["toolExecutionNotifications"][0]["message"]["text"] == "not assessed: no advisories for npm"


def test_a_rule_has_all_that_code_scanning_asks_for() -> None:
    """GitHub's page "SARIF support for code scanning": required and recommended properties of a reportingDescriptor."""
    hit = JudgedFinding(finding("CVE-1", title="a flaw", cvss=7.0), None)
    [rule] = sarif_log(scan_result(hit))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == "CVE-1: a flaw"
    assert {"id", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration"} <= set(rule)
    assert rule["properties"] == {"tags": ["security", "vulnerability"], "security-severity": "7.0"}


def test_an_undecided_finding_says_so() -> None:
    hit = JudgedFinding(finding(undetermined="its version cannot be read"), None)
    [result] = sarif_log(scan_result(hit))["runs"][0]["results"]
    assert "Not decided: its version cannot be read." in result["message"]["text"]
