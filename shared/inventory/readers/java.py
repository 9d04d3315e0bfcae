"""Java archives, and those inside them: Maven Archiver documentation, JAR File Specification, Jakarta EE packagings.

Everything happens in memory and within a budget. Archives often hold a package twice: it counts once for each place.
"""

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.paths import text
from shared.inventory.readers.fields import LONGEST_VALUE, Reasons
from shared.inventory.readers.java_names import Coordinates, of_archive, of_file_name, of_pom
from shared.inventory.readers.language import JAVA_ARCHIVES, is_pom_file
from shared.inventory.readers.zip_directory import ZipError, ZipMember, members, unpacked

_MIB = 1024 * 1024
# An archive in an archive in an enterprise archive, and one level to spare.
_DEPTH = 4
_NESTED_BYTES = 64 * _MIB
_TEXT_BYTES = 4 * _MIB
_ALL_BYTES = 256 * _MIB
_ALL_MEMBERS = 50_000

_MANIFEST = b"META-INF/MANIFEST.MF"
_POM_NAME = b"/pom.properties"
_INSIDE = (*JAVA_ARCHIVES, _POM_NAME, _MANIFEST)


def read_archive(path: str, content: bytes) -> FileFacts:
    """Read the packages of an archive and of those inside it; each archive that cannot be read is noted."""
    if not content:
        return FileFacts()
    reading = _Reading()
    try:
        reading.archive(path, content, inside="", depth=1)
    except _BudgetSpent as error:
        reading.reasons.append(str(error))
    return FileFacts(packages=tuple(reading.packages), unreadable=str(reading.reasons))


def read_pom(path: str, content: bytes) -> FileFacts:
    """Read the ``pom.properties`` of an unpacked archive."""
    found = of_pom(path.encode(), content)
    if not (found.artifact and found.version):
        return FileFacts(unreadable="pom.properties without artifact or version")
    return FileFacts(packages=(_package(found, ""),))


class _BudgetSpent(Exception):
    """An archive holds more than is read of one."""


class _Reading:
    """What was found in one file of a layer, and what reading it has cost."""

    def __init__(self) -> None:
        self.packages: dict[FoundPackage, None] = {}
        self.reasons = Reasons()
        self._bytes = _ALL_BYTES
        self._members = _ALL_MEMBERS

    def archive(self, path: str, content: bytes, inside: str, depth: int) -> None:
        """Read one archive; ``inside`` is its place in the file, empty for the file itself."""
        try:
            self._archive(path, content, inside, depth)
        except ZipError as error:
            self.reasons.append(f"{inside}: {error}" if inside else str(error))

    def _archive(self, path: str, content: bytes, inside: str, depth: int) -> None:
        poms: list[Coordinates] = []
        manifest = b""
        for member in members(content, _INSIDE):
            if member.name == _MANIFEST:
                manifest = self._unpacked(content, member, _TEXT_BYTES)
            elif member.name.endswith(JAVA_ARCHIVES):
                self._nested(content, member, inside, depth)
            elif is_pom_file(member.name):
                poms.append(of_pom(member.name, self._unpacked(content, member, _TEXT_BYTES)))
        for found in _identities(path, poms, of_archive(path, manifest)):
            self.packages[_package(found, inside)] = None

    def _nested(self, content: bytes, member: ZipMember, inside: str, depth: int) -> None:
        name = text(member.name)
        place = _shortened(f"{inside}!/{name}" if inside else name)
        if depth == _DEPTH:
            self.reasons.append(f"{place}: archives in archives are read {_DEPTH} deep")
            return
        try:
            body = self._unpacked(content, member, _NESTED_BYTES)
        except ZipError as error:
            self.reasons.append(f"{place}: {error}")
        else:
            if body:
                self.archive(name.rpartition("/")[2], body, place, depth + 1)

    def _unpacked(self, content: bytes, member: ZipMember, limit: int) -> bytes:
        is_small = member.size <= limit
        self._members -= 1
        self._bytes -= member.size if is_small else 0
        if self._members < 0 or self._bytes < 0:
            raise _BudgetSpent(f"holds more than {_ALL_BYTES // _MIB} MiB or {_ALL_MEMBERS} files to be read")
        if not is_small:
            raise ZipError(f"{_shortened(text(member.name))} has {member.size} bytes, {limit} are read")
        return unpacked(content, member)


def _identities(path: str, poms: list[Coordinates], archive: Coordinates) -> list[Coordinates]:
    """Choose what an archive is: what its poms say, and its name where they speak only of what was packed into it."""
    named = [pom._replace(version=pom.version or archive.version) for pom in poms if pom.artifact]
    if not poms or (of_file_name(path)[1] and archive.artifact not in {pom.artifact for pom in poms}):
        named.append(archive)
    return [found for found in named if found.artifact and found.version]


def _package(found: Coordinates, inside: str) -> FoundPackage:
    return FoundPackage(kind=PackageKind.MAVEN, name=found.name, version=found.version, inside=inside)


def _shortened(place: str) -> str:
    return place if len(place) <= LONGEST_VALUE else place[: LONGEST_VALUE - 1] + "…"
