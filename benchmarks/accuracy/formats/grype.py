"""What Grype writes with ``--output json``. It lists only packages with findings.

Source: the JSON schema in the repository anchore/grype, ``grype/presenter/models``.
"""

import msgspec

from benchmarks.accuracy.interface import Json, Scan, Sighting, UnreadableScan
from benchmarks.accuracy.names import package_id, package_of_purl, release_of_purl


class _Fix(msgspec.Struct):
    versions: tuple[str, ...] | None = None


class _Flaw(msgspec.Struct):
    id: str
    severity: str = ""
    fix: _Fix = msgspec.field(default_factory=_Fix)


class _Artifact(msgspec.Struct):
    name: str
    version: str = ""
    type: str = ""
    purl: str = ""


class _Match(msgspec.Struct, rename="camel"):
    vulnerability: _Flaw
    artifact: _Artifact
    related_vulnerabilities: tuple[_Flaw, ...] | None = None


class _Distribution(msgspec.Struct):
    version: str = ""


class _Report(msgspec.Struct):
    matches: tuple[_Match, ...] | None
    distro: _Distribution | None = None


class Grype:
    """The JSON of ``grype``."""

    def is_it(self, document: Json) -> bool:
        """Say whether a document has Grype's matches and its description of itself."""
        return "matches" in document and "descriptor" in document

    def read(self, content: bytes) -> Scan:
        """Read a report, or raise UnreadableScan."""
        try:
            report = msgspec.json.decode(content, type=_Report)
        except msgspec.MsgspecError as error:
            raise UnreadableScan(f"not a report of Grype: {error}") from error
        matches = report.matches or ()
        release = report.distro.version if report.distro else ""
        release = release or next(filter(None, (release_of_purl(match.artifact.purl) for match in matches)), "")
        return Scan("Grype", tuple(map(_sighting, matches)), None, release)


def _sighting(match: _Match) -> Sighting:
    artifact, flaw = match.artifact, match.vulnerability
    by_name = package_id(artifact.type, artifact.name, artifact.version)
    return Sighting(
        package=package_of_purl(artifact.purl, artifact.version) if artifact.purl else by_name,
        flaws=frozenset((flaw.id, *(related.id for related in match.related_vulnerabilities or ()))),
        severity=flaw.severity.lower() or "unknown",
        fixed=flaw.fix.versions or (),
    )
