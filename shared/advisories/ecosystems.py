"""OSV ecosystems: their names and releases, the version order of each, and how they name packages.

Specification: https://ossf.github.io/osv-schema/#defined-ecosystems.
"""

import re
from collections.abc import Iterable

from shared.advisories.osv import Record
from shared.advisories.versions.scheme import Scheme
from shared.domain.packages import Distribution, Package

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

# By their ID in os-release.
_ROLLING = {"wolfi": "Wolfi", "chainguard": "Chainguard", "opensuse-tumbleweed": "openSUSE:Tumbleweed"}
_BY_MAJOR_RELEASE = {
    "debian": "Debian",
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "rhel": "Red Hat:enterprise_linux",
    "azurelinux": "Azure Linux",
    "mariner": "Azure Linux",
}

# AlmaLinux and Red Hat name each built package instead, and so do feeds of one's own.
_SOURCE_NAMED_RPM = ("Rocky Linux:", "Azure Linux:", "openSUSE:", "SUSE:")

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


def ecosystem_of(distribution: Distribution) -> str | None:
    """Return the OSV ecosystem, with its release, of an installed distribution; None where the release is unknown.

    SUSE Linux Enterprise is left out: OSV has an ecosystem for each of its modules, and an image does not tell which
    of them it takes packages from.
    """
    release = distribution.version_id
    if distribution.id in _ROLLING:
        return _ROLLING[distribution.id]
    if not release or not distribution.id:
        return None
    if distribution.id in _BY_MAJOR_RELEASE:
        return f"{_BY_MAJOR_RELEASE[distribution.id]}:{release.partition('.')[0]}"
    match distribution.id:
        case "ubuntu":
            return f"Ubuntu:{release}:LTS" if _is_long_term(release) else f"Ubuntu:{release}"
        case "alpine":
            return _alpine(release)
        case "opensuse-leap":
            return f"openSUSE:Leap {release}"
    return f"{distribution.id}:{release}"


def advised_name(package: Package, ecosystem: str, scheme: Scheme | None) -> tuple[str, str]:
    """Return the name and version of an installed OS package that its distribution's advisories speak of.

    Debian and its like name the source package with its version and Alpine the origin package. RPM distributions name
    either the package itself or its source. The file name of a source leaves out the epoch: a package of the same
    version has the same one, and for any other it counts as 0, so that no package looks newer than it is.
    """
    if scheme is not Scheme.RPM:
        return package.source or package.name, package.source_version or package.version
    if not package.source or not ecosystem.startswith(_SOURCE_NAMED_RPM):
        return package.name, package.version
    same = package.version.rpartition(":")[2] == package.source_version
    return package.source, package.version if same or not package.source_version else package.source_version


def _is_long_term(release: str) -> bool:
    # Ubuntu's long-term releases come out in April of even years.
    year, _, month = release.partition(".")
    return month == "04" and year.isdecimal() and int(year) % 2 == 0


def _alpine(release: str) -> str:
    # Development builds carry versions such as 3.21_alpha20240807 and follow the edge branch.
    if "_" in release:
        return "Alpine:edge"
    return "Alpine:v" + ".".join(release.split(".")[:2])
