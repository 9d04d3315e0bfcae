"""A product of the past: it wrote pulls in another shape, which the one of today lifts when it reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import msgspec

from shared.domain.events import DomainEvent, ImagePulled
from shared.domain.stored_names import IMAGE_PULLED
from shared.eventlog import codec
from tests.support.faults.stage import Deed, Worker


@contextmanager
def schemas_of_two_ages() -> Iterator[None]:
    """Let schema 2 of ``image-pulled`` be today's; schema 1 called the repository ``name``."""
    with (
        patch.object(codec, "CURRENT_SCHEMA", {**codec.CURRENT_SCHEMA, IMAGE_PULLED: 2}),
        patch.object(codec, "UPCASTERS", {**codec.UPCASTERS, (IMAGE_PULLED, 1): _lift}),
    ):
        yield


def by_an_old_worker(deed: Deed) -> Deed:
    """Return the same deed, done by a worker that still writes schema 1."""

    def do(worker: Worker) -> None:
        today = codec.encode_event

        def encode(event: DomainEvent) -> tuple[str, int, str]:
            if not isinstance(event, ImagePulled):
                return today(event)
            return IMAGE_PULLED, 1, msgspec.json.encode({"name": event.repository, "tag": event.tag}).decode()

        with patch.object(codec, "encode_event", encode):
            deed(worker)

    return do


def _lift(fields: dict[str, object]) -> dict[str, object]:
    return {"repository": fields["name"], "tag": fields["tag"]}
