"""Somebody pulled an image: noted at most once a day, so that the weekly rescan knows what is in use."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions
from shared.domain.events import ImagePulled
from shared.domain.media_types import IMAGE_MANIFESTS, INDEX_MANIFESTS
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryPull
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.projections.plan import PlanReader
from shared.services.commands import command


@dataclass(frozen=True)
class RecordPull:
    """Appends a pull to the stream of its image."""

    log: EventLog
    transactor: Transactor
    plan: PlanReader

    def __call__(self, pulled: RegistryPull) -> None:
        """Record a pull of an image; a pull of an index is followed by one of the image that was chosen from it."""
        if pulled.media_type in INDEX_MANIFESTS:
            return
        name = image_stream(ImageId(pulled.registry, pulled.digest))
        if pulled.media_type not in IMAGE_MANIFESTS and self.log.load(name).version == 0:
            return  # nobody announced it and nothing says that it is an image
        if self.log.load(index_stream(pulled.registry, pulled.digest)).version:
            return
        on = self.plan().enabled
        event = ImagePulled(repository=pulled.repository, tag=pulled.tag)
        scan_id = f"pull-{pulled.event_id}"
        told = command(f"pull-{pulled.event_id}", pulled, at=pulled.at, actor=pulled.actor, cause=pulled.event_id)
        self.transactor.run(
            name, image.fold, told, lambda state: image_decisions.pull(state, event, scan_id, pulled.at, scanning=on)
        )
