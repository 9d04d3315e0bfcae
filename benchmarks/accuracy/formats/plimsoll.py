"""Our own answer: the findings of the API, or a report with its inventory."""

import msgspec

from benchmarks.accuracy.interface import Installed, Json, Scan, Sighting, UnreadableScan
from benchmarks.accuracy.names import package_id, package_of_purl, release_of_purl
from shared.domain.findings import Finding, Report
from shared.domain.packages import Inventory

_NAME = "Plimsoll"


class _Answer(msgspec.Struct):
    value: tuple[Finding, ...]
    next_link: str | None = msgspec.field(default=None, name="nextLink")


class Plimsoll:
    """The body of ``GET /api/images/{registry}/{digest}/findings``."""

    def is_it(self, document: Json) -> bool:
        """Say whether a document has the list that every answer of the API is."""
        return isinstance(document.get("value"), list)

    def read(self, content: bytes) -> Scan:
        """Read one page that holds every finding, or raise UnreadableScan."""
        try:
            answer = msgspec.json.decode(content, type=_Answer)
        except msgspec.MsgspecError as error:
            raise UnreadableScan(f"not the findings of an image: {error}") from error
        if answer.next_link:
            raise UnreadableScan("there is another page of findings: ask for all of them at once with top=")
        return _scan(answer.value, None)


def scan_of(report: Report, inventory: Inventory) -> Scan:
    """Return a report with all packages that it was made from."""
    return _scan(report.findings, inventory)


def _scan(findings: tuple[Finding, ...], inventory: Inventory | None) -> Scan:
    packages = None
    if inventory is not None:
        packages = {
            package_of_purl(package.purl, package.version): Installed(
                package.source, package.source_version, package.path, package.owner
            )
            # One without an owner comes last, and so stays where the same package lies in several places.
            for package in sorted(inventory.packages, key=lambda package: not package.owner)
        }
    release = inventory.distribution.version_id if inventory and inventory.distribution else _release(findings)
    return Scan(_NAME, tuple(map(_sighting, findings)), packages, release)


def _sighting(finding: Finding) -> Sighting:
    package = finding.package
    by_name = package_id(finding.package.ecosystem.lower(), package.name, package.version)
    return Sighting(
        package=package_of_purl(package.purl, package.version) if package.purl else by_name,
        flaws=frozenset(filter(None, (finding.cve, finding.advisory, *finding.aliases))),
        severity=str(finding.severity),
        fixed=(finding.fixed_version,) if finding.fixed_version else (),
        undetermined=finding.undetermined or "",
    )


def _release(findings: tuple[Finding, ...]) -> str:
    return next(filter(None, (release_of_purl(finding.package.purl) for finding in findings)), "")
