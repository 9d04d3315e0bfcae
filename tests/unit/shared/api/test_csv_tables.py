"""Tables for spreadsheets: RFC 4180, every line there, and no cell a formula."""

import csv
import io

import msgspec
import pytest
from hypothesis import given, settings

from shared.api.csv_tables import findings_table, images_table
from shared.domain.image_health import Health, JudgedFinding
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult
from tests.support.examples import REGISTRY, digest, finding, image_id, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, World
from tests.support.scan_results import results

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def lines(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode(), newline=""), strict=True))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(results())
def test_no_cell_is_a_formula_and_no_finding_is_lost(result: ScanResult) -> None:
    found = lines(findings_table(result.image, result.judged))
    assert [one["id"] for one in found] == [one.finding.id for one in result.judged]
    for one in found:
        assert set(one) == set(found[0])
        assert all(not cell.startswith(STARTS) for cell in one.values())
        assert all(cell.isprintable() for cell in one.values() if cell.isascii())


def test_lines_end_as_the_specification_wants_and_quotes_are_doubled() -> None:
    table = findings_table(image_id(), [JudgedFinding(finding(title='a "b", c'), None)])
    assert table.count(b"\r\n") == 2
    assert table.endswith(b"\r\n")
    assert b'"a ""b"", c"' in table


@pytest.mark.parametrize("between", [";", "; ", ';"', ";;"])
@pytest.mark.parametrize("start", "=+-@|%＝＋－＠")
def test_no_cell_of_a_spreadsheet_that_parts_at_semicolons_is_a_formula(start: str, between: str) -> None:
    hit = finding(title=f"a{between}{start}1+1", of=package(f"b;c{between}{start}1"))
    table = findings_table(image_id(), [JudgedFinding(hit, None)]).decode()
    cells = [cell.lstrip('" ') for line in table.splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(STARTS)]
    assert lines(table.encode())[0]["package"].startswith("b;c;")


@pytest.mark.parametrize("start", STARTS)
def test_what_would_be_a_formula_is_text(start: str) -> None:
    hit = finding(title=f'{start}HYPERLINK("http://evil.example")', of=package(f"{start}1+1"))
    [line] = lines(findings_table(image_id(), [JudgedFinding(hit, None)]))
    for cell in (line["title"], line["package"]):
        assert cell.startswith("'") or cell[0].isalnum()


def test_a_number_stays_a_number() -> None:
    [line] = lines(findings_table(image_id(), [JudgedFinding(finding(cvss=9.8), "rule-1")]))
    assert (line["cvss"], line["disabledBy"], line["published"]) == ("9.8", "rule-1", "")


def test_images_are_listed_with_their_numbers_and_reasons() -> None:
    app = MemoryApp(world=World(advisories=MemoryAdvisories(report=report([finding(severity=Severity.HIGH)]))))
    app.record_push(push("e1"))
    app.work()
    health = app.health()
    open_image = msgspec.structs.replace(health, health=Health.NOT_ASSESSED, reason="=cmd|x")
    one, other = lines(images_table([health, open_image]))
    assert (one["registry"], one["digest"], one["health"], one["high"]) == (REGISTRY, digest(1), "unhealthy", "1")
    assert (one["firstSeen"], one["lastPulled"], one["charged"]) == ("2026-11-02T10:00:00Z", "", "yes")
    assert (other["health"], other["reason"]) == ("not-assessed", "'=cmd|x")
