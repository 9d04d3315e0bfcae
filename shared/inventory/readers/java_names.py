"""What the parts of a Java archive say about its Maven coordinates: ``pom.properties``, the manifest, the file name."""

import re
from typing import NamedTuple

from shared.inventory.readers.fields import is_sane, text_of

_PROPERTY = re.compile(rb"^[ \t]*(groupId|artifactId|version)[ \t]*[=:](.*)$", re.MULTILINE)
_HEADER = re.compile(rb"^(Implementation-Title|Implementation-Version|Bundle-Version):(.*)$", re.M)
_END_OF_MAIN = re.compile(rb"\n\r?\n|\r\r")
_FOLD = re.compile(rb"\r?\n ")

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*", re.ASCII)
# What was not filled in, such as ${project.version}, is not known.
_VERSION = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9_.+~-]*", re.ASCII)
_LONGEST_NAME = 255

# artifact-1.0-rc-1-linux.jar: the version runs on over what looks like a part of one; a classifier has a letter.
_PART = r"(?:[0-9]|(?:alpha|beta|milestone|rc|cr|m|r|snapshot|ga|final|release|sp|jre|android)(?![a-z]))[a-z0-9_.+]*"
_FILE = re.compile(
    rf"(?P<artifact>[a-z0-9_.+-]+?)-(?P<version>[0-9][a-z0-9_.+]*(?:-{_PART})*)(?:-(?![0-9])[a-z0-9_.+]*)*",
    re.ASCII | re.IGNORECASE,
)

# Where Maven and Gradle keep what they downloaded: group/artifact/version/, with dots in Gradle's groups.
_CACHED = re.compile(
    r"(?:/|\A)(?:\.m2/repository|files-2\.1)/(?P<group>.+)/(?P<artifact>[^/]+)/(?P<version>[^/]+)/(?:[0-9a-f]{20,40}/)?"
    r"(?P=artifact)-(?P=version)[^/]*\Z"
)


class Coordinates(NamedTuple):
    """Group, artifact and version as far as they are known; what is not known is empty."""

    group: str
    artifact: str
    version: str

    @property
    def name(self) -> str:
        """Give the name under which Maven advisories list a package, or the artifact alone."""
        return f"{self.group}:{self.artifact}" if self.group else self.artifact


def of_pom(path: bytes, content: bytes) -> Coordinates:
    """Read a ``pom.properties`` (Maven Archiver documentation); group and artifact stand in its path as well."""
    values = dict(_PROPERTY.findall(content))
    folder, _, artifact = path.rpartition(b"/")[0].rpartition(b"/")
    group = folder.rpartition(b"/")[2]
    return Coordinates(
        group=_shaped(values.get(b"groupId", b""), _NAME) or _shaped(group, _NAME),
        artifact=_shaped(values.get(b"artifactId", b""), _NAME) or _shaped(artifact, _NAME),
        version=_shaped(values.get(b"version", b""), _VERSION),
    )


def of_file_name(path: str) -> tuple[str, str]:
    """Return the artifact that a file name like ``log4j-1.2-api-2.17.1.jar`` names, and the version if there is one."""
    stem = path.rpartition("/")[2].rpartition(".")[0][:_LONGEST_NAME]
    named = _FILE.fullmatch(stem)
    return (named["artifact"], named["version"]) if named else (_shaped(stem.encode(), _NAME), "")


def of_archive(path: str, manifest: bytes) -> Coordinates:
    """Read the name of an archive and the main section of its manifest (JAR File Specification).

    A version in the file name is that of the repository it comes from; a manifest may hold another, or none. Neither
    tells the group: the symbolic name of an OSGi bundle looks like one and differs from it in every fourth. Only the
    folders in which a build tool keeps what it downloaded do.
    """
    if cached := _CACHED.search(path):
        return Coordinates(cached["group"].replace("/", "."), cached["artifact"], cached["version"])
    headers = _headers(manifest)
    artifact, version = of_file_name(path)
    if not version:
        artifact = _shaped(headers.get(b"Implementation-Title", b""), _NAME) or artifact
        versions = (headers.get(name, b"") for name in (b"Implementation-Version", b"Bundle-Version"))
        version = next(filter(None, (_shaped(version, _VERSION) for version in versions)), "")
    return Coordinates("", artifact, version)


def _headers(manifest: bytes) -> dict[bytes, bytes]:
    end = _END_OF_MAIN.search(manifest)
    main = manifest[: end.start()] if end else manifest
    return dict(_HEADER.findall(_FOLD.sub(b"", main).replace(b"\r", b"\n")))


def _shaped(value: bytes, shape: re.Pattern[str]) -> str:
    text = text_of(value)
    return text if is_sane(text) and shape.fullmatch(text) else ""
