"""Fetching a feed of exploit signals, from an address or a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from shared.advisories.archive import FeedBroken
from shared.advisories.download import FeedTooLarge, FeedUnavailable, download
from shared.advisories.signals import epss, kev
from shared.advisories.signals.interface import EPSS, KEV, EpssScore, KevEntry, SignalRows

_SECONDS = 300.0

type Rows = SignalRows[KevEntry] | SignalRows[EpssScore]


class Source(NamedTuple):
    """Where a feed comes from: an URL, or a path of this machine. An empty one is off."""

    name: str
    place: str


class FetchedSignals(NamedTuple):
    """What a feed holds now; ``version`` tells it from others."""

    rows: Rows
    version: str


class _Kind(NamedTuple):
    read: Callable[[Path], Rows]
    max_bytes: int


KINDS = {KEV: _Kind(kev.read_kev, kev.MAX_BYTES), EPSS: _Kind(epss.read_epss, epss.MAX_BYTES)}


def fetch_signals(source: Source, known_version: str, directory: Path) -> FetchedSignals | None:
    """Return what a feed holds, or None if it still has the known version (empty: none is known).

    Raises FeedUnavailable, or FeedBroken where the content is none of such a feed.
    """
    kind = KINDS[source.name]
    if not source.place.startswith(("http://", "https://")):
        return _look(Path(source.place), known_version, kind)
    target = directory / source.name
    try:
        got = download(source.place, target, etag=known_version, max_bytes=kind.max_bytes, seconds=_SECONDS)
    except FeedTooLarge as error:
        raise FeedBroken(str(error)) from error
    return FetchedSignals(kind.read(target), got.etag) if got else None


def _look(path: Path, known_version: str, kind: _Kind) -> FetchedSignals | None:
    try:
        if path.stat().st_size > kind.max_bytes:
            raise FeedBroken(f"{path} has more than {kind.max_bytes} bytes")
        with path.open("rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FeedUnavailable(f"{path} cannot be read: {error.strerror}; check the setting") from error
    return None if version == known_version else FetchedSignals(kind.read(path), version)
