"""Hints that are followed, and the same reads and writes with nothing but the storage SDK.

Each hint is of an image whose row is one event behind.
"""

from datetime import UTC, datetime
from uuid import uuid4

from azure.core import MatchConditions
from azure.data.tables import UpdateMode

from benchmarks.preparation.events import image_number
from benchmarks.subjects.timed import Outcome, Timed
from shared.bootstrap import App
from shared.domain.events import ImagePulled
from shared.domain.messages import Hint
from shared.domain.references import ImageId
from shared.eventlog import keys
from shared.eventlog.interface import Command
from shared.eventlog.streams import image_stream
from shared.settings import Settings
from shared.storage.account import load_sdk


def product(storage: str, hints: str) -> Timed:
    """Time Project for images that are one event behind."""
    app, images = _behind(storage, int(hints))
    return _follow(app, images)


def repeated(storage: str, hints: str) -> Timed:
    """Time Project for images that are up to date: every append sends its hint twice."""
    app, images = _behind(storage, int(hints))
    for about in images:
        app.projector.project(about)
    return _follow(app, images)


def bare(storage: str, hints: str) -> Timed:
    """Time reading a row, a head and one event, and writing the row back under its ETag."""
    app, images = _behind(storage, int(hints))
    rows, events = app.generations.live().images.table.client, app.stored_log.events.client

    def timed() -> Outcome:
        for about in images:
            row = rows.get_entity(keys.escape(about.registry), keys.escape(about.digest))
            partition = keys.escape(str(image_stream(about)))
            last = keys.event_row(events.get_entity(partition, keys.HEAD)["version"])
            list(events.query_entities(f"PartitionKey eq '{partition}' and RowKey ge '{last}' and RowKey le '{last}'"))
            etag, unchanged = row.metadata["etag"], MatchConditions.IfNotModified
            rows.update_entity(row, mode=UpdateMode.REPLACE, etag=etag, match_condition=unchanged)
        return len(images), {"hints": len(images)}

    return timed


def _follow(app: App, images: list[ImageId]) -> Timed:
    hints = [Hint(str(image_stream(about))) for about in images]

    def timed() -> Outcome:
        for hint in hints:
            app.project(hint)
        return len(hints), {"hints": len(hints)}

    return timed


def _behind(storage: str, hints: int) -> tuple[App, list[ImageId]]:
    load_sdk()
    app = App(Settings(storage_connection=storage))
    images = [image_number(number) for number in range(hints)]
    for about in images:
        app.projector.into(app.generations.live(), about)
        pulled = ImagePulled(repository="team/app")
        app.log.append(app.log.load(image_stream(about)), _command(), [pulled])
    return app, images


def _command() -> Command:
    cause = uuid4().hex
    return Command(cause, cause.encode(), datetime.now(UTC), "benchmark", cause, cause)
