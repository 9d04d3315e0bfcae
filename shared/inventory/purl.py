"""Names of packages in the outside world: OSV ecosystems and package URLs (purl specification, "purl types")."""

import re
from urllib.parse import quote

from shared.domain.packages import Distribution
from shared.inventory.interface import FoundPackage, PackageKind

_ECOSYSTEMS = {
    "debian": "Debian",
    "ubuntu": "Ubuntu",
    "alpine": "Alpine",
    "wolfi": "Wolfi",
    "chainguard": "Chainguard",
}
# How PyPI compares names (PEP 503).
_SEPARATORS = re.compile(r"[-_.]+")
_LANGUAGES = {
    PackageKind.PYPI: "PyPI",
    PackageKind.NPM: "npm",
    PackageKind.MAVEN: "Maven",
    PackageKind.NUGET: "NuGet",
    PackageKind.GEM: "RubyGems",
    PackageKind.CARGO: "crates.io",
    PackageKind.COMPOSER: "Packagist",
}
# What parts the namespace from the name.
_NAMESPACE_ENDS = {PackageKind.NPM: "/", PackageKind.MAVEN: ":", PackageKind.COMPOSER: "/"}
_DEFAULT_DISTRIBUTIONS = {PackageKind.DEB: "debian", PackageKind.APK: "alpine"}


def ecosystem_of(kind: PackageKind, distribution: Distribution | None) -> str:
    """Return the OSV ecosystem, without a release, of a package of an image.

    OS packages take that of the distribution; one that OSV does not know keeps its ID, for feeds of one's own.
    """
    language = _LANGUAGES.get(kind)
    if language is not None:
        return language
    identity = distribution.id if distribution else _DEFAULT_DISTRIBUTIONS[kind]
    return _ECOSYSTEMS.get(identity, identity)


def purl_of(package: FoundPackage, distribution: Distribution | None) -> str:
    """Return the package URL, such as ``pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12``."""
    version = _quoted(package.version)
    if package.kind in _LANGUAGES:
        end = _NAMESPACE_ENDS.get(package.kind)
        parts = _normal_name(package).split(end, 1) if end else [_normal_name(package)]
        return f"pkg:{package.kind.value}/{'/'.join(map(_quoted, parts))}@{version}"
    namespace = distribution.id if distribution else _DEFAULT_DISTRIBUTIONS[package.kind]
    address = f"pkg:{package.kind.value}/{_quoted(namespace.lower())}/{_quoted(package.name.lower())}@{version}"
    return address + _qualifiers(package, distribution)


def _normal_name(package: FoundPackage) -> str:
    if package.kind is PackageKind.PYPI:
        return _SEPARATORS.sub("-", package.name).lower()
    return package.name.lower() if package.kind is PackageKind.COMPOSER else package.name


def _qualifiers(package: FoundPackage, distribution: Distribution | None) -> str:
    qualifiers = []
    if package.architecture:
        qualifiers.append(f"arch={_quoted(package.architecture)}")
    if distribution and distribution.version_id:
        qualifiers.append(f"distro={_quoted(f'{distribution.id}-{distribution.version_id}')}")
    return "?" + "&".join(qualifiers) if qualifiers else ""


def _quoted(text: str) -> str:
    # The purl specification leaves the colon as it is: epochs stay readable.
    return quote(text, safe=":")
