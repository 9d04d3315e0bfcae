"""Which OS packages list the programs of a layer: both are known only when the layer has gone by."""

from collections.abc import Mapping

from msgspec.structs import replace

from shared.inventory.interface import FileFacts, PackageKind
from shared.inventory.readers.ownership import owned_programs

_PROGRAMS = (PackageKind.GO, PackageKind.CARGO)


def with_programs(files: Mapping[bytes, FileFacts], lists: Mapping[bytes, bytes]) -> dict[bytes, FileFacts]:
    """Return the facts of those lists of files that name a program in which packages were found, by path.

    The lists of dpkg give no modes, and a package belongs to the layer of its list: looking for what was found there
    spares to keep the names of everything that may be a program.
    """
    programs = [path for path, facts in files.items() if facts.packages and facts.packages[0].kind in _PROGRAMS]
    named = {path: owned_programs(path, content, programs) for path, content in lists.items()} if programs else {}
    return {
        path: replace(facts := files.get(path, FileFacts()), owned=facts.owned | owned)
        for path, owned in named.items()
        if owned
    }
