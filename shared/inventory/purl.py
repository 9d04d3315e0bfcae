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
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "rhel": "Red Hat",
    "azurelinux": "Azure Linux",
    "mariner": "Azure Linux",
}
# Where package URLs name a distribution otherwise than os-release does.
_NAMESPACES = {"rhel": "redhat", "opensuse-leap": "opensuse", "opensuse-tumbleweed": "opensuse", "sles": "suse"}
# How PyPI compares names (PEP 503).
_SEPARATORS = re.compile(r"[-_.]+")
_LANGUAGES = {
    PackageKind.PYPI: "PyPI",
    PackageKind.NPM: "npm",
    PackageKind.GO: "Go",
    PackageKind.MAVEN: "Maven",
    PackageKind.NUGET: "NuGet",
    PackageKind.GEM: "RubyGems",
    PackageKind.CARGO: "crates.io",
    PackageKind.COMPOSER: "Packagist",
}
_DEFAULT_DISTRIBUTIONS = {PackageKind.DEB: "debian", PackageKind.APK: "alpine", PackageKind.RPM: "linux"}


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
    if package.kind in _LANGUAGES:
        return f"pkg:{package.kind.value}/{_language_path(package)}@{_quoted(package.version)}"
    if package.kind is PackageKind.RPM:
        # Names of rpm packages differ by case, and the epoch is no part of the version.
        epoch, _colon, version = package.version.rpartition(":")
        return _os_purl(package, package.name, version, epoch, distribution)
    return _os_purl(package, package.name.lower(), package.version, "", distribution)


def _language_path(package: FoundPackage) -> str:
    match package.kind:
        case PackageKind.PYPI:
            return _quoted(_SEPARATORS.sub("-", package.name).lower())
        case PackageKind.GO | PackageKind.COMPOSER:
            return _joined(package.name.lower().split("/"))
        case PackageKind.NPM:
            return _joined(package.name.split("/", 1))
        case PackageKind.MAVEN:
            return _joined(package.name.split(":", 1))
    return _quoted(package.name)


def _os_purl(package: FoundPackage, name: str, version: str, epoch: str, distribution: Distribution | None) -> str:
    namespace = distribution.id.lower() if distribution else _DEFAULT_DISTRIBUTIONS[package.kind]
    namespace = _quoted(_NAMESPACES.get(namespace, namespace))
    qualifiers = []
    if package.architecture:
        qualifiers.append(f"arch={_quoted(package.architecture)}")
    if distribution and distribution.version_id:
        qualifiers.append(f"distro={_quoted(f'{distribution.id}-{distribution.version_id}')}")
    if epoch:
        qualifiers.append(f"epoch={_quoted(epoch)}")
    query = "?" + "&".join(qualifiers) if qualifiers else ""
    return f"pkg:{package.kind.value}/{namespace}/{_quoted(name)}@{_quoted(version)}{query}"


def _joined(parts: list[str]) -> str:
    return "/".join(map(_quoted, parts))


def _quoted(text: str) -> str:
    # The purl specification leaves the colon as it is: epochs stay readable.
    return quote(text, safe=":")
