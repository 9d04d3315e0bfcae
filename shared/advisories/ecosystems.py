"""OSV ecosystems: their names, the version order of each, and how the languages among them name packages.

Specification: https://ossf.github.io/osv-schema/#defined-ecosystems.
"""

import re
from collections.abc import Iterable

from shared.advisories.osv import Record
from shared.advisories.versions.scheme import Scheme

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:+-]{0,99}", re.ASCII)

_SCHEMES = {
    "Debian": Scheme.DEB,
    "Ubuntu": Scheme.DEB,
    "Alpine": Scheme.APK,
    "Wolfi": Scheme.APK,
    "Chainguard": Scheme.APK,
    "AlmaLinux": Scheme.RPM,
    "Rocky Linux": Scheme.RPM,
    "Red Hat": Scheme.RPM,
    "Azure Linux": Scheme.RPM,
    "openSUSE": Scheme.RPM,
    "SUSE": Scheme.RPM,
    "PyPI": Scheme.PEP440,
    "npm": Scheme.SEMVER,
    "Go": Scheme.SEMVER,
    "crates.io": Scheme.SEMVER,
    "Maven": Scheme.MAVEN,
    "NuGet": Scheme.NUGET,
    "RubyGems": Scheme.GEM,
    "Packagist": Scheme.COMPOSER,
}

_PURL_SCHEMES = {
    "deb": Scheme.DEB,
    "apk": Scheme.APK,
    "rpm": Scheme.RPM,
    "pypi": Scheme.PEP440,
    "npm": Scheme.SEMVER,
    "golang": Scheme.SEMVER,
    "cargo": Scheme.SEMVER,
    "maven": Scheme.MAVEN,
    "nuget": Scheme.NUGET,
    "gem": Scheme.GEM,
    "composer": Scheme.COMPOSER,
}

# Every other ecosystem of an installed package is a distribution, whose advisories depend on its release.
_LANGUAGES = frozenset(
    {
        *("PyPI", "npm", "Go", "crates.io", "Maven", "NuGet", "RubyGems", "Packagist"),
        *("Hex", "Pub", "Hackage", "CRAN", "ConanCenter", "SwiftURL", "Julia", "opam"),
    }
)

_CASELESS = frozenset({"NuGet", "Packagist"})
_PURL_TYPE = re.compile(r"pkg:/*([A-Za-z0-9.+-]+)/", re.ASCII)
_PYPI_SEPARATORS = re.compile(r"[-_.]+")
_RED_HAT = re.compile(r"(Red Hat:enterprise_linux:[0-9]+)(?![0-9]).*", re.ASCII)


class InvalidEcosystem(ValueError):
    """A text that cannot be the name of an OSV ecosystem."""


def parse_ecosystem(text: str) -> str:
    """Return the name of an ecosystem, with or without a release, or raise InvalidEcosystem."""
    if not _NAME.fullmatch(text):
        raise InvalidEcosystem(f"not the name of an OSV ecosystem: {ascii(text)[:100]}")
    return text


def belongs(ecosystem: str, feed: str) -> bool:
    """Say whether records of an ecosystem are in a feed: ``Debian:12`` is in the feeds ``Debian`` and ``Debian:12``."""
    return ecosystem == feed or ecosystem.startswith(feed + ":")


def scheme_by_name(ecosystem: str) -> Scheme | None:
    """Return the version order of an ecosystem that is known by name."""
    return _SCHEMES.get(ecosystem.partition(":")[0])


def scheme_by_purl(purl: str) -> Scheme | None:
    """Return the version order of the kind of package that a package URL names."""
    found = _PURL_TYPE.match(purl)
    return _PURL_SCHEMES.get(found[1].lower()) if found else None


def scheme_by_records(ecosystem: str, records: Iterable[Record]) -> Scheme | None:
    """Return the version order that the records of an ecosystem show, by package URL or by a SEMVER range."""
    for record in records:
        for affected in record.affected or ():
            package = affected.package
            if not package or not belongs(package.ecosystem, ecosystem):
                continue
            if scheme := scheme_by_purl(package.purl or ""):
                return scheme
            if any(part.type == "SEMVER" for part in affected.ranges or ()):
                return Scheme.SEMVER
    return None


def normal_ecosystem(ecosystem: str) -> str:
    """Return the name under which all records that one image asks for are kept together.

    Repositories are left out: ``Red Hat:enterprise_linux:9::appstream`` is ``Red Hat:enterprise_linux:9``, and
    ``Maven:https://maven.google.com`` is ``Maven``. Extended support (``Red Hat:rhel_eus:9.2``) stays apart.
    """
    language = ecosystem.partition(":")[0]
    if is_language(language):
        return language
    release = _RED_HAT.fullmatch(ecosystem)
    return release[1] if release else ecosystem


def normal_name(ecosystem: str, name: str) -> str:
    """Return the name under which a package is looked up.

    PyPI: the specification "Names and normalization". NuGet and Packagist take names in any case.
    """
    if ecosystem == "PyPI":
        return _PYPI_SEPARATORS.sub("-", name).lower()
    return name.lower() if ecosystem in _CASELESS else name


def is_artifact_alone(ecosystem: str, name: str) -> bool:
    """Say whether the name of a package lacks its group, which many Java archives do not tell."""
    return ecosystem == "Maven" and ":" not in name


def is_language(ecosystem: str) -> bool:
    """Say whether packages of an ecosystem come from a language's registry rather than from a distribution."""
    return ecosystem in _LANGUAGES
