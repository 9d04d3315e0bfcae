"""Criteria of disable rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.criteria import Category, Criteria, PackageCriterion, RuledImage
from shared.domain.findings import Finding, FixStatus
from shared.domain.severity import Severity
from tests.support.examples import digest, finding, package

HIGH = finding("CVE-2026-0001", Severity.HIGH, aliases=("GHSA-abcd",))


@pytest.mark.parametrize("name", ["CVE-2026-0001", "cve-2026-0001", "ghsa-ABCD", "DEBIAN-CVE-2026-0001"])
def test_a_flaw_is_met_by_any_of_its_names_in_any_case(name: str) -> None:
    assert Criteria(cves=("CVE-1", name)).match(HIGH)


def test_a_flaw_without_a_cve_is_met_by_its_advisory() -> None:
    assert Criteria(cves=("GHSA-1",)).match(finding("GHSA-1", cve=None, advisory="GHSA-1"))


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(cves=("CVE-2026-000",)),
        Criteria(finding_ids=("other",)),
        Criteria(severity_below=Severity.HIGH),
        Criteria(cves=("CVE-2026-0001",), severity_below=Severity.MEDIUM),
        Criteria(cves=("CVE-2026-0001",), finding_ids=("other",)),
    ],
)
def test_every_criterion_that_is_given_must_be_met(criteria: Criteria) -> None:
    assert not criteria.match(HIGH)


def test_all_criteria_together_can_be_met() -> None:
    assert Criteria(("CVE-2026-0001",), (HIGH.id,), Severity.CRITICAL).match(HIGH)


@given(st.sampled_from(Severity))
def test_a_rule_on_severity_never_hides_an_unknown_one(limit: Severity) -> None:
    assert not Criteria(severity_below=limit).match(finding(severity=Severity.UNKNOWN))


@given(st.sampled_from(Severity), st.sampled_from(Severity))
def test_a_rule_on_severity_hides_only_what_is_less_severe(severity: Severity, limit: Severity) -> None:
    hidden = Criteria(severity_below=limit).match(finding(severity=severity))
    assert hidden == (severity is not Severity.UNKNOWN and severity.rank > limit.rank)


def test_criteria_that_say_nothing_are_empty() -> None:
    assert Criteria().empty
    assert not Criteria().match(HIGH)
    assert not Criteria(severity_below=Severity.LOW).empty


OPENSSL = package("openssl", "3.0.1-1", source="openssl-src", source_version="3.0.1")
OF_OPENSSL = finding(
    "CVE-2026-0002", of=OPENSSL, cvss=5.0, title="Overflow in SSL_free()", remediation="Upgrade openssl"
)
LODASH = finding(
    "CVE-2026-0003",
    of=package("lodash", "4.17.0", ecosystem="npm", purl="pkg:npm/lodash@4.17.0"),
    fix_status=FixStatus.NOT_FIXED,
)


@pytest.mark.parametrize(
    ("criteria", "met"),
    [
        (Criteria(packages=(PackageCriterion("OpenSSL"),)), [OF_OPENSSL]),
        (Criteria(packages=(PackageCriterion("openssl-src", "3.0.1"),)), [OF_OPENSSL]),
        (Criteria(packages=(PackageCriterion("openssl", "3.0.1-1"), PackageCriterion("lodash"))), [OF_OPENSSL, LODASH]),
        (Criteria(packages=(PackageCriterion("openssl", "3.0"),)), []),
        (Criteria(packages=(PackageCriterion("ssl"),)), []),
        (Criteria(category=Category.OS), [OF_OPENSSL]),
        (Criteria(category=Category.LANGUAGE), [LODASH]),
        (Criteria(text="ssl_FREE"), [OF_OPENSSL]),
        (Criteria(text="upgrade openssl"), [OF_OPENSSL]),
        (Criteria(text="overflow in the heap"), []),
        (Criteria(cvss_below=5.1), [OF_OPENSSL]),
        (Criteria(cvss_below=5.0), []),
        (Criteria(fix_statuses=(FixStatus.NOT_FIXED, FixStatus.WILL_NOT_FIX)), [LODASH]),
        (Criteria(category=Category.OS, fix_statuses=(FixStatus.NOT_FIXED,)), []),
        (Criteria(digests=(digest(5),)), [OF_OPENSSL, LODASH]),
    ],
)
def test_a_criterion_is_met_by_what_it_names(criteria: Criteria, met: list[Finding]) -> None:
    assert [one for one in (OF_OPENSSL, LODASH) if criteria.match(one)] == met


def test_a_finding_without_a_score_is_below_none() -> None:
    assert not Criteria(cvss_below=10.0).match(finding(cvss=None))


IMAGE = RuledImage(digest(1), ("team/app", "mirror/app"), ("dev-7", "latest"), ("debian", "debian 12"))


@pytest.mark.parametrize(
    ("criteria", "concerned"),
    [
        (Criteria(cves=("CVE-1",)), True),
        (Criteria(digests=(digest(2), digest(1))), True),
        (Criteria(digests=(digest(2),)), False),
        (Criteria(repositories=("mirror/app",)), True),
        (Criteria(repositories=("mirror",)), False),
        (Criteria(tags=("dev-*",)), True),
        (Criteria(tags=("dev-?",)), True),
        (Criteria(tags=("dev",)), False),
        (Criteria(tags=("prod-*", "lat*")), True),
        (Criteria(tags=("DEV-*",)), False),
        (Criteria(os_releases=("Debian 12",)), True),
        (Criteria(os_releases=("debian",)), True),
        (Criteria(os_releases=("debian 1",)), False),
        (Criteria(tags=("dev-*",), repositories=("other",)), False),
    ],
)
def test_a_rule_concerns_images_that_meet_its_criteria_on_images(criteria: Criteria, concerned: bool) -> None:
    assert criteria.concern(IMAGE) is concerned


def test_an_image_without_tags_or_release_meets_no_criterion_on_them() -> None:
    bare = RuledImage(digest(1), ("team/app",), (), ())
    assert not Criteria(tags=("*",)).concern(bare)
    assert not Criteria(os_releases=("debian",)).concern(bare)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    image = RuledImage(digest(1), (), ("a" * 128,), ())
    began = time.process_time()
    assert not Criteria(tags=("*a" * 99 + "b",)).concern(image)
    assert time.process_time() - began < 1
