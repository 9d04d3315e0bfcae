"""The packages that apk installed, and the language package files among theirs: apk-tools, ``apk(5)`` "Installed
database V2".
"""

import re

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import MOST_STANZAS, Reasons, is_sane, sane_or_empty, stanzas, text_of
from shared.inventory.readers.ownership import FileBudget, TooManyFiles, owned_in_folders

_FIELD = re.compile(rb"^([PVAo]):(.*)$", re.MULTILINE)


class _BadStanza(ValueError):
    """A stanza that names no package that can be matched."""


def read_installed(_path: str, content: bytes) -> FileFacts:
    """Read ``lib/apk/db/installed``: packages with their origin, and which language packages they own."""
    packages, reasons = [], Reasons()
    owned: dict[str, str] = {}
    budget = FileBudget()
    try:
        for number, stanza in enumerate(stanzas(content)):
            if number == MOST_STANZAS:
                raise TooManyFiles(f"more than {MOST_STANZAS} packages")
            try:
                package = _package(stanza)
            except _BadStanza as error:
                reasons.append(str(error))
            else:
                packages.append(package)
                owned.update(dict.fromkeys(owned_in_folders(stanza, budget), package.name))
    except TooManyFiles as error:
        reasons.append(f"the database cannot be read to its end: {error}")
    return FileFacts(packages=tuple(packages), owned=owned, unreadable=str(reasons))


def _package(stanza: bytes) -> FoundPackage:
    fields = {found[1]: text_of(found[2]) for found in _FIELD.finditer(stanza)}
    name, version = fields.get(b"P", ""), fields.get(b"V", "")
    if not (is_sane(name) and is_sane(version)):
        raise _BadStanza(f"a stanza has no name or version ({name[:60]!a} {version[:60]!a})")
    return FoundPackage(
        kind=PackageKind.APK,
        name=name,
        version=version,
        source=sane_or_empty(fields.get(b"o", "")) or name,
        source_version=version,
        architecture=sane_or_empty(fields.get(b"A", "")),
    )
