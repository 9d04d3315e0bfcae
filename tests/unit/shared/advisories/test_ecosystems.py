import msgspec
import pytest

from shared.advisories.ecosystems import (
    InvalidEcosystem,
    belongs,
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
from tests.unit.shared.advisories.osv_samples import Json, affected, record


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
