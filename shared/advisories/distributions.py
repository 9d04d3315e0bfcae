"""Installed distributions as OSV knows them: the ecosystem of their release, and the names of their packages.

Specification: https://ossf.github.io/osv-schema/#defined-ecosystems, and what the databases really hold.
"""

from shared.advisories.versions.scheme import Scheme
from shared.domain.packages import Distribution, Package

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

# RPM distributions whose advisories name the source; AlmaLinux, Red Hat and feeds of one's own name each built package.
_SOURCE_NAMED_RPM = ("Rocky Linux:", "Azure Linux:", "openSUSE:", "SUSE:")


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
