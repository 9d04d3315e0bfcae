"""Package URLs: what one covers, and that it never covers more."""

import pytest

from shared.domain.package_urls import InvalidPackageUrl, covers, parse_purl

FOUND = "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"


@pytest.mark.parametrize(
    "wanted",
    [
        FOUND,
        "pkg:deb/debian/openssl@3.0.11-1~deb12u2",
        "pkg:deb/debian/openssl@3.0.11-1%7Edeb12u2?distro=debian-12",
        "pkg:deb/Debian/OpenSSL",
        "PKG:deb/debian/openssl".lower(),
    ],
)
def test_a_package_is_covered_by_what_names_it_and_no_other(wanted: str) -> None:
    assert covers(wanted, FOUND)


@pytest.mark.parametrize(
    "wanted",
    [
        "pkg:deb/debian/openssl@3.0.11",
        "pkg:deb/ubuntu/openssl@3.0.11-1~deb12u2",
        "pkg:deb/debian/libssl3@3.0.11-1~deb12u2",
        "pkg:npm/openssl@3.0.11-1~deb12u2",
        "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=arm64",
        "pkg:deb/debian/openssl?repository_url=example.org",
        "pkg:deb/debian/openssl@3.0.11-1~deb12u2#usr/bin",
        "openssl",
        "",
    ],
)
def test_another_package_version_or_build_is_not_covered(wanted: str) -> None:
    assert not covers(wanted, FOUND)


@pytest.mark.parametrize(
    ("wanted", "purl", "same"),
    [
        ("pkg:npm/@angular/core@1.0.0", "pkg:npm/%40angular/core@1.0.0", True),
        ("pkg:pypi/Some_Thing@1", "pkg:pypi/some-thing@1", True),
        ("pkg:maven/Org/A@1", "pkg:maven/org/a@1", False),
        ("pkg:rpm/redhat/openssl@1.1-7", "pkg:rpm/redhat/openssl@1.1-7?epoch=1", False),
        ("pkg:rpm/redhat/openssl@1.1-7?epoch=1", "pkg:rpm/redhat/openssl@1.1-7?arch=x86_64&epoch=1", True),
        ("pkg:rpm/redhat/openssl", "pkg:rpm/redhat/openssl@1.1-7?epoch=1", True),
        ("pkg:deb/debian/a@1+b", "pkg:deb/debian/a@1%2Bb", True),
        ("pkg:deb/debian/a@1:2-3", "pkg:deb/debian/a@1%3A2-3", True),
    ],
)
def test_names_are_compared_as_their_type_compares_them(wanted: str, purl: str, same: bool) -> None:
    assert covers(wanted, purl) is same


@pytest.mark.parametrize("text", ["", "pkg:", "pkg:deb", "pkg:deb/", "pkg:/a", "deb/a", "pkg:deb/a b", "pkg:deb/a@1#x"])
def test_what_is_no_package_url_is_refused(text: str) -> None:
    with pytest.raises(InvalidPackageUrl):
        parse_purl(text)
