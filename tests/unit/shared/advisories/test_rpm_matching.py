"""Errata of rpm distributions: epochs, modules and their streams, source and built packages."""

from pathlib import Path

import msgspec

from shared.domain.findings import FixStatus
from shared.domain.packages import Distribution, Package
from tests.unit.shared.advisories.osv_samples import (
    database,
    findings_of,
    fixed_in,
    inventory,
    package,
    record,
)


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
