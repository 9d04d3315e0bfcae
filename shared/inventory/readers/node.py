"""Node packages: ``name`` and ``version`` of a package.json (npm documentation, "package.json")."""

import msgspec

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import BYTE_ORDER_MARK, is_sane


class _Manifest(msgspec.Struct, gc=False):
    name: str = ""
    version: str = ""


_decoder = msgspec.json.Decoder(_Manifest)


def read_package_json(_path: str, content: bytes) -> FileFacts:
    """Read one installed package; a package.json without name or version marks a folder and is no package."""
    try:
        manifest = _decoder.decode(content.removeprefix(BYTE_ORDER_MARK))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return FileFacts(unreadable=f"not a package.json that npm would accept ({str(error)[:120]})")
    if not (manifest.name and manifest.version):
        return FileFacts()
    if not (is_sane(manifest.name) and is_sane(manifest.version)):
        return FileFacts(unreadable="a package.json with a malformed name or version")
    return FileFacts(packages=(FoundPackage(kind=PackageKind.NPM, name=manifest.name, version=manifest.version),))
