""".NET applications: ``*.deps.json`` (.NET documentation, "Runtime configuration files", dotnet/sdk "deps.json")."""

import msgspec

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import BYTE_ORDER_MARK, LONGEST_JSON, Reasons, is_sane

_PACK = "runtimepack."
_PACKAGES = frozenset(("package", "runtimepack"))


class _Library(msgspec.Struct, gc=False):
    type: str = ""


class _Dependencies(msgspec.Struct, gc=False):
    libraries: dict[str, _Library] = {}


_decoder = msgspec.json.Decoder(_Dependencies)


def read_deps(_path: str, content: bytes) -> FileFacts:
    """Read the NuGet packages of an application; a self-contained one names the runtime's as ``runtimepack``."""
    if len(content) > LONGEST_JSON:
        return FileFacts(unreadable=f"{len(content)} bytes, {LONGEST_JSON} are read")
    try:
        libraries = _decoder.decode(content.removeprefix(BYTE_ORDER_MARK)).libraries
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return FileFacts(unreadable=f"not a deps.json that .NET would accept ({str(error)[:120]})")
    packages, reasons = [], Reasons()
    for key, library in libraries.items():
        if library.type.lower() not in _PACKAGES:
            continue
        name, _slash, version = key.removeprefix(_PACK).partition("/")
        if is_sane(name) and is_sane(version):
            packages.append(FoundPackage(kind=PackageKind.NUGET, name=name, version=version))
        else:
            reasons.append(f"a library has no name or version ({key[:60]!a})")
    return FileFacts(packages=tuple(packages), unreadable=str(reasons))
