"""The packages that apk installed, and the language package files among theirs: apk-tools, ``apk(5)`` "Installed
database V2".
"""

import re

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import is_sane, sane_or_empty, shown, stanzas, text_of
from shared.inventory.readers.ownership import owned_in_folders

_FIELD = re.compile(rb"^([PVAo]):(.*)$", re.MULTILINE)


def read_installed(_path: str, content: bytes) -> FileFacts:
    """Read ``lib/apk/db/installed``: packages with their origin, and which language packages they own."""
    packages, reasons = [], []
    owned: dict[str, str] = {}
    for stanza in stanzas(content):
        fields = {found[1]: text_of(found[2]) for found in _FIELD.finditer(stanza)}
        name, version = fields.get(b"P", ""), fields.get(b"V", "")
        if not (is_sane(name) and is_sane(version)):
            reasons.append(f"a stanza has no name or version ({name[:60]!a} {version[:60]!a})")
            continue
        packages.append(
            FoundPackage(
                kind=PackageKind.APK,
                name=name,
                version=version,
                source=sane_or_empty(fields.get(b"o", "")) or name,
                source_version=version,
                architecture=sane_or_empty(fields.get(b"A", "")),
            )
        )
        owned.update(dict.fromkeys(owned_in_folders(stanza), name))
    return FileFacts(packages=tuple(packages), owned=owned, unreadable=shown(reasons))
