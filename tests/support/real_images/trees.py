"""Folders as layers: a whole tree, or what changed between two with whiteouts for what is gone."""

import shutil
from pathlib import Path

from local.images.layers import Directory, Entry, File, Symlink

type Tree = dict[str, Entry]


def tree(root: Path, below: str = "") -> Tree:
    """Read a folder, as if it lay at a path of the image."""
    entries: Tree = {}
    for path in sorted(root.rglob("*")):
        name = (Path(below) / path.relative_to(root)).as_posix()
        if path.is_symlink():
            entries[name] = Symlink(str(path.readlink()))
        elif path.is_dir():
            entries[name] = Directory()
        elif path.is_file():
            entries[name] = File(path.read_bytes(), path.stat().st_mode & 0o777)
    return entries


def changes(before: Tree, after: Tree) -> Tree:
    """Return the layer that turns one tree into the other."""
    gone = [path for path in before if path not in after]
    tops = [path for path in gone if path.rpartition("/")[0] not in gone]
    whiteouts = {_whiteout(path): b"" for path in tops}
    return {**{path: entry for path, entry in after.items() if before.get(path) != entry}, **whiteouts}


def only(entries: Tree, *names: str) -> Tree:
    """Keep the entries at some paths and below them."""
    return {path: entry for path, entry in entries.items() if any(f"{path}/".startswith(f"{name}/") for name in names)}


def emptied(folder: Path) -> Path:
    """Return a folder that exists and holds nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _whiteout(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.wh.{name}"
