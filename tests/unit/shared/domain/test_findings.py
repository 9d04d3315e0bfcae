"""Findings: their ids and their order."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.findings import AffectedPackage, finding_id, worst_first
from shared.domain.severity import Severity
from tests.support.examples import finding, package


def test_the_id_of_a_finding_never_changes() -> None:
    assert finding_id("CVE-2026-0001", package()) == "99bb5e2b-b7fa-595d-85e5-b3a376a147b2"


def test_the_id_depends_on_the_flaw_and_on_where_the_package_is() -> None:
    packages = [package(), package("zlib"), package(version="3"), package(path="x"), package(ecosystem="PyPI")]
    ids = {finding_id(flaw, one) for flaw in ("CVE-1", "CVE-2") for one in packages}
    assert len(ids) == 10


def test_the_layer_that_brought_a_package_does_not_change_the_id() -> None:
    assert finding_id("CVE-1", package(layer="a")) == finding_id("CVE-1", package(layer="b"))


def test_a_finding_shows_its_package() -> None:
    shown = AffectedPackage.of(package(source="src", source_version="2"))
    assert (shown.name, shown.version, shown.source, shown.source_version) == ("openssl", "3.0.1", "src", "2")


@given(st.permutations(list(Severity)))
def test_findings_are_ordered_from_the_worst(order: list[Severity]) -> None:
    sorted_ones = worst_first(tuple(finding(f"CVE-{one}", one) for one in order))
    ranks = [one.severity.rank for one in sorted_ones]
    assert ranks == sorted(ranks)


def test_within_a_class_the_higher_score_comes_first() -> None:
    unrated, rated = finding("CVE-1"), finding("CVE-2", cvss=7.5)
    assert worst_first((unrated, rated)) == (rated, unrated)
