"""What Trivy writes with ``--format json``, best with ``--list-all-pkgs``. Schema version 2.

Source: https://trivy.dev/docs/latest/references/configuration/others/#json.
"""

from collections.abc import Iterator

import msgspec

from benchmarks.accuracy.interface import Installed, Json, PackageId, Scan, Sighting, UnreadableScan
from benchmarks.accuracy.names import package_id, package_of_purl, release_of_purl

_TYPES = dict(
    zip(
        ("debian", "ubuntu", "alpine", "wolfi", "alma", "rocky", "redhat", "python-pkg", "node-pkg", "gobinary", "jar"),
        ("deb", "deb", "apk", "apk", "rpm", "rpm", "rpm", "pypi", "npm", "golang", "maven"),
        strict=True,
    )
)


class _Identifier(msgspec.Struct, rename="upper"):
    purl: str = ""


class _Repository(msgspec.Struct, rename="pascal"):
    class_: str = msgspec.field(default="", name="Class")


class _Package(msgspec.Struct, rename="pascal"):
    name: str
    version: str = ""
    release: str = ""
    epoch: int = 0
    identifier: _Identifier = msgspec.field(default_factory=_Identifier)
    src_name: str = ""
    src_version: str = ""
    src_release: str = ""
    src_epoch: int = 0
    file_path: str = ""
    repository: _Repository = msgspec.field(default_factory=_Repository)


class _Vulnerability(msgspec.Struct, rename="pascal"):
    pkg_name: str
    installed_version: str = ""
    fixed_version: str = ""
    severity: str = ""
    vulnerability_id: str = msgspec.field(default="", name="VulnerabilityID")
    vendor_ids: tuple[str, ...] | None = msgspec.field(default=None, name="VendorIDs")
    pkg_identifier: _Identifier = msgspec.field(default_factory=_Identifier)


class _Result(msgspec.Struct, rename="pascal"):
    type: str = ""
    packages: tuple[_Package, ...] | None = None
    vulnerabilities: tuple[_Vulnerability, ...] | None = None


class _Report(msgspec.Struct, rename="pascal"):
    results: tuple[_Result, ...] | None = None


class Trivy:
    """The JSON of ``trivy image``."""

    def is_it(self, document: Json) -> bool:
        """Say whether a document has Trivy's head."""
        return "SchemaVersion" in document and "ArtifactName" in document

    def read(self, content: bytes) -> Scan:
        """Read a report, or raise UnreadableScan."""
        try:
            results = msgspec.json.decode(content, type=_Report).results or ()
        except msgspec.MsgspecError as error:
            raise UnreadableScan(f"not a report of Trivy: {error}") from error
        packages = {name: known for result in results for name, known in _packages(result)}
        sightings = tuple(
            _sighting(result, one) for result in results for one in result.vulnerabilities or () if one.vulnerability_id
        )
        purls = (package.identifier.purl for result in results for package in result.packages or ())
        release = next(filter(None, map(release_of_purl, purls)), "")
        return Scan("Trivy", sightings, packages or None, release)


def _packages(result: _Result) -> Iterator[tuple[PackageId, Installed]]:
    for package in result.packages or ():
        version = _version(package.epoch, package.version, package.release)
        source_version = _version(package.src_epoch, package.src_version, package.src_release)
        foreign = package.repository.class_ == "third-party"
        known = Installed(package.src_name, source_version, package.file_path, foreign=foreign)
        yield _package(result, package.identifier, package.name, version), known


def _sighting(result: _Result, found: _Vulnerability) -> Sighting:
    return Sighting(
        package=_package(result, found.pkg_identifier, found.pkg_name, found.installed_version),
        flaws=frozenset((found.vulnerability_id, *(found.vendor_ids or ()))),
        severity=found.severity.lower() or "unknown",
        fixed=tuple(version.strip() for version in found.fixed_version.split(",") if version.strip()),
    )


def _package(result: _Result, identifier: _Identifier, name: str, version: str) -> PackageId:
    if identifier.purl:
        return package_of_purl(identifier.purl, version)
    return package_id(_TYPES.get(result.type, result.type), name, version)


def _version(epoch: int, version: str, release: str) -> str:
    return f"{f'{epoch}:' if epoch else ''}{version}{f'-{release}' if release else ''}"
