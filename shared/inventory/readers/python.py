"""Python packages: the core metadata of a wheel, an egg or an egg-info (PEP 241 to 643: ``Name`` and ``Version``)."""

import re

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import is_sane, text_of

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_HEADER = re.compile(rb"^(Name|Version)[ \t]*:(.*)$", re.MULTILINE | re.IGNORECASE)


def read_metadata(_path: str, content: bytes) -> FileFacts:
    """Read the name, as its author writes it, and the version of one distribution."""
    end = _END_OF_HEADERS.search(content)
    headers = content[: end.start()] if end else content
    values: dict[str, str] = {}
    for found in _HEADER.finditer(headers):
        values.setdefault(found[1].decode().lower(), text_of(found[2]))
    name, version = values.get("name", ""), values.get("version", "")
    if not (is_sane(name) and is_sane(version)):
        return FileFacts(unreadable="Python metadata without Name or Version")
    return FileFacts(packages=(FoundPackage(kind=PackageKind.PYPI, name=name, version=version),))
