"""Names and versions of packages in one spelling, whoever wrote them.

Package URLs: https://github.com/package-url/purl-spec. PyPI: "Names and normalization" of its specifications.
"""

import re
from urllib.parse import parse_qs, unquote

from benchmarks.accuracy.interface import PackageId, UnreadableScan

_KINDS = {
    "Debian": "deb",
    "Ubuntu": "deb",
    "Alpine": "apk",
    "Wolfi": "apk",
    "Chainguard": "apk",
    "AlmaLinux": "rpm",
    "Rocky Linux": "rpm",
    "Red Hat": "rpm",
    "openSUSE": "rpm",
    "SUSE": "rpm",
    "PyPI": "pypi",
    "npm": "npm",
    "Go": "golang",
    "Maven": "maven",
    "NuGet": "nuget",
    "RubyGems": "gem",
    "crates.io": "cargo",
    "Packagist": "composer",
}
OS_KINDS = ("deb", "apk", "rpm")
_CASELESS = ("nuget", "composer", "golang", "deb")
_SEPARATORS = re.compile(r"[-_.]+")
_JOINTS = {"maven": ":"}


def kind_of_ecosystem(ecosystem: str) -> str:
    """Return the package URL type of an OSV ecosystem, its own name in lower case where there is none."""
    name = ecosystem.partition(":")[0]
    return _KINDS.get(name, name.lower())


def package_id(kind: str, name: str, version: str) -> PackageId:
    """Return a package in the spelling that is compared: an epoch of 0 and the ``v`` of Go are left out."""
    version = version.removeprefix("0:") if kind in OS_KINDS else version
    return PackageId(kind, normal_name(kind, name), version.removeprefix("v") if kind == "golang" else version)


def normal_name(kind: str, name: str) -> str:
    """Return the one spelling of a name."""
    if kind == "pypi":
        return _SEPARATORS.sub("-", name).lower()
    return name.lower() if kind in _CASELESS else name


def package_of_purl(purl: str, version: str) -> PackageId:
    """Return the package that a package URL names, in a version as the scanner writes it. Raises UnreadableScan."""
    kind, _, rest = purl.partition("?")[0].removeprefix("pkg:").lstrip("/").partition("/")
    path = [unquote(part) for part in rest.rpartition("@")[0].split("/")] if "@" in rest else rest.split("/")
    if not kind or not path[-1]:
        raise UnreadableScan(f"{ascii(purl)[:200]} is no package URL")
    name = path[-1] if kind in OS_KINDS else _JOINTS.get(kind, "/").join(path)
    return package_id(kind, name, version)


def release_of_purl(purl: str) -> str:
    """Return the release of the distribution that a package URL names: ``12.5`` of ``distro=debian-12.5``."""
    (distribution,) = parse_qs(purl.partition("?")[2]).get("distro", [""])[:1]
    return distribution.rpartition("-")[2]
