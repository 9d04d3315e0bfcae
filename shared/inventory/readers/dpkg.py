"""The packages that dpkg installed: dpkg-query(1) for the states, deb-control(5) for the fields."""

import re

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import MOST_STANZAS, Reasons, is_sane, sane_or_empty, stanzas, text_of

_FIELD = re.compile(rb"^(Package|Status|Version|Source|Architecture):(.*)$", re.MULTILINE)
_SOURCE = re.compile(r"([^\s()]+)(?: \(([^\s()]+)\))?")
_INSTALLED = frozenset(("installed", "triggers-awaited", "triggers-pending"))
_ABSENT = frozenset(("not-installed", "config-files"))


class _BadStanza(ValueError):
    """A stanza that names no package that can be matched."""


def read_status(_path: str, content: bytes) -> FileFacts:
    """Read ``var/lib/dpkg/status``: the installed packages; others whose files may be there are noted."""
    return _read(content, default_state="")


def read_status_d(_path: str, content: bytes) -> FileFacts:
    """Read a file of ``var/lib/dpkg/status.d``, where distroless images keep one package, mostly without a state."""
    return _read(content, default_state="installed")


def _read(content: bytes, default_state: str) -> FileFacts:
    packages, reasons = [], Reasons()
    for number, stanza in enumerate(stanzas(content)):
        if number == MOST_STANZAS:
            reasons.append(f"more than {MOST_STANZAS} packages")
            break
        try:
            package = _package(stanza, default_state)
        except _BadStanza as error:
            reasons.append(str(error))
        else:
            if package is not None:
                packages.append(package)
    return FileFacts(packages=tuple(packages), unreadable=str(reasons))


def _package(stanza: bytes, default_state: str) -> FoundPackage | None:
    fields = {found[1].decode(): text_of(found[2]) for found in _FIELD.finditer(stanza)}
    name = fields.get("Package", "")
    if not is_sane(name):
        raise _BadStanza("a stanza names no package")
    state = fields["Status"].rpartition(" ")[2] if "Status" in fields else default_state
    if state in _ABSENT:
        return None
    if state not in _INSTALLED:
        raise _BadStanza(f"package {name} is {state[:40]!a}, neither installed nor absent")
    return _installed(name, fields)


def _installed(name: str, fields: dict[str, str]) -> FoundPackage:
    version = fields.get("Version", "")
    if not is_sane(version):
        raise _BadStanza(f"package {name} has no version")
    source = _SOURCE.fullmatch(fields.get("Source", name))
    if source is None or not is_sane(source[0]):
        raise _BadStanza(f"package {name} has a malformed source")
    return FoundPackage(
        kind=PackageKind.DEB,
        name=name,
        version=version,
        source=source[1],
        source_version=source[2] or version,
        architecture=sane_or_empty(fields.get("Architecture", "")),
    )
