import msgspec
import pytest

from shared.advisories.ecosystems import (
    InvalidEcosystem,
    advised_name,
    belongs,
    ecosystem_of,
    is_language,
    normal_ecosystem,
    normal_name,
    parse_ecosystem,
    scheme_by_name,
    scheme_by_purl,
    scheme_by_records,
)
from shared.advisories.osv import Record
from shared.advisories.versions.scheme import Scheme
from shared.domain.packages import Distribution
from tests.unit.shared.advisories.osv_samples import Json, affected, package, record


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


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Red Hat:enterprise_linux:9::appstream", "Red Hat:enterprise_linux:9"),
        ("Red Hat:enterprise_linux:10.1", "Red Hat:enterprise_linux:10"),
        ("Red Hat:enterprise_linux:8::baseos", "Red Hat:enterprise_linux:8"),
        ("Red Hat:rhel_eus:9.2::baseos", "Red Hat:rhel_eus:9.2::baseos"),
        ("Maven:https://maven.google.com", "Maven"),
        ("npm", "npm"),
        ("Debian:12", "Debian:12"),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04:LTS"),
    ],
)
def test_repositories_of_one_release_are_one_ecosystem(written: str, kept: str) -> None:
    assert normal_ecosystem(written) == kept


def test_records_of_a_release_belong_to_the_feed_of_all_releases() -> None:
    assert belongs("Debian:12", "Debian")
    assert belongs("Debian:12", "Debian:12")
    assert not belongs("Debian:12", "Debian:1")
    assert not belongs("Debian", "Debian:12")
    assert not belongs("DebianX:12", "Debian")


@pytest.mark.parametrize(
    "name", ["PyPI", "Debian:12", "Rocky Linux", "crates.io", "Red Hat:enterprise_linux:9::baseos"]
)
def test_names_of_ecosystems_are_taken(name: str) -> None:
    assert parse_ecosystem(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../etc", "a/b", "a\\b", "a\n", "é", "a" * 101, " a", "a?b", "a#b"])
def test_what_could_leave_the_base_is_no_ecosystem(name: str) -> None:
    with pytest.raises(InvalidEcosystem):
        parse_ecosystem(name)


def _records(*entries: Json) -> list[Record]:
    return [msgspec.convert(record("X-1", entry), Record) for entry in entries]


def test_an_unknown_ecosystem_takes_its_order_from_the_package_urls() -> None:
    plain = affected("acme:1", "a", {"introduced": "0"})
    with_purl = {**plain, "package": {"ecosystem": "acme:1", "name": "a", "purl": "pkg:deb/acme/a"}}
    assert scheme_by_name("acme:1") is None
    assert scheme_by_records("acme", _records(plain, with_purl)) is Scheme.DEB


def test_an_unknown_ecosystem_with_semver_ranges_is_ordered_so() -> None:
    semver = {"package": {"ecosystem": "acme", "name": "a"}, "ranges": [{"type": "SEMVER", "events": []}]}
    assert scheme_by_records("acme", _records(semver)) is Scheme.SEMVER


def test_entries_of_other_ecosystems_say_nothing_about_the_order() -> None:
    other = {"package": {"ecosystem": "other", "name": "a", "purl": "pkg:deb/x/a"}, "ranges": []}
    assert scheme_by_records("acme", _records(other)) is None


@pytest.mark.parametrize("ecosystem", ["PyPI", "npm", "Maven", "NuGet", "RubyGems", "crates.io", "Packagist"])
def test_every_ecosystem_that_is_fetched_has_a_version_order_by_name_and_by_package_url(ecosystem: str) -> None:
    purl_types = {"Maven": "maven", "NuGet": "nuget", "RubyGems": "gem", "crates.io": "cargo", "Packagist": "composer"}
    scheme = scheme_by_name(ecosystem)
    assert scheme is scheme_by_purl(f"pkg:{purl_types.get(ecosystem, ecosystem.lower())}/a/b@1")
    assert scheme is not None


def test_names_are_normalised_where_their_ecosystem_does() -> None:
    assert normal_name("PyPI", "Foo__Bar.-baz") == "foo-bar-baz"
    assert normal_name("NuGet", "Newtonsoft.Json") == "newtonsoft.json"
    assert normal_name("Packagist", "Symfony/HTTP-kernel") == "symfony/http-kernel"
    assert normal_name("npm", "JSONStream") == "JSONStream"
    assert normal_name("Maven", "A:b") == "A:b"


def test_languages_are_told_from_distributions() -> None:
    assert is_language("PyPI")
    assert is_language("Maven")
    assert not is_language("Debian")
    assert not is_language("acme")


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
