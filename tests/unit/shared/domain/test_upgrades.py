"""Upgrades: findings grouped by what closes them."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.findings import Finding
from shared.domain.severity import Severity
from shared.domain.upgrades import Upgrade
from shared.domain.upgrades import upgrades as upgrades_in_order
from tests.support.examples import finding, package


def upgrades(findings: list[Finding]) -> tuple[Upgrade, ...]:
    return upgrades_in_order(findings, lambda purl, versions: tuple(sorted(versions)))


LIBSSL = package("libssl3", source="openssl", source_version="3.0.1")
TOOL = package("openssl", source="openssl", source_version="3.0.1")


def test_packages_of_one_source_are_one_upgrade() -> None:
    [made] = upgrades([finding("CVE-1", of=LIBSSL), finding("CVE-1", of=TOOL), finding("CVE-2", of=TOOL)])
    assert (made.package, made.installed, made.findings) == ("openssl", "3.0.1", 3)


def test_an_upgrade_names_its_worst_severity_every_fixed_version_and_the_remedy_that_closes_most() -> None:
    last = finding("CVE-2", Severity.LOW, fixed_version="3.0.9", remediation="upgrade to 3.0.9")
    worst = finding("CVE-1", Severity.CRITICAL, fixed_version="3.0.2", remediation="upgrade to 3.0.2")
    [made] = upgrades([worst, last])
    assert (made.worst, made.remediation) == (Severity.CRITICAL, "upgrade to 3.0.9")
    assert made.fixed_versions == ("3.0.2", "3.0.9")
    assert made.severities == {"critical": 1, "low": 1}


def test_what_no_version_closes_is_an_entry_of_its_own() -> None:
    made = upgrades([finding("CVE-1"), finding("CVE-2"), finding("CVE-3", fixed_version=None, remediation="wait")])
    assert [(one.fixed_versions, one.findings, one.remediation) for one in made] == [
        (("3.0.2",), 2, "upgrade openssl"),
        ((), 1, "wait"),
    ]


def test_the_worst_and_then_the_one_that_closes_most_comes_first() -> None:
    few, many = package("few"), package("many")
    low = finding("CVE-9", Severity.CRITICAL, of=package("worst"))
    hits = [finding("CVE-1", of=few), finding("CVE-1", of=many), finding("CVE-2", of=many), low]
    assert [made.package for made in upgrades(hits)] == ["worst", "many", "few"]


def test_two_versions_or_ecosystems_of_a_name_are_two_upgrades() -> None:
    hits = [finding(of=package("a", "1")), finding(of=package("a", "2")), finding(of=package("a", ecosystem="PyPI"))]
    assert len(upgrades(hits)) == 3


def test_nothing_open_means_nothing_to_do() -> None:
    assert upgrades([]) == ()


HITS = st.builds(
    lambda cve, severity, name: finding(f"CVE-{cve}", severity, of=package(name)),
    st.integers(1, 9),
    st.sampled_from(Severity),
    st.sampled_from(["a", "b", "c"]),
)


@given(st.lists(HITS, max_size=12).flatmap(lambda hits: st.tuples(st.just(hits), st.permutations(hits))))
def test_every_finding_is_in_one_upgrade_and_their_order_does_not_matter(
    hits: tuple[list[Finding], list[Finding]],
) -> None:
    one, other = upgrades(hits[0]), upgrades(hits[1])
    assert sum(made.findings for made in one) == len(hits[0])
    assert [(made.package, made.worst, made.findings) for made in one] == [
        (made.package, made.worst, made.findings) for made in other
    ]
