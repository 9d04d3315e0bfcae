"""Which language package files an OS package owns: such a package is matched by its distribution only."""

import re
from collections.abc import Iterable, Iterator

from shared.inventory.interface import FileFacts
from shared.inventory.paths import normalise, text
from shared.inventory.readers.language import MARKS, is_language_file

_LIKELY = (
    rb"(.*(?:/METADATA|/PKG-INFO|\.egg-info|/package\.json"
    rb"|\.[jwe]ar|/pom\.properties|\.deps\.json|\.gemspec|/installed\.json))$"
)
_MD5SUM = re.compile(rb"^[0-9a-f]{32}  " + _LIKELY, re.MULTILINE)
_LINE = re.compile(rb"^/" + _LIKELY, re.MULTILINE)
# A folder, or a file with its mode where that is not 0644.
_FOLDER_OR_FILE = re.compile(rb"^(?:F:(.*)|R:(.*)(?:\na:\d+:\d+:([0-7]{1,6}))?)$", re.MULTILINE)
_NAMES = (b"METADATA", b"PKG-INFO", b".egg-info", b"package.json")
_REGULAR = (0, 0o100000)
# PATH_MAX of Linux: nothing can lie at a longer path, and nobody can look at it.
_LONGEST_PATH = 4096
_MOST_BYTES = 64 * 1024 * 1024


class TooManyFiles(ValueError):
    """A database that names more files than are looked at."""


class FileBudget:
    """How many bytes the paths of one database may have that are looked at.

    A database holds each folder once, and each name below it: a small one can name terabytes of paths.
    """

    def __init__(self) -> None:
        self._left = _MOST_BYTES

    def take(self, size: int) -> None:
        """Count a path before it is made, or raise TooManyFiles."""
        self._left -= size
        if self._left < 0:
            raise TooManyFiles(f"the paths of its files have more than {_MOST_BYTES} bytes")


def read_list(path: str, content: bytes) -> FileFacts:
    """Read ``var/lib/dpkg/info/NAME[:ARCHITECTURE].list``: one path a line (dpkg(1), "FILES")."""
    return _facts(path, content, _LINE)


def read_md5sums(path: str, content: bytes) -> FileFacts:
    """Read ``var/lib/dpkg/status.d/NAME.md5sums`` of distroless images: a sum and a path a line."""
    return _facts(path, content, _MD5SUM)


def owned_programs(path: bytes, content: bytes, programs: Iterable[bytes]) -> dict[str, str]:
    """Return which of the programs a list of either kind names; it may name them by where ``/bin`` used to be."""
    places = {place: program for program in programs for place in (program, program.removeprefix(b"usr/"))}
    named = (places.get(line.rpartition(b"  ")[2].removeprefix(b"/")) for line in content.split(b"\n"))
    return {text(program): _owner(text(path)) for program in named if program is not None}


def owned_in_folders(stanza: bytes, budget: FileBudget) -> Iterator[str]:
    """Yield the files among the ``F:``, ``R:`` and ``a:`` lines of an apk stanza that other readers look at."""
    if b"\na:" in stanza or any(mark in stanza for mark in MARKS):
        yield from owned_among(_apk_files(stanza), budget)


def owned_among(files: Iterable[tuple[bytes, bytes, int]], budget: FileBudget) -> Iterator[str]:
    """Yield, of files given by folder, name and mode, those that other readers look at: of languages, and programs.

    Raises TooManyFiles.
    """
    for folder, name, mode in files:
        program = mode & 0o111 and mode & 0o170000 in _REGULAR and b".so" not in name
        size = len(folder) + len(name)
        if (program or name.endswith(_NAMES)) and size < _LONGEST_PATH:
            budget.take(size)
            path = normalise(folder + b"/" + name)
            if program or is_language_file(path):
                yield text(path)


def _apk_files(stanza: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    folder = b""
    for found in _FOLDER_OR_FILE.finditer(stanza):
        if found[2] is None:
            folder = found[1]
        else:
            yield folder, found[2], int(found[3] or b"0", 8)


def _facts(path: str, content: bytes, line: re.Pattern[bytes]) -> FileFacts:
    if not any(mark in content for mark in MARKS):
        return FileFacts()
    owner = _owner(path)
    paths = (normalise(found[1]) for found in line.finditer(content))
    return FileFacts(owned={text(owned): owner for owned in paths if is_language_file(owned)})


def _owner(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].partition(":")[0]
