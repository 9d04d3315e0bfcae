"""Refresh the advisories, and have every image matched anew that their changes concern."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from shared.advisories.change_log import ChangeLog
from shared.advisories.feeds import Sources
from shared.advisories.snapshots import SnapshotStore, SnapshotSuperseded
from shared.advisories.update import update_snapshot
from shared.services.commands import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RefreshAdvisories:
    """Keeps the snapshot up to date."""

    store: SnapshotStore
    sources: Sources
    rescan: Callable[[ChangeLog], int]
    now: Clock

    def __call__(self) -> None:
        """Fetch the feeds that changed; a second refresh at the same time gives way to the first."""
        if self.store.pointer() is None and self.sources.extra_bases:
            # The first start: what lies near is in force at once, while the public feeds take their minutes.
            self._update(replace(self.sources, ecosystems=()))
        self._update(self.sources)

    def status(self) -> Mapping[str, Any]:
        """Say what the snapshot holds, its size in bytes, how old each feed is, how it came, and what failed."""
        found = self.store.pointer()
        if found is None:
            return {"snapshot": None, "publishedAt": None, "size": 0, "records": 0, "feeds": []}
        pointer = found[0]
        return {
            "snapshot": pointer.snapshot,
            "publishedAt": pointer.published_at,
            "size": pointer.size,
            "records": sum(feed.records for feed in pointer.feeds),
            "feeds": msgspec.to_builtins(pointer.feeds),
        }

    def _update(self, sources: Sources) -> None:
        try:
            update = update_snapshot(self.store, sources, self.now())
        except SnapshotSuperseded as reason:
            _log.info("advisories not refreshed: %s", reason)
            return
        for feed in update.feeds:
            if feed.failure:
                _log.warning("feed %s of %s: %s", feed.ecosystem or "list", feed.base, feed.failure)
        # Also where nothing changed: a refresh may have died after its snapshot was in force.
        requested = self.rescan(update.changes)
        _log.info("advisories %s in force; %d images are matched anew at once", update.snapshot, requested)
