import gc
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from shared.advisories.database import AdvisoryDatabase, TooManyFindings
from shared.advisories.lookup import SnapshotUnusable
from shared.domain.findings import Finding, FixStatus, Report
from shared.domain.packages import Distribution, Package
from shared.domain.severity import Severity
from tests.unit.shared.advisories.osv_samples import (
    ALPINE,
    DEBIAN,
    affected,
    database,
    findings_of,
    fixed_in,
    inventory,
    package,
    record,
)

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LIBSSL = package("Debian", "libssl3", "3.0.11-1+b1", source="openssl", source_version="3.0.11-1")


def test_debian_is_matched_by_source_package_and_source_version(tmp_path: Path) -> None:
    flaw = record(
        "DEBIAN-CVE-2024-1000",
        fixed_in("Debian:12", "openssl", "3.0.11-1+b1"),
        upstream=["CVE-2024-1000"],
        published="2024-05-06T07:08:09Z",
        summary="Buffer overflow",
        references=[{"type": "WEB", "url": "https://example.org/1"}],
    )
    (finding,) = findings_of(database(tmp_path, {"Debian": [flaw]}), LIBSSL, distribution=DEBIAN)
    assert finding.cve == "CVE-2024-1000"
    assert finding.advisory == "DEBIAN-CVE-2024-1000"
    assert finding.aliases == ("DEBIAN-CVE-2024-1000",)
    assert finding.package.name == "libssl3"
    assert finding.package.source_version == "3.0.11-1"
    assert finding.fixed_version == "3.0.11-1+b1"
    assert finding.fix_status is FixStatus.FIXED
    assert finding.remediation == "Upgrade libssl3 (source package openssl) from 3.0.11-1 to 3.0.11-1+b1 or later"
    assert finding.published == "2024-05-06T07:08:09Z"
    assert finding.title == "Buffer overflow"
    assert finding.references == ("https://example.org/1",)
    assert finding.severity is Severity.UNKNOWN
    assert finding.undetermined is None


def test_a_binary_package_that_only_shares_the_name_is_not_matched(tmp_path: Path) -> None:
    found = database(tmp_path, {"Debian": [record("DEBIAN-CVE-2024-1000", fixed_in("Debian:12", "libssl3", "9"))]})
    assert findings_of(found, LIBSSL, distribution=DEBIAN) == []


def test_other_releases_say_nothing(tmp_path: Path) -> None:
    flaws = [record("DEBIAN-CVE-2024-1000", fixed_in("Debian:11", "openssl", "9"), fixed_in("Debian:12", "other", "9"))]
    assert findings_of(database(tmp_path, {"Debian": flaws}), LIBSSL, distribution=DEBIAN) == []


def test_each_release_has_its_own_fix(tmp_path: Path) -> None:
    fixes = {"Debian:11": "1.1.1w-1", "Debian:12": "3.0.15-1", "Debian:13": "3.5.0-1"}
    entries = [fixed_in(release, "openssl", version) for release, version in fixes.items()]
    (finding,) = findings_of(
        database(tmp_path, {"Debian": [record("DEBIAN-CVE-2024-1000", *entries)]}), LIBSSL, distribution=DEBIAN
    )
    assert finding.fixed_version == "3.0.15-1"


def test_alpine_is_matched_by_origin_and_zero_means_not_affected(tmp_path: Path) -> None:
    flaws = [
        record("ALPINE-CVE-2024-1000", fixed_in("Alpine:v3.19", "openssl", "3.1.4-r6")),
        record("ALPINE-CVE-2024-1001", fixed_in("Alpine:v3.19", "openssl", "0")),
        record("ALPINE-CVE-2024-1002", fixed_in("Alpine:v3.20", "openssl", "9")),
    ]
    crypto = package("Alpine", "libcrypto3", "3.1.4-r5", source="openssl")
    found = findings_of(database(tmp_path, {"Alpine": flaws}), crypto, distribution=ALPINE)
    assert [finding.cve for finding in found] == ["CVE-2024-1000"]


def test_python_names_are_matched_however_they_are_written(tmp_path: Path) -> None:
    flaw = record("PYSEC-1", fixed_in("PyPI", "Foo.Bar_baz", "2.0"))
    found = findings_of(database(tmp_path, {"PyPI": [flaw]}), package("PyPI", "foo-bar.Baz", "1.0"))
    assert [finding.advisory for finding in found] == ["PYSEC-1"]


def test_exact_versions_are_matched_with_and_without_a_range(tmp_path: Path) -> None:
    flaw = record("PYSEC-1", affected("PyPI", "foo", versions=["1.0", "1.0-odd"]))
    found = database(tmp_path, {"PyPI": [flaw]})
    hits = [findings_of(found, package("PyPI", "foo", version)) for version in ("1.0", "1.0.0", "1.0-odd", "1.1")]
    assert [len(hit) for hit in hits] == [1, 1, 1, 0]
    assert hits[0][0].fix_status is FixStatus.UNKNOWN
    assert hits[0][0].fixed_version is None


def test_npm_scopes_and_several_intervals(tmp_path: Path) -> None:
    events = [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}, {"introduced": "2.0.0"}, {"fixed": "2.3.0"}]
    found = database(tmp_path, {"npm": [record("GHSA-1", affected("npm", "@a/b", *events))]})
    fixes = {
        version: [finding.fixed_version for finding in findings_of(found, package("npm", "@a/b", version))]
        for version in ("0.9.0", "1.4.9", "1.5.0", "2.0.0", "2.3.0")
    }
    assert fixes == {"0.9.0": [], "1.4.9": ["1.5.0"], "1.5.0": [], "2.0.0": ["2.3.0"], "2.3.0": []}


def test_a_package_that_another_one_owns_is_not_matched_and_needs_no_coverage(tmp_path: Path) -> None:
    found = database(tmp_path, {"Debian": [record("DEBIAN-CVE-2024-1000", fixed_in("Debian:12", "x", "1"))]})
    owned = package("PyPI", "requests", "1.0", owner="python3-requests")
    report = found.match(inventory(owned, distribution=DEBIAN))
    assert report.findings == ()
    assert report.coverage.gaps == ()
    assert report.package_count == 1


def test_withdrawn_advisories_are_ignored(tmp_path: Path) -> None:
    gone = record("GHSA-1", fixed_in("npm", "a", "2.0.0"), withdrawn="2024-01-01T00:00:00Z")
    found = database(tmp_path, {"npm": [gone, record("GHSA-2", fixed_in("npm", "b", "2.0.0"))]})
    assert findings_of(found, package("npm", "a", "1.0.0")) == []


def test_records_of_one_flaw_are_one_finding_with_all_ratings(tmp_path: Path) -> None:
    flaws = [
        record(
            "GHSA-1",
            fixed_in("PyPI", "foo", "2.0"),
            aliases=["CVE-2024-1000", "PYSEC-1"],
            database_specific={"severity": "MODERATE"},
        ),
        record(
            "PYSEC-1",
            fixed_in("PyPI", "foo", "2.1"),
            aliases=["CVE-2024-1000"],
            severity=[{"type": "CVSS_V3", "score": V3}],
        ),
    ]
    (finding,) = findings_of(database(tmp_path, {"PyPI": flaws}), package("PyPI", "foo", "1.0"))
    assert finding.severity is Severity.MEDIUM
    assert finding.cvss == 9.8
    assert {rating.source for rating in finding.ratings} == {"GitHub", "PyPI"}
    assert finding.aliases == ("GHSA-1", "PYSEC-1")
    assert finding.fixed_version == "2.1"


def test_the_vendors_urgency_wins_over_a_vector(tmp_path: Path) -> None:
    entry = fixed_in("Debian:12", "openssl", "9", ecosystem_specific={"urgency": "unimportant"})
    flaw = record("DEBIAN-CVE-2024-1000", entry, severity=[{"type": "CVSS_V3", "score": V3}])
    (finding,) = findings_of(database(tmp_path, {"Debian": [flaw]}), LIBSSL, distribution=DEBIAN)
    assert finding.severity is Severity.NEGLIGIBLE
    assert finding.cvss == 9.8


def test_an_unrated_advisory_takes_the_severity_of_an_alias_in_another_feed(tmp_path: Path) -> None:
    feeds = {
        "Debian": [record("DEBIAN-CVE-2024-1000", fixed_in("Debian:12", "openssl", "9"))],
        "PyPI": [
            record(
                "GHSA-1",
                fixed_in("PyPI", "cryptography", "9"),
                aliases=["CVE-2024-1000"],
                severity=[{"type": "CVSS_V3", "score": V3}],
            )
        ],
    }
    (finding,) = findings_of(database(tmp_path, feeds), LIBSSL, distribution=DEBIAN)
    assert finding.severity is Severity.CRITICAL
    assert finding.cvss == 9.8
    assert [rating.source for rating in finding.ratings] == ["GitHub"]


@pytest.mark.parametrize("version", ["not a version", "", "1:2:x y"])
def test_an_installed_version_that_cannot_be_ordered_is_undetermined(tmp_path: Path, version: str) -> None:
    found = database(tmp_path, {"npm": [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))]})
    (finding,) = findings_of(found, package("npm", "a", version))
    assert finding.undetermined is not None
    assert "cannot be ordered" in finding.undetermined
    assert finding.fix_status is FixStatus.UNKNOWN
    assert finding.remediation.startswith("Check a ")
    assert findings_of(found, package("npm", "b", version)) == []


def test_an_advisory_version_that_cannot_be_ordered_is_undetermined(tmp_path: Path) -> None:
    found = database(tmp_path, {"Alpine": [record("ALPINE-CVE-2024-1000", fixed_in("Alpine:v3.19", "a", "1.-r0"))]})
    (finding,) = findings_of(found, package("Alpine", "a", "1.0-r0"), distribution=ALPINE)
    assert finding.undetermined == "the advisory's range cannot be ordered: '1.-r0' is not a valid Alpine version"


def test_an_ecosystem_without_a_version_order_is_undetermined_and_not_healthy(tmp_path: Path) -> None:
    found = database(tmp_path, {"Hackage": [record("GHSA-1", fixed_in("Hackage", "aeson", "7"))]})
    (finding,) = findings_of(found, package("Hackage", "aeson", "6"))
    assert finding.undetermined is not None
    assert "no version order is known" in finding.undetermined


def test_languages_are_matched_in_the_order_of_their_versions(tmp_path: Path) -> None:
    fixes = {
        "Maven": ("org.a:b", "1.0.Final", "1.0.CR2"),
        "NuGet": ("A.B", "1.0.0.1", "1.0.0-Beta.9"),
        "RubyGems": ("rails", "6.1.0", "6.1.0.rc1"),
        "crates.io": ("time", "0.2.23", "0.2.9"),
        "Packagist": ("a/b", "v2.0.0", "v2.0.0-RC1"),
    }
    records = {name: [record("GHSA-1", fixed_in(name, fix[0], fix[1]))] for name, fix in fixes.items()}
    found = database(tmp_path, records)
    for ecosystem, (name, fixed, older) in fixes.items():
        (finding,) = findings_of(found, package(ecosystem, name, older))
        assert (finding.fixed_version, finding.undetermined) == (fixed, None)
        assert findings_of(found, package(ecosystem, name, fixed)) == []


@pytest.mark.parametrize(("ecosystem", "name"), [("NuGet", "newtonsoft.json"), ("Packagist", "Newtonsoft.Json")])
def test_names_are_found_in_any_case_where_their_registry_takes_them_so(
    tmp_path: Path, ecosystem: str, name: str
) -> None:
    found = database(tmp_path, {ecosystem: [record("GHSA-1", fixed_in(ecosystem, "Newtonsoft.JSON", "13.0.1"))]})
    assert len(findings_of(found, package(ecosystem, name, "12.0.3"))) == 1


def test_an_archive_without_a_group_may_be_any_package_of_its_artifact(tmp_path: Path) -> None:
    entries = (
        record("GHSA-1", fixed_in("Maven", "org.springframework:spring-core", "5.3.18"), aliases=["CVE-2022-22965"]),
        record("GHSA-2", fixed_in("Maven", "com.acme:spring-core", "1.0"), fixed_in("Maven", "org.a:core", "9")),
    )
    found = database(tmp_path, {"Maven": entries})
    (finding,) = findings_of(found, package("Maven", "spring-core", "5.3.17"))
    assert finding.undetermined == (
        "the archive does not name its group, and org.springframework:spring-core has this flaw"
    )
    assert (finding.cve, finding.fixed_version) == ("CVE-2022-22965", None)
    assert finding.remediation.startswith("Check spring-core 5.3.17 by hand: ")
    assert findings_of(found, package("Maven", "spring-core", "5.3.18")) == []
    assert findings_of(found, package("Maven", "spring", "1")) == []
    assert findings_of(found, package("Maven", "org.other:spring-core", "5.3.17")) == []
    (certain,) = findings_of(found, package("Maven", "org.springframework:spring-core", "5.3.17"))
    assert (certain.undetermined, certain.fixed_version) == (None, "5.3.18")


def test_a_private_distribution_has_its_own_feed(tmp_path: Path) -> None:
    entry = fixed_in("acme:1", "tool", "1.0~rc2-1")
    entry = {**entry, "package": {"ecosystem": "acme:1", "name": "tool", "purl": "pkg:deb/acme/tool?arch=source"}}
    found = database(tmp_path, {"acme": [record("ACME-1", entry)]})
    distribution = Distribution("acme", "1", "Acme Linux")
    installed = package("acme", "tool-bin", "7", source="tool", source_version="1.0~rc1-1")
    (finding,) = findings_of(found, installed, distribution=distribution)
    assert finding.advisory == "ACME-1"
    fixed = msgspec.structs.replace(installed, source_version="1.0~rc2-1")
    assert findings_of(found, fixed, distribution=distribution) == []
    assert found.match(inventory(fixed, distribution=distribution)).coverage.gaps == ()


def test_an_erratum_finds_every_flaw_that_it_covers(tmp_path: Path) -> None:
    erratum = record(
        "ALSA-2024:1",
        fixed_in("AlmaLinux:9", "openssl-libs", "1:3.0.7-25.el9_3"),
        related=["CVE-2024-1000", "CVE-2024-1001"],
        summary="Important: openssl security update",
    )
    alma = Distribution("almalinux", "9.4", "AlmaLinux 9.4")
    found = database(tmp_path, {"AlmaLinux": [erratum]})
    installed = package("almalinux", "openssl-libs", "1:3.0.7-24.el9", source="openssl")
    findings = findings_of(found, installed, distribution=alma)
    assert [finding.cve for finding in findings] == ["CVE-2024-1000", "CVE-2024-1001"]
    assert {finding.severity for finding in findings} == {Severity.HIGH}
    assert {finding.fixed_version for finding in findings} == {"1:3.0.7-25.el9_3"}


def test_findings_are_worst_first_whatever_the_order_of_packages(tmp_path: Path) -> None:
    words = {"a": "LOW", "b": "CRITICAL", "c": "HIGH"}
    flaws = [
        record(f"GHSA-{name}", fixed_in("npm", name, "2.0.0"), database_specific={"severity": word})
        for name, word in words.items()
    ]
    found = database(tmp_path, {"npm": flaws})
    packages = [package("npm", name, "1.0.0") for name in words]
    reports = [found.match(inventory(*order)) for order in (packages, packages[::-1])]
    assert reports[0] == reports[1]
    assert [finding.package.name for finding in reports[0].findings] == ["b", "c", "a"]


def test_the_same_package_in_two_places_is_two_findings(tmp_path: Path) -> None:
    found = database(tmp_path, {"npm": [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))]})
    findings = findings_of(found, *(package("npm", "a", "1.0.0", path=path) for path in ("one", "two")))
    assert {finding.package.path for finding in findings} == {"one", "two"}
    assert len({finding.id for finding in findings}) == 2


def test_a_report_survives_being_written_and_read(tmp_path: Path) -> None:
    found = database(tmp_path, {"npm": [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))]})
    report = found.match(inventory(package("npm", "a", "1.0.0")))
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_more_findings_than_are_wanted_are_no_report(tmp_path: Path) -> None:
    found = database(tmp_path, {"npm": [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))]})
    places = inventory(*(package("npm", "a", "1.0.0", path=f"place/{number}") for number in range(3)))
    assert len(found.match(places, 3).findings) == 3
    with pytest.raises(TooManyFindings, match="more than 2 findings"):
        found.match(places, 2)


def test_what_is_kept_for_other_images_is_bounded_by_its_flaws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.advisories.database._FLAWS_KEPT", 50)
    flaws = [record(f"GHSA-{number}", fixed_in("npm", "many-flaws", "2.0.0")) for number in range(10)]
    found = database(tmp_path, {"npm": flaws})
    for version in range(100):
        assert len(findings_of(found, package("npm", "many-flaws", f"1.0.{version}"))) == 10
    kept = [one for one in gc.get_objects() if isinstance(one, Finding) and one.package.name == "many-flaws"]
    assert 0 < len(kept) < 100


def test_threads_share_one_database(tmp_path: Path) -> None:
    flaws = [record(f"GHSA-{number}", fixed_in("npm", f"p{number}", "2.0.0")) for number in range(100)]
    found = database(tmp_path, {"npm": flaws})
    image = inventory(*(package("npm", f"p{number}", "1.0.0") for number in range(100)))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(len(found.match(image).findings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [100] * 8


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "snapshot.sqlite"
    path.write_bytes(content)
    with pytest.raises(SnapshotUnusable):
        AdvisoryDatabase(path)


def test_the_worker_loads_nothing_that_only_updates_need() -> None:
    script = "import sys, shared.advisories.database; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"cvss", "urllib3", "zipfile", "isal", "azure"} & set(loaded)


def test_go_modules_carry_a_v_that_the_advisories_leave_out(tmp_path: Path) -> None:
    feed = [
        record("GO-2024-1", fixed_in("Go", "stdlib", "1.22.2")),
        record("GO-2024-2", affected("Go", "example.org/m", {"introduced": "1.21.0-0"}, {"fixed": "1.21.0"})),
    ]
    library, module = package("Go", "stdlib", "v1.22.1"), package("Go", "example.org/m", "v1.21.0-rc.2")
    newer = package("Go", "stdlib", "v1.22.2")
    found = findings_of(database(tmp_path, {"Go": feed}), library, module, newer)
    assert {(finding.advisory, finding.undetermined) for finding in found} == {("GO-2024-1", None), ("GO-2024-2", None)}
    assert len(found) == 2


def test_rpm_packages_are_matched_with_their_epoch(tmp_path: Path) -> None:
    alma = Distribution("almalinux", "8.9", "AlmaLinux 8.9")
    feed = [record("ALSA-2024:1", fixed_in("AlmaLinux:8", "bind-libs", "32:9.11.36-8.el8"))]
    held = database(tmp_path, {"AlmaLinux": feed})
    for version, count in (("32:9.11.4-1.el8", 1), ("32:9.11.36-8.el8", 0), ("9.12-1.el8", 1), ("33:1-1", 0)):
        found = findings_of(held, package("AlmaLinux", "bind-libs", version, source="bind"), distribution=alma)
        assert len(found) == count


ALMA = Distribution("almalinux", "8.9", "AlmaLinux 8.9")
NODE_18 = "nodejs:18:8090020231212151433:a75119d5"


def _node(version: str, module: str = NODE_18) -> Package:
    return package("AlmaLinux", "nodejs", version, source="nodejs", module=module)


def test_an_erratum_for_a_module_finds_the_packages_of_its_stream_alone(tmp_path: Path) -> None:
    feed = [
        record(
            "ALSA-2024:1",
            fixed_in("AlmaLinux:8", "nodejs", "1:18.19.0-1.module_el8.9.0+3729+bee9dd5a"),
            summary="Important: nodejs:18 security update",
        ),
        record(
            "ALSA-2024:2",
            fixed_in("AlmaLinux:8", "nodejs", "1:20.9.0-1.module_el8.9.0+3690+d3ac9a55"),
            summary="Important: nodejs:20 security update",
        ),
        record("ALSA-2024:3", fixed_in("AlmaLinux:8", "nodejs", "1:99-1.el8"), summary="Low: nodejs security update"),
    ]
    held = database(tmp_path, {"AlmaLinux": feed})
    cases = {
        _node("1:18.18.2-1.module_el8.9.0+3680+aaaaaaaa"): [("ALSA-2024:1", None)],
        _node("1:18.19.0-1.module_el8.9.0+3729+bee9dd5a"): [],
        _node("1:20.1.0-1.module_el8.9.0+1+bbbbbbbb", "nodejs:20:8090:cccccccc"): [("ALSA-2024:2", None)],
        _node("1:16.20.2-1.module_el8.9.0+1+bbbbbbbb", "nodejs:16:8090:cccccccc"): [],
        _node("1:18.18.2-1.el8", ""): [("ALSA-2024:3", None)],
    }
    for installed, expected in cases.items():
        found = findings_of(held, installed, distribution=ALMA)
        assert [(finding.advisory, finding.undetermined) for finding in found] == expected


def test_where_the_stream_cannot_be_told_the_flaw_is_undetermined_and_never_left_out(tmp_path: Path) -> None:
    build = "1:18.19.0-1.module_el8.9.0+3729+bee9dd5a"
    unnamed = record("ALSA-2024:1", fixed_in("AlmaLinux:8", "nodejs", build), summary="Important: nodejs update")
    held = database(tmp_path, {"AlmaLinux": [unnamed]})
    (finding,) = findings_of(held, _node("1:18.18.2-1.module_el8.9.0+1+aaaaaaaa"), distribution=ALMA)
    assert finding.undetermined == "the advisory does not name its module stream, and the package is of nodejs:18"
    assert (finding.fixed_version, finding.fix_status) == (None, FixStatus.UNKNOWN)
    assert findings_of(held, _node(build), distribution=ALMA) == []
    assert findings_of(held, _node("1:18.18.2-1.el8", ""), distribution=ALMA) == []


def test_every_build_that_an_erratum_names_is_fixed(tmp_path: Path) -> None:
    builds = ["1.0.5-18.module_el8.6.0+2867+72759d2f", "1.0.5-18.module_el8.5.0+2632+14ced695"]
    erratum = record(
        "ALSA-2024:1",
        *(fixed_in("AlmaLinux:8", "Judy", build) for build in builds),
        summary="Moderate: mariadb:10.3 security update",
    )
    held = database(tmp_path, {"AlmaLinux": [erratum]})
    fixes = {}
    for version in (*builds, "1.0.5-18.module_el8.5.0+1+14ced695", "1.0.5-18.module_el8.6.0+1+14ced695"):
        judy = package("AlmaLinux", "Judy", version, module="mariadb:10.3:8060020220715055054:3b0d7a7e")
        fixes[version] = [finding.fixed_version for finding in findings_of(held, judy, distribution=ALMA)]
    assert list(fixes.values()) == [[], [], [builds[0]], [builds[0]]]


def test_repositories_of_red_hat_are_one_release_and_its_errata_name_built_packages(tmp_path: Path) -> None:
    flaw = record(
        "RHSA-2024:1",
        fixed_in("Red Hat:enterprise_linux:9::appstream", "openssl-libs", "1:3.0.7-25.el9_3"),
        fixed_in("Red Hat:enterprise_linux:9::baseos", "openssl-libs", "1:3.0.7-25.el9_3"),
        fixed_in("Red Hat:rhel_eus:9.2::baseos", "openssl-libs", "1:9-1.el9"),
        upstream=["CVE-2024-1000", "CVE-2024-1001"],
    )
    held = database(tmp_path, {"Red Hat": [flaw]})
    rhel = Distribution("rhel", "9.3", "Red Hat Enterprise Linux 9.3")
    libs = package("Red Hat", "openssl-libs", "1:3.0.7-24.el9", source="openssl", source_version="3.0.7-24.el9")
    assert [(finding.cve, finding.fixed_version) for finding in findings_of(held, libs, distribution=rhel)] == [
        ("CVE-2024-1000", "1:3.0.7-25.el9_3"),
        ("CVE-2024-1001", "1:3.0.7-25.el9_3"),
    ]
    fixed = msgspec.structs.replace(libs, version="1:3.0.7-25.el9_3")
    assert held.match(inventory(fixed, distribution=rhel)).coverage.gaps == ()
    assert findings_of(held, fixed, distribution=rhel) == []


def test_rocky_names_the_source_package_and_one_record_may_hold_both_kinds_of_builds(tmp_path: Path) -> None:
    erratum = record(
        "RLSA-2020:4641",
        fixed_in("Rocky Linux:8", "babel", "0:2.7.0-10.module+el8.4.0+570+c2eaf144"),
        fixed_in("Rocky Linux:8", "rocky-release", "0:8.4-1"),
        summary="Moderate: python38:3.8 security update",
    )
    held = database(tmp_path, {"Rocky Linux": [erratum]})
    rocky = Distribution("rocky", "8.3", "Rocky Linux 8.3")
    babel = package(
        "Rocky Linux",
        "python38-babel",
        "2.7.0-9.module+el8.3.0+1+aaaaaaaa",
        source="babel",
        source_version="2.7.0-9.module+el8.3.0+1+aaaaaaaa",
        module="python38:3.8:8030020200818121313:3.8",
    )
    found = findings_of(held, babel, package("Rocky Linux", "rocky-release", "8.3-1"), distribution=rocky)
    assert [(finding.package.name, finding.undetermined) for finding in found] == [
        ("python38-babel", None),
        ("rocky-release", None),
    ]


def test_a_package_that_debian_no_longer_supports_in_a_release_will_not_be_fixed(tmp_path: Path) -> None:
    entry = affected("Debian:12", "openssl", {"introduced": "0"}, ecosystem_specific={"urgency": "end-of-life"})
    (finding,) = findings_of(
        database(tmp_path, {"Debian": [record("DEBIAN-CVE-2024-1000", entry)]}), LIBSSL, distribution=DEBIAN
    )
    assert (finding.fix_status, finding.fixed_version) == (FixStatus.WILL_NOT_FIX, None)
    assert finding.remediation == (
        "Replace or remove libssl3 (source package openssl): its vendor will not fix this flaw in this release"
    )


def test_two_cves_of_one_package_are_two_findings_though_each_advisory_names_both(tmp_path: Path) -> None:
    cves = ["CVE-2021-1000", "CVE-2026-1001"]
    feed = [
        record("GHSA-1", fixed_in("npm", "lodash", "4.17.21"), aliases=cves),
        record("GHSA-2", affected("npm", "lodash", {"introduced": "4.0.0"}, {"fixed": "4.18.0"}), aliases=cves),
    ]
    held = database(tmp_path, {"npm": feed})
    for version, fixed in (("3.0.0", "4.17.21"), ("4.17.20", "4.18.0"), ("4.17.21", "4.18.0")):
        found = findings_of(held, package("npm", "lodash", version))
        assert {(finding.cve, finding.fixed_version) for finding in found} == {(cve, fixed) for cve in cves}
        assert len({finding.id for finding in found}) == 2
    assert findings_of(held, package("npm", "lodash", "4.18.0")) == []
