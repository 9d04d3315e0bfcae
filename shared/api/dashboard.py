"""The files of the dashboard, with the headers that keep foreign code out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.api.errors import not_found

_FOLDER = Path(__file__).resolve().parents[2] / "dashboard"
_FOLDERS = (_FOLDER / "vendor", _FOLDER)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class StaticFile:
    """A file to serve."""

    content: bytes
    media_type: str
    headers: Mapping[str, str]


@cache
def _files() -> Mapping[str, Path]:
    # Only names that were there at start are served: no path of a request ever reaches the file system.
    return {path.name: path for folder in _FOLDERS for path in folder.iterdir() if path.suffix in _TYPES}


def static_file(name: str) -> StaticFile:
    """Return a file of the dashboard by its name, or raise ApiError 404."""
    path = _files().get(name)
    if path is None:
        raise not_found("FileNotFound", "the dashboard has no such file")
    content = path.read_bytes()
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return StaticFile(content, _TYPES[path.suffix], headers)
