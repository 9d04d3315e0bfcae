"""PHP packages: ``vendor/composer/installed.json``, a list in Composer 1 and an object in Composer 2."""

import msgspec

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import LONGEST_JSON, Reasons, is_sane


class _Package(msgspec.Struct, gc=False):
    name: str = ""
    version: str = ""


class _Installed(msgspec.Struct, gc=False):
    packages: list[_Package] = []


_decoder = msgspec.json.Decoder(_Installed | list[_Package])


def read_installed_json(_path: str, content: bytes) -> FileFacts:
    """Read the installed packages, those for development among them, with versions as their authors write them."""
    if len(content) > LONGEST_JSON:
        return FileFacts(unreadable=f"{len(content)} bytes, {LONGEST_JSON} are read")
    try:
        found = _decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return FileFacts(unreadable=f"not an installed.json of Composer ({str(error)[:120]})")
    packages, reasons = [], Reasons()
    for package in found.packages if isinstance(found, _Installed) else found:
        if is_sane(package.name) and is_sane(package.version):
            packages.append(FoundPackage(kind=PackageKind.COMPOSER, name=package.name, version=package.version))
        else:
            reasons.append(f"a package has no name or version ({package.name[:60]!a})")
    return FileFacts(packages=tuple(packages), unreadable=str(reasons))
