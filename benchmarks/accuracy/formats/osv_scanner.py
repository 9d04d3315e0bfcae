"""What OSV-Scanner writes with ``--format json``: the records themselves, grouped by flaw.

Source: https://google.github.io/osv-scanner/output/#json.
"""

from collections.abc import Iterator

import msgspec

from benchmarks.accuracy.interface import Installed, Json, PackageId, Scan, Sighting, UnreadableScan
from benchmarks.accuracy.names import OS_KINDS, kind_of_ecosystem, package_id
from shared.domain.severity import from_cvss_score


class _Name(msgspec.Struct):
    name: str
    version: str = ""
    ecosystem: str = ""
    os_package_name: str = ""


class _Group(msgspec.Struct):
    ids: tuple[str, ...]
    aliases: tuple[str, ...] | None = None
    max_severity: str = ""


class _Package(msgspec.Struct):
    package: _Name
    groups: tuple[_Group, ...] | None = None


class _Source(msgspec.Struct):
    path: str = ""


class _Result(msgspec.Struct):
    source: _Source = msgspec.field(default_factory=_Source)
    packages: tuple[_Package, ...] | None = None


class _Report(msgspec.Struct):
    results: tuple[_Result, ...] | None = None


class OsvScanner:
    """The JSON of ``osv-scanner scan image``; with ``--all-packages`` it lists those without findings as well."""

    def is_it(self, document: Json) -> bool:
        """Say whether a document has the results of OSV-Scanner, written in lower case."""
        return "results" in document and "runs" not in document

    def read(self, content: bytes) -> Scan:
        """Read a report, or raise UnreadableScan."""
        try:
            results = msgspec.json.decode(content, type=_Report).results or ()
        except msgspec.MsgspecError as error:
            raise UnreadableScan(f"not a report of OSV-Scanner: {error}") from error
        packages = [(package, result.source.path) for result in results for package in result.packages or ()]
        listed = None
        if any(not package.groups for package, _ in packages):
            listed = {_package(package.package): _installed(package.package, path) for package, path in packages}
        sightings = tuple(sighting for package, _ in packages for sighting in _sightings(package))
        releases = (_release(package.package.ecosystem) for package, _ in packages)
        return Scan("OSV-Scanner", sightings, listed, next(filter(None, releases), ""))


def _sightings(found: _Package) -> Iterator[Sighting]:
    for group in found.groups or ():
        yield Sighting(
            package=_package(found.package),
            flaws=frozenset((*group.ids, *(group.aliases or ()))),
            severity=_severity(group.max_severity),
        )


def _package(name: _Name) -> PackageId:
    return package_id(kind_of_ecosystem(name.ecosystem), name.os_package_name or name.name, name.version)


def _installed(name: _Name, path: str) -> Installed:
    # Of packages of a distribution it says the name of the source, with the version of the installed package.
    source = name.name if kind_of_ecosystem(name.ecosystem) in OS_KINDS else ""
    return Installed(source, "", path)


def _severity(score: str) -> str:
    try:
        return str(from_cvss_score(float(score)))
    except ValueError:
        return "unknown"


def _release(ecosystem: str) -> str:
    return ecosystem.partition(":")[2].partition(":")[0].removeprefix("v")
