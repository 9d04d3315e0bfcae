"""Refresh the exploit signals. They change no report, and health only through rules that ask for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.advisories.signals.fetch import Source
from shared.advisories.signals.store import SignalStore
from shared.advisories.snapshots import SnapshotSuperseded

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RefreshSignals:
    """Keeps the snapshot of exploit signals up to date."""

    store: SignalStore
    sources: tuple[Source, ...]
    adopt: Callable[[], None]

    def __call__(self) -> None:
        """Fetch the feeds that changed, and have rules go by them, also where an earlier run could not.

        A second refresh at the same time gives way to the first.
        """
        try:
            self._refresh()
        finally:
            self.adopt()  # signals that grow too old have to be given up, also where no refresh succeeds

    def _refresh(self) -> None:
        if not any(source.place for source in self.sources) and self.store.pointer() is None:
            return
        try:
            pointer = self.store.update(self.sources)
        except SnapshotSuperseded as reason:
            _log.info("exploit signals not refreshed: %s", reason)
            return
        for feed in pointer.feeds:
            if feed.failure:
                _log.warning("feed %s of %s: %s", feed.name, feed.source, feed.failure)

    def status(self) -> Mapping[str, Any]:
        """Say which snapshot is in force, how old each feed is, and what failed."""
        found = self.store.pointer()
        pointer = found[0] if found else None
        newest = pointer.kept[0] if pointer and pointer.kept else None
        return {
            "snapshot": newest.snapshot if newest else None,
            "since": newest.since if newest else None,
            "feeds": msgspec.to_builtins(pointer.feeds) if pointer else [],
        }
