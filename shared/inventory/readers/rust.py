"""The crates that a Rust program was built from, as cargo-auditable notes them in the section ``.dep-v0``.

Format: the document "PARSING" of cargo-auditable: JSON, compressed with zlib, in a section that is never loaded.
"""

import zlib

import msgspec

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.elf_sections import section
from shared.inventory.readers.fields import Reasons, is_sane

LONGEST_TAIL = 64 * 1024 * 1024
"""How much of a program behind what it loads is worth keeping: symbols and debugging information stand there too."""

_SECTION = b".dep-v0"
_LONGEST = 16 * 1024 * 1024


class _Crate(msgspec.Struct, gc=False):
    name: str = ""
    version: str = ""
    source: str = ""
    kind: str = "runtime"
    root: bool = False

    @property
    def is_inside(self) -> bool:
        # What only built the program is not in it, and parts of its own tree share names with published crates.
        return self.kind == "runtime" and (self.root or self.source != "local")


class _Audit(msgspec.Struct, gc=False):
    packages: list[_Crate] = []


_decoder = msgspec.json.Decoder(_Audit)


def read_crates(head: bytes, tail: bytes, start: int) -> FileFacts:
    """Read the crates of a program from its first page and from what stands at ``start`` and behind.

    A program that does not say what it was built from tells nothing.
    """
    if _SECTION not in tail:
        return FileFacts()
    content = section(head, tail, start, _SECTION)
    return FileFacts() if content is None else read_audit(content)


def read_audit(content: bytes) -> FileFacts:
    """Read the content of the section ``.dep-v0``."""
    try:
        audit = _decoder.decode(_inflated(content))
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return FileFacts(unreadable=f"not an audit of cargo-auditable ({str(error)[:120]})")
    packages, reasons = [], Reasons()
    for crate in audit.packages:
        if not (is_sane(crate.name) and is_sane(crate.version)):
            reasons.append(f"a crate has no name or version ({crate.name[:60]!a})")
        elif crate.is_inside:
            packages.append(FoundPackage(kind=PackageKind.CARGO, name=crate.name, version=crate.version))
    return FileFacts(packages=tuple(packages), unreadable=str(reasons))


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    body = inflater.decompress(content, _LONGEST)
    if not inflater.eof:
        raise zlib.error(f"cut off, or more than {_LONGEST} bytes")
    return body
