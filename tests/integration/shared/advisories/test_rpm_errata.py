"""From the rpm database in a layer to the findings: modules, epochs and builds of an image of AlmaLinux."""

from pathlib import Path

from shared.inventory.merge import merge_layers
from tests.support.rpm_databases import header, sqlite_database
from tests.unit.shared.advisories.osv_samples import database, fixed_in, record
from tests.unit.shared.inventory.layer_making import file, layer

OS_RELEASE = 'ID="almalinux"\nVERSION_ID="8.9"\nPRETTY_NAME="AlmaLinux 8.9"\n'
NODE, BIND = "18.18.2-1.module_el8.9.0+3680+aaaaaaaa", "9.11.36-8.el8"

ERRATA = [
    record(
        "ALSA-2024:1",
        fixed_in("AlmaLinux:8", "nodejs", "1:18.19.0-1.module_el8.9.0+3729+bee9dd5a"),
        related=["CVE-2024-1000"],
        summary="Important: nodejs:18 security update",
    ),
    record(
        "ALSA-2024:2",
        fixed_in("AlmaLinux:8", "nodejs", "1:20.9.0-1.module_el8.9.0+3690+d3ac9a55"),
        related=["CVE-2024-1001"],
        summary="Important: nodejs:20 security update",
    ),
    record(
        "ALSA-2024:3",
        fixed_in("AlmaLinux:8", "bind-libs", "32:9.11.36-9.el8"),
        fixed_in("AlmaLinux:8", "bash", "0:4.4.20-4.el8"),
        related=["CVE-2024-1002", "CVE-2024-1003"],
        summary="Moderate: bind and bash security update",
    ),
]


def test_packages_are_matched_by_their_module_stream_and_their_epoch(tmp_path: Path) -> None:
    headers = [
        header("nodejs", "18.18.2", "1.module_el8.9.0+3680+aaaaaaaa", epoch=1, module="nodejs:18:8090:a75119d5"),
        header("bind-libs", "9.11.36", "8.el8", epoch=32, source="bind-9.11.36-8.el8.src.rpm"),
        header("bash", "4.4.20", "4.el8"),
    ]
    image = merge_layers(
        [layer(file("etc/os-release", OS_RELEASE), file("var/lib/rpm/rpmdb.sqlite", sqlite_database(headers)))]
    )
    report = database(tmp_path, {"AlmaLinux": ERRATA}).match(image)
    assert report.coverage.gaps == ()
    assert [(finding.cve, finding.package.name, finding.remediation) for finding in report.findings] == [
        (
            "CVE-2024-1000",
            "nodejs",
            f"Upgrade nodejs from 1:{NODE} to 1:18.19.0-1.module_el8.9.0+3729+bee9dd5a or later",
        ),
        *(
            (
                cve,
                "bind-libs",
                f"Upgrade bind-libs (source package bind) from 32:{BIND} to 32:9.11.36-9.el8 or later",
            )
            for cve in ("CVE-2024-1002", "CVE-2024-1003")
        ),
    ]
