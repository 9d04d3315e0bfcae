"""Which language package files an OS package owns: such a package is matched by its distribution only."""

import re
from collections.abc import Iterator

from shared.inventory.interface import FileFacts
from shared.inventory.paths import normalise, text
from shared.inventory.readers.language import MARKS, is_language_file

_LIKELY = (
    rb"(.*(?:/METADATA|/PKG-INFO|\.egg-info|/package\.json"
    rb"|\.[jwe]ar|/pom\.properties|\.deps\.json|\.gemspec|/installed\.json))$"
)
_MD5SUM = re.compile(rb"^[0-9a-f]{32}  " + _LIKELY, re.MULTILINE)
_LINE = re.compile(rb"^/" + _LIKELY, re.MULTILINE)
_FOLDER_OR_FILE = re.compile(rb"^([FR]):(.*)$", re.MULTILINE)


def read_list(path: str, content: bytes) -> FileFacts:
    """Read ``var/lib/dpkg/info/NAME[:ARCHITECTURE].list``: one path a line (dpkg(1), "FILES")."""
    return _facts(path, content, _LINE)


def read_md5sums(path: str, content: bytes) -> FileFacts:
    """Read ``var/lib/dpkg/status.d/NAME.md5sums`` of distroless images: a sum and a path a line."""
    return _facts(path, content, _MD5SUM)


def owned_in_folders(stanza: bytes) -> Iterator[str]:
    """Yield the language package files among the ``F:`` and ``R:`` lines of an apk stanza."""
    if not any(mark in stanza for mark in MARKS):
        return
    folder = b""
    for found in _FOLDER_OR_FILE.finditer(stanza):
        if found[1] == b"F":
            folder = found[2]
        elif is_language_file(path := normalise(folder + b"/" + found[2])):
            yield text(path)


def _facts(path: str, content: bytes, line: re.Pattern[bytes]) -> FileFacts:
    if not any(mark in content for mark in MARKS):
        return FileFacts()
    owner = path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]
    paths = (normalise(found[1]) for found in line.finditer(content))
    return FileFacts(owned={text(owned): owner for owned in paths if is_language_file(owned)})
