"""The packages of an rpm database, whichever of the three formats it has."""

import re
from collections.abc import Iterator

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import Reasons, is_sane, sane_or_empty
from shared.inventory.readers.ownership import FileBudget, TooManyFiles, owned_among
from shared.inventory.readers.rpm import bdb, ndb, sqlite
from shared.inventory.readers.rpm.failures import BadDatabase
from shared.inventory.readers.rpm.header import BadHeader, Header, Tag

# Public keys that rpm trusts stand among the packages.
_KEY = "gpg-pubkey"
_MOST_REASONS = 1000
_SOURCE = re.compile(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm")


def read_database(_path: str, content: bytes) -> FileFacts:
    """Read ``rpmdb.sqlite``, ``Packages.db`` or ``Packages``: packages, and which files of other readers they own."""
    packages: list[FoundPackage] = []
    owned: dict[str, str] = {}
    reasons = Reasons()
    budget = FileBudget()
    try:
        for blob in _header_blobs(content):
            try:
                found = _package(header := Header(blob))
                files = dict.fromkeys(owned_among(header.files(), budget), found.name)
            except BadHeader as error:
                reasons.append(str(error))
                _check_count(reasons)
            else:
                if found.name != _KEY:
                    packages.append(found)
                    owned |= files
    except (BadDatabase, TooManyFiles) as error:
        reasons.append(f"the database cannot be read to its end: {error}")
    return FileFacts(packages=tuple(packages), owned=owned, unreadable=str(reasons))


def read_log(_path: str, content: bytes) -> FileFacts:
    """Read ``rpmdb.sqlite-wal``: an empty one is as good as none, another may hold what the database does not yet."""
    return FileFacts(unreadable="changes that are not in the database yet" if content else "")


def _header_blobs(content: bytes) -> Iterator[bytes]:
    if content.startswith(sqlite.MAGIC):
        return sqlite.header_blobs(content)
    if content.startswith(ndb.MAGIC):
        return ndb.header_blobs(content)
    return bdb.header_blobs(content)


def _package(header: Header) -> FoundPackage:
    name, version, release = header.text(Tag.NAME), header.text(Tag.VERSION), header.text(Tag.RELEASE)
    if not is_sane(name):
        raise BadHeader("a header names no package")
    if not (is_sane(version) and is_sane(release)):
        raise BadHeader(f"package {name} has no version or no release")
    epoch = header.epoch()
    whole = f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"
    if not is_sane(whole):
        raise BadHeader(f"package {name} has a version of {len(whole)} characters")
    source, source_version = _source(sane_or_empty(header.text(Tag.SOURCERPM)))
    return FoundPackage(
        kind=PackageKind.RPM,
        name=name,
        version=whole,
        source=source,
        source_version=source_version,
        architecture=sane_or_empty(header.text(Tag.ARCH)),
        module=sane_or_empty(header.text(Tag.MODULARITYLABEL)),
    )


def _source(file_name: str) -> tuple[str, str]:
    """Return the name and the version of ``NAME-VERSION-RELEASE.src.rpm``, which carries no epoch."""
    parts = _SOURCE.fullmatch(file_name)
    return (parts[1], parts[2]) if parts else ("", "")


def _check_count(reasons: Reasons) -> None:
    if len(reasons) > _MOST_REASONS:
        raise BadDatabase(f"more than {_MOST_REASONS} headers are damaged")
