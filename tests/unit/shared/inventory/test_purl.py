import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL

from shared.domain.packages import Distribution
from shared.inventory.interface import FoundPackage, PackageKind
from shared.inventory.purl import ecosystem_of, purl_of

DEBIAN = Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)")
SID = Distribution("debian", "", "Debian GNU/Linux trixie/sid")


@pytest.mark.parametrize(
    ("package", "distribution", "purl"),
    [
        (
            FoundPackage(PackageKind.DEB, "openssl", "3.0.11-1~deb12u2", architecture="amd64"),
            DEBIAN,
            "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
        ),
        (
            FoundPackage(PackageKind.DEB, "libstdc++6", "1:12.2+b1", architecture="arm64"),
            SID,
            "pkg:deb/debian/libstdc%2B%2B6@1:12.2%2Bb1?arch=arm64",
        ),
        (FoundPackage(PackageKind.APK, "musl", "1.2.5-r0"), None, "pkg:apk/alpine/musl@1.2.5-r0"),
        (FoundPackage(PackageKind.PYPI, "Zope.Interface_x", "5.0"), DEBIAN, "pkg:pypi/zope-interface-x@5.0"),
        (FoundPackage(PackageKind.NPM, "@babel/core", "7.0.0"), DEBIAN, "pkg:npm/%40babel/core@7.0.0"),
        (FoundPackage(PackageKind.NPM, "left-pad", "1.0.0+a b"), None, "pkg:npm/left-pad@1.0.0%2Ba%20b"),
        (FoundPackage(PackageKind.NPM, "a?b#c@d", "1/2"), None, "pkg:npm/a%3Fb%23c%40d@1%2F2"),
        (
            FoundPackage(PackageKind.RPM, "NetworkManager", "1:1.44.0-3.el9", architecture="x86_64"),
            Distribution("rhel", "9.3", ""),
            "pkg:rpm/redhat/NetworkManager@1.44.0-3.el9?arch=x86_64&distro=rhel-9.3&epoch=1",
        ),
        (
            FoundPackage(PackageKind.RPM, "bash", "5.2-1"),
            Distribution("opensuse-leap", "15.6", ""),
            "pkg:rpm/opensuse/bash@5.2-1?distro=opensuse-leap-15.6",
        ),
        (FoundPackage(PackageKind.RPM, "bash", "5.2-1"), None, "pkg:rpm/linux/bash@5.2-1"),
        (
            FoundPackage(PackageKind.GO, "github.com/Azure/go-autorest/v14", "v14.2.0+incompatible"),
            DEBIAN,
            "pkg:golang/github.com/azure/go-autorest/v14@v14.2.0%2Bincompatible",
        ),
        (FoundPackage(PackageKind.MAVEN, "org.a:b", "1.0"), DEBIAN, "pkg:maven/org.a/b@1.0"),
        (FoundPackage(PackageKind.MAVEN, "b", "1.0"), None, "pkg:maven/b@1.0"),
        (FoundPackage(PackageKind.NUGET, "Newtonsoft.Json", "12.0.3"), DEBIAN, "pkg:nuget/Newtonsoft.Json@12.0.3"),
        (FoundPackage(PackageKind.GEM, "rails", "7.0.1"), None, "pkg:gem/rails@7.0.1"),
        (FoundPackage(PackageKind.CARGO, "serde", "1.0.1+x"), None, "pkg:cargo/serde@1.0.1%2Bx"),
        (FoundPackage(PackageKind.COMPOSER, "Symfony/Yaml", "v5.4.0"), None, "pkg:composer/symfony/yaml@v5.4.0"),
    ],
)
def test_package_urls_follow_the_specification(
    package: FoundPackage, distribution: Distribution | None, purl: str
) -> None:
    assert purl_of(package, distribution) == purl


@pytest.mark.parametrize(
    ("identity", "ecosystem"),
    [
        ("debian", "Debian"),
        ("ubuntu", "Ubuntu"),
        ("alpine", "Alpine"),
        ("wolfi", "Wolfi"),
        ("chainguard", "Chainguard"),
        ("almalinux", "AlmaLinux"),
        ("rocky", "Rocky Linux"),
        ("fedora", "fedora"),
        ("acme-linux", "acme-linux"),
    ],
)
def test_os_packages_take_the_ecosystem_of_the_distribution(identity: str, ecosystem: str) -> None:
    assert ecosystem_of(PackageKind.DEB, Distribution(identity, "1", "")) == ecosystem


def test_language_packages_have_their_own_ecosystem() -> None:
    assert ecosystem_of(PackageKind.PYPI, DEBIAN) == "PyPI"
    assert ecosystem_of(PackageKind.NPM, None) == "npm"
    assert ecosystem_of(PackageKind.GO, None) == "Go"
    assert ecosystem_of(PackageKind.GEM, DEBIAN) == "RubyGems"


# Names as their ecosystems allow them. The oracle knows no npm names with capital letters, which the specification has.
_NAMES = {
    PackageKind.DEB: r"[a-z0-9][a-z0-9+.-]{1,20}",
    PackageKind.APK: r"[a-z0-9][a-z0-9+._-]{1,20}",
    PackageKind.RPM: r"[A-Za-z0-9][A-Za-z0-9+._-]{1,20}",
    PackageKind.PYPI: r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?",
    PackageKind.NPM: r"(@[a-z0-9._-]{1,9}/)?[a-z0-9][a-z0-9._~-]{0,15}",
    PackageKind.GO: r"[a-z]{1,9}\.[a-z]{2,3}(/[A-Za-z0-9._~-]{1,9}){0,3}[a-z]",
    PackageKind.MAVEN: r"[A-Za-z0-9_.-]{1,15}:[A-Za-z0-9_.-]{1,15}",
    PackageKind.NUGET: r"[A-Za-z0-9_.-]{1,20}",
    PackageKind.GEM: r"[A-Za-z0-9_.-]{1,20}",
    PackageKind.CARGO: r"[A-Za-z][A-Za-z0-9_-]{0,20}",
    PackageKind.COMPOSER: r"[a-z0-9]{1,9}/[a-z0-9]([_.-]?[a-z0-9]){0,9}",
}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(list(PackageKind)), st.sampled_from([None, DEBIAN, SID]))
def test_package_urls_are_those_that_the_reference_library_writes(
    draw: st.DataObject, kind: PackageKind, distribution: Distribution | None
) -> None:
    name = draw.draw(st.from_regex(_NAMES[kind], fullmatch=True))
    version = draw.draw(
        st.from_regex(r"([0-9]:)?v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}([+~-][a-z0-9]{1,6}){0,2}", fullmatch=True)
    )
    purl = purl_of(FoundPackage(kind, name, version, architecture="amd64"), distribution)
    # The library turns a name into lower case after it has escaped it; the specification writes %2B.
    written = re.sub("%[0-9a-f]{2}", lambda escape: escape[0].upper(), PackageURL.from_string(purl).to_string())
    assert written == purl
