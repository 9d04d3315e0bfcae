import pytest

from shared.advisories.distributions import advised_name, ecosystem_of
from shared.advisories.versions.scheme import Scheme
from shared.domain.packages import Distribution
from tests.unit.shared.advisories.osv_samples import package


@pytest.mark.parametrize(
    ("os_id", "version_id", "ecosystem"),
    [
        ("debian", "12", "Debian:12"),
        ("debian", "12.5", "Debian:12"),
        ("alpine", "3.19.1", "Alpine:v3.19"),
        ("alpine", "3.9", "Alpine:v3.9"),
        ("alpine", "3.21_alpha20240807", "Alpine:edge"),
        ("ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        ("ubuntu", "24.04", "Ubuntu:24.04:LTS"),
        ("ubuntu", "23.04", "Ubuntu:23.04"),
        ("ubuntu", "24.10", "Ubuntu:24.10"),
        ("almalinux", "9.4", "AlmaLinux:9"),
        ("almalinux", "8.9", "AlmaLinux:8"),
        ("almalinux", "10.0", "AlmaLinux:10"),
        ("rocky", "8.10", "Rocky Linux:8"),
        ("rhel", "9.4", "Red Hat:enterprise_linux:9"),
        ("azurelinux", "3.0", "Azure Linux:3"),
        ("mariner", "2.0", "Azure Linux:2"),
        ("opensuse-leap", "15.6", "openSUSE:Leap 15.6"),
        ("opensuse-tumbleweed", "20260901", "openSUSE:Tumbleweed"),
        ("sles", "15.6", "sles:15.6"),
        ("fedora", "42", "fedora:42"),
        ("acme", "1.2", "acme:1.2"),
        ("wolfi", "20230201", "Wolfi"),
        ("debian", "", None),
        ("", "1", None),
    ],
)
def test_an_installed_distribution_has_an_ecosystem_with_its_release(
    os_id: str, version_id: str, ecosystem: str | None
) -> None:
    assert ecosystem_of(Distribution(os_id, version_id, "")) == ecosystem


def test_distributions_advise_on_source_packages_but_rpm_on_the_package() -> None:
    installed = package("Debian", "libssl3", "3.0.11-1+b1", source="openssl", source_version="3.0.11-1")
    assert advised_name(installed, "Debian:12", Scheme.DEB) == ("openssl", "3.0.11-1")
    assert advised_name(installed, "AlmaLinux:9", Scheme.RPM) == ("libssl3", "3.0.11-1+b1")
    assert advised_name(package("Alpine", "musl", "1.2.4-r2"), "Alpine:v3.19", Scheme.APK) == ("musl", "1.2.4-r2")
    assert advised_name(package("Alpine", "libcrypto3", "3.1-r2", source="openssl"), "Alpine:v3.19", Scheme.APK) == (
        "openssl",
        "3.1-r2",
    )


@pytest.mark.parametrize("ecosystem", ["Rocky Linux:8", "Azure Linux:3", "openSUSE:Leap 15.6"])
def test_some_rpm_distributions_advise_on_source_packages(ecosystem: str) -> None:
    libs = package("x", "bind-libs", "32:9.11.36-8.el8", source="bind", source_version="9.11.36-8.el8")
    assert advised_name(libs, ecosystem, Scheme.RPM) == ("bind", "32:9.11.36-8.el8")
    assert advised_name(package("x", "own", "1-1"), ecosystem, Scheme.RPM) == ("own", "1-1")


@pytest.mark.parametrize("version", ["1.28-420.el8", "1:1.10-420.el8"])
def test_the_epoch_of_a_package_with_a_version_of_its_own_tells_nothing_of_its_source(version: str) -> None:
    extra = package("x", "perl-Extra", version, source="perl", source_version="5.26.3-420.el8")
    assert advised_name(extra, "Rocky Linux:8", Scheme.RPM) == ("perl", "5.26.3-420.el8")
