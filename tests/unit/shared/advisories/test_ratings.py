import msgspec
import pytest

from shared.advisories.osv import Affected, Record
from shared.advisories.ratings import package_ratings, record_ratings
from shared.domain.findings import Rating
from shared.domain.severity import Severity
from tests.unit.shared.advisories.osv_samples import affected, record

V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def _of_record(name: str, **more: object) -> tuple[Rating, ...]:
    return record_ratings(msgspec.convert(record(name, **more), Record))


def _of_package(name: str, **more: object) -> tuple[Rating, ...]:
    entry = affected("Debian:12", "a", **more)
    return package_ratings(msgspec.convert(record(name, entry), Record), msgspec.convert(entry, Affected))


@pytest.mark.parametrize(
    ("kind", "vector", "severity", "score"),
    [
        ("CVSS_V2", V2, Severity.HIGH, 10.0),
        ("CVSS_V3", V3, Severity.CRITICAL, 9.8),
        ("CVSS_V4", V4, Severity.CRITICAL, 9.3),
        ("CVSS_V3", "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", Severity.NEGLIGIBLE, 0.0),
    ],
)
def test_vectors_of_every_cvss_version_are_scored(kind: str, vector: str, severity: Severity, score: float) -> None:
    assert _of_record("X-1", severity=[{"type": kind, "score": vector}]) == (Rating("X", severity, score, vector),)


@pytest.mark.parametrize("vector", ["", "9.8", "CVSS:3.1/AV:N", "CVSS:4.0/x", "CVSS:9.9/AV:N", "AV:" * 1000])
def test_an_unreadable_vector_rates_nothing(vector: str) -> None:
    (rating,) = _of_record("X-1", severity=[{"type": "CVSS_V3", "score": vector}])
    assert rating == Rating("X", Severity.UNKNOWN, None, vector[:200])


def test_githubs_word_comes_before_its_vector() -> None:
    ratings = _of_record(
        "GHSA-1", severity=[{"type": "CVSS_V3", "score": V3}], database_specific={"severity": "MODERATE"}
    )
    assert ratings == (Rating("GitHub", Severity.MEDIUM), Rating("GitHub", Severity.CRITICAL, 9.8, V3))


def test_ubuntus_priority_is_a_word() -> None:
    severity = [{"type": "CVSS_V3", "score": V3}, {"type": "Ubuntu", "score": "negligible"}]
    assert _of_record("UBUNTU-CVE-2024-1", severity=severity)[0] == Rating("Ubuntu", Severity.NEGLIGIBLE)


@pytest.mark.parametrize(
    ("urgency", "severity"), [("unimportant", Severity.NEGLIGIBLE), ("low", Severity.LOW), ("high", Severity.HIGH)]
)
def test_debians_urgency_belongs_to_the_release(urgency: str, severity: Severity) -> None:
    found = _of_package("DEBIAN-CVE-2024-1", ecosystem_specific={"urgency": urgency})
    assert found == (Rating("Debian", severity),)


@pytest.mark.parametrize("urgency", ["not yet assigned", "end-of-life", "untriaged", "", 7, None, ["high"]])
def test_words_that_say_nothing_rate_nothing(urgency: object) -> None:
    assert _of_package("DEBIAN-CVE-2024-1", ecosystem_specific={"urgency": urgency}) == ()


def test_an_erratum_is_rated_by_the_first_word_of_its_summary() -> None:
    assert _of_record("ALSA-2024:1", summary="Important: nss update") == (Rating("AlmaLinux", Severity.HIGH),)
    assert _of_record("ALSA-2024:1", summary="Very important: nss update") == ()


def test_equal_ratings_are_given_once() -> None:
    twice = [{"type": "CVSS_V3", "score": V3}] * 2
    assert len(_of_record("X-1", severity=twice)) == 1
