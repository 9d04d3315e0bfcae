"""Every reason for a difference needs its proof; what has none stays unexplained."""

from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.accuracy.comparison import Comparison, compare
from benchmarks.accuracy.interface import Installed, PackageId, Scan, Sighting
from benchmarks.accuracy.records import Advisories

IDNA = PackageId("pypi", "idna", "3.6")
BZIP = PackageId("deb", "libbz2-1.0", "1.0.8-5+b1")
SOURCE = Installed("bzip2", "1.0.8-5", "var/lib/dpkg/status")
HERE: Mapping[PackageId, Installed] = {IDNA: Installed(path="idna.dist-info"), BZIP: SOURCE}


def scan(*sightings: Sighting, packages: Mapping[PackageId, Installed] | None = HERE) -> Scan:
    return Scan("some scanner", sightings, packages, "12.5")


def seen(package: PackageId = IDNA, *flaws: str, **more: Any) -> Sighting:
    return Sighting(package, frozenset(flaws or ("PYSEC-1",)), **more)


def record(name: str = "PYSEC-1", *events: dict[str, str], **more: Any) -> dict[str, Any]:
    ecosystem, package = more.pop("about", ("PyPI", "idna"))
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    about = {"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges}
    return {"id": name, "affected": [{**about, **more.pop("affected", {})}], **more}


def compared(ours: Scan, theirs: Scan, *records: dict[str, Any]) -> Comparison:
    return compare(ours, theirs, Advisories(records))


def reasons(comparison: Comparison) -> list[tuple[str, str | None]]:
    return [(one.where, one.explanation.category if one.explanation else None) for one in comparison.differences]


FROM_ZERO = {"introduced": "0"}
HOLDING = record("PYSEC-1", FROM_ZERO, {"fixed": "3.7"})
BZIP_RECORD = record("DEBIAN-CVE-2026-0001", FROM_ZERO, {"fixed": "1.0.8-5"}, about=("Debian:12", "bzip2"))
OLD_RECORD = record("DEBIAN-CVE-2026-0001", FROM_ZERO, about=("Debian:11", "bzip2"))


@pytest.mark.parametrize(
    ("package", "flaw", "records", "expected"),
    [
        (IDNA, "PYSEC-1", [HOLDING], None),
        (IDNA, "PYSEC-1", [], "our advisories lack the record"),
        (IDNA, "PYSEC-1", [record("PYSEC-1", FROM_ZERO, withdrawn="2026-01-01T00:00:00Z")], "withdrawn"),
        (IDNA, "PYSEC-1", [record("PYSEC-1", FROM_ZERO, {"fixed": "3.6"})], "they apply the range otherwise"),
        (IDNA, "PYSEC-1", [record("PYSEC-1", FROM_ZERO, about=("PyPI", "x"))], "the record names other packages"),
        (IDNA, "PYSEC-1", [record("PYSEC-1", FROM_ZERO, {"fixed": "not a version"})], None),
        (BZIP, "CVE-2026-0001", [OLD_RECORD], "the record is of another release"),
        (BZIP, "CVE-2026-0001", [BZIP_RECORD], "they apply the range otherwise"),
        (BZIP, "ALBA-1", [record("ALBA-1", FROM_ZERO, about=("Debian:12", "bzip2"))], "an erratum that fixes no flaw"),
        (
            PackageId("hex", "plug", "1.0"),
            "EEF-1",
            [record("EEF-1", about=("Hex", "plug"))],
            "a kind that we do not read",
        ),
    ],
)
def test_a_finding_of_theirs_alone_is_explained_by_what_the_records_say(
    package: PackageId, flaw: str, records: list[dict[str, Any]], expected: str | None
) -> None:
    assert reasons(compared(scan(), scan(seen(package, flaw)), *records)) == [("only theirs", expected)]


def test_a_binary_rebuilt_without_a_change_of_its_source_has_the_version_of_the_source() -> None:
    later = record("DEBIAN-CVE-2026-0001", {"introduced": "1.0.8-5+b1"}, about=("Debian:12", "bzip2"))
    found = compared(scan(), scan(seen(BZIP, "CVE-2026-0001")), later)
    assert reasons(found) == [("only theirs", "they compare the version of the binary")]


def test_a_package_that_an_os_package_owns_is_not_missing() -> None:
    owned = {IDNA: Installed(path="idna.egg-info", owner="python3-idna")}
    found = compared(scan(packages=owned), scan(seen()), HOLDING)
    assert reasons(found) == [("only theirs", "owned by an OS package")]


def test_a_record_of_another_release_explains_nothing_where_the_release_is_not_known() -> None:
    ours, theirs = Scan("ours", (), HERE), Scan("theirs", (seen(BZIP, "CVE-2026-0001"),), HERE)
    assert reasons(compared(ours, theirs, OLD_RECORD)) == [("only theirs", None)]


def test_a_package_that_we_do_not_find_is_never_explained_away() -> None:
    found = compared(scan(packages={}), scan(seen()), HOLDING)
    assert reasons(found) == [("only theirs", None)]
    assert len(found.unexplained) == 1


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([HOLDING], "their database lacks the record, or they pass it over"),
        ([record("PYSEC-1", FROM_ZERO)], "they miss it: no version is fixed"),
        ([record("PYSEC-1", affected={"versions": ["3.6"]})], "they miss it: versions are listed one by one"),
        (
            [record("PYSEC-1", FROM_ZERO, {"fixed": "3.0"}, {"introduced": "3.5"}, {"fixed": "3.7"})],
            "they miss it: the record has several intervals",
        ),
        ([record("PYSEC-1", FROM_ZERO, {"fixed": "3.6"})], None),
        ([record("PYSEC-1", FROM_ZERO, withdrawn="2026-01-01T00:00:00Z")], None),
        ([], None),
    ],
)
def test_a_finding_of_ours_alone_needs_a_record_that_holds_the_version(
    records: list[dict[str, Any]], expected: str | None
) -> None:
    assert reasons(compared(scan(seen()), scan(), *records)) == [("only ours", expected)]


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({}, "a package that they do not list"),
        ({PackageId("pypi", "idna", "3.5"): Installed()}, "they read another version"),
    ],
)
def test_a_package_that_they_do_not_list_is_told_from_one_without_findings(
    theirs: Mapping[PackageId, Installed], expected: str
) -> None:
    assert reasons(compared(scan(seen()), scan(packages=theirs), HOLDING)) == [("only ours", expected)]


def test_a_package_that_they_take_for_one_of_a_third_party_is_passed_over_by_them() -> None:
    found = compared(scan(seen()), scan(packages={IDNA: Installed(foreign=True)}), HOLDING)
    assert reasons(found) == [("only ours", "a package that they take for another's")]


def test_an_undetermined_finding_is_explained_by_its_reason() -> None:
    found = compared(scan(seen(undetermined="the installed version cannot be ordered")), scan())
    assert reasons(found) == [("only ours", "undetermined, not silent")]


def test_aliases_make_two_findings_of_theirs_one_matter() -> None:
    ours = scan(seen(IDNA, "CVE-2026-0002", "PYSEC-1", "GHSA-1"))
    theirs = scan(seen(IDNA, "PYSEC-1"), seen(IDNA, "GHSA-1"))
    found = compared(ours, theirs)
    assert (found.common, reasons(found), dict(found.joins)) == (1, [], {"alias merge": 1})


def test_names_that_only_a_record_joins_are_one_matter() -> None:
    found = compared(
        scan(seen(IDNA, "GHSA-1")), scan(seen(IDNA, "CVE-2026-0002")), record("GHSA-1", aliases=["CVE-2026-0002"])
    )
    assert (found.common, reasons(found)) == (1, [])


def test_the_same_flaw_in_another_package_is_another_matter() -> None:
    found = compared(scan(seen(IDNA, "CVE-2026-0001")), scan(seen(BZIP, "CVE-2026-0001")))
    assert (found.common, len(found.unexplained)) == (0, 1)


RATED = record("PYSEC-1", database_specific={"severity": "MODERATE"})
ERRATUM = record("ALSA-1", summary="Important: x security update", related=["PYSEC-1"], about=("AlmaLinux:9", "x"))


@pytest.mark.parametrize(
    ("ours", "records", "expected"),
    [
        ("medium", [RATED], "ours is the record's"),
        ("high", [RATED], None),
        ("unknown", [RATED], None),
        ("unknown", [HOLDING], "no record rates it"),
        ("high", [HOLDING, ERRATUM], "ours is that of another record of the CVE"),
        ("high", [RATED, ERRATUM], None),
    ],
)
def test_another_severity_is_explained_by_the_ratings_of_the_records(
    ours: str, records: list[dict[str, Any]], expected: str | None
) -> None:
    found = compared(scan(seen(severity=ours)), scan(seen(severity="low")), *records)
    assert reasons(found) == [("severity", expected)]


@pytest.mark.parametrize(
    ("ours", "theirs", "records", "expected"),
    [
        (
            ("3.7",),
            ("3.6.1",),
            [HOLDING, record("GHSA-1", FROM_ZERO, {"fixed": "3.6.1"}, aliases=["PYSEC-1"])],
            "ours is free by every record",
        ),
        (("3.6.1",), ("3.7",), [HOLDING, record("GHSA-1", FROM_ZERO, {"fixed": "3.6.1"}, aliases=["PYSEC-1"])], None),
        ((), ("3.5",), [record("PYSEC-1", {"introduced": "3.6"})], "no later version is free of the flaw"),
        ((), ("3.7",), [HOLDING], None),
        (("4.0",), (), [HOLDING], None),
    ],
)
def test_another_fixed_version_is_explained_by_the_records_that_it_is_free_of(
    ours: tuple[str, ...], theirs: tuple[str, ...], records: list[dict[str, Any]], expected: str | None
) -> None:
    found = compared(scan(seen(fixed=ours)), scan(seen(fixed=theirs)), *records)
    assert reasons(found) == [("fix", expected)]
