"""What findings are searched by."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from shared.domain import image
from shared.domain.finding_criteria import FindingCriteria, package_names
from shared.domain.findings import AffectedPackage
from shared.domain.image_health import ImageHealth, JudgedFinding, image_health
from shared.domain.severity import Severity
from tests.support.examples import START, digest, finding, image_id, package


def shown() -> ImageHealth:
    health = image_health(image_id(), image.ImageState(), (), Severity.LOW, START.date())
    return msgspec.structs.replace(health, repository="app", repositories=("app", "copy"))


JUDGED = JudgedFinding(
    finding(
        "CVE-2026-0001",
        of=package("libssl3", "3.0.1+b1", source="openssl", source_version="3.0.1"),
        aliases=("GHSA-abcd",),
    ),
    None,
)


@pytest.mark.parametrize(
    ("wanted", "meets"),
    [
        ({}, True),
        ({"registry": "contoso.azurecr.io"}, True),
        ({"registry": "fabrikam.azurecr.io"}, False),
        ({"repository": "copy"}, True),
        ({"repository": "other"}, False),
        ({"digest": digest(1)}, True),
        ({"digest": digest(2)}, False),
        ({"cve": "cve-2026-0001"}, True),
        ({"cve": "ghsa-ABCD"}, True),
        ({"cve": "DEBIAN-CVE-2026-0001"}, True),
        ({"cve": "CVE-2026-000"}, False),
        ({"package": "LibSSL3"}, True),
        ({"package": "openssl"}, True),
        ({"package": "ssl"}, False),
        ({"package": "libssl3", "version": "3.0.1+b1"}, True),
        ({"package": "openssl", "version": "3.0.1"}, True),
        ({"package": "openssl", "version": "3.0.1+b1"}, False),
        ({"version": "3.0.1"}, True),
        ({"version": "3"}, False),
        ({"severity": Severity.HIGH}, True),
        ({"severity": Severity.LOW}, False),
        ({"finding_id": JUDGED.finding.id}, True),
        ({"finding_id": "x"}, False),
        ({"disabled": False, "fixable": True}, True),
        ({"disabled": True}, False),
        ({"fixable": False}, False),
    ],
)
def test_everything_that_is_given_must_hold(wanted: dict[str, Any], meets: bool) -> None:
    assert FindingCriteria(**wanted).hold(shown(), JUDGED) is meets


def test_a_disabled_finding_and_one_without_a_fix_are_told_apart() -> None:
    other = JudgedFinding(finding(fixed_version=None), "r1")
    assert FindingCriteria(disabled=True, fixable=False).hold(shown(), other)
    assert not FindingCriteria(disabled=False).hold(shown(), other)
    assert not FindingCriteria(fixable=True).hold(shown(), other)


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (package("zlib", "1"), {("zlib", "1")}),
        (package("Zlib1g", "1", source="zlib"), {("zlib1g", "1"), ("zlib", "1")}),
        (package("zlib1g", "1", source="zlib", source_version="0.9"), {("zlib1g", "1"), ("zlib", "0.9")}),
    ],
)
def test_a_package_has_the_name_of_its_source_too(made: Any, names: set[tuple[str, str]]) -> None:
    assert package_names(AffectedPackage.of(made)) == names
