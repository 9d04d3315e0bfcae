"""A new generation made of the log, and the mere reading of the same events with nothing but the storage SDK."""

from dataclasses import replace

from benchmarks.preparation.events import EVENTS_OF_A_STREAM, image_number
from benchmarks.subjects.timed import Outcome, Timed
from shared.bootstrap import App
from shared.domain.stored_names import EVENTS_TABLE
from shared.eventlog import keys
from shared.eventlog.streams import image_stream
from shared.settings import Settings
from shared.storage.account import StorageAccount, load_sdk
from shared.storage.tables import Table


def product(storage: str, streams: str, workers: str) -> Timed:
    """Time the replay of all streams into a new generation."""
    load_sdk()
    app = App(Settings(storage_connection=storage))
    rebuild = replace(app.rebuild, workers=int(workers))
    build = rebuild.begin(restart=True)

    def timed() -> Outcome:
        failed = rebuild.replay(build, lambda done: None)
        assert not failed
        return int(streams) * EVENTS_OF_A_STREAM, {"streams": app.builds.replayed(build.number)}

    return timed


def bare_scan(storage: str, streams: str) -> Timed:
    """Time one query for the rows of all events, a page of 1,000 after the other."""
    client = Table(StorageAccount(connection_string=storage), EVENTS_TABLE).client

    def timed() -> Outcome:
        events = sum(1 for _ in client.query_entities("RowKey ge 'e-' and RowKey lt 'e.'"))
        return int(streams) * EVENTS_OF_A_STREAM, {"events": events}

    return timed


def bare_streams(storage: str, streams: str) -> Timed:
    """Time what a replay would read that goes stream by stream: the head of each, then its events."""
    client = Table(StorageAccount(connection_string=storage), EVENTS_TABLE).client
    partitions = [keys.escape(str(image_stream(image_number(number)))) for number in range(int(streams))]

    def timed() -> Outcome:
        events = 0
        for partition in partitions:
            version = client.get_entity(partition, keys.HEAD)["version"]
            condition = f"PartitionKey eq '{partition}' and RowKey ge 'e-' and RowKey le '{keys.event_row(version)}'"
            events += sum(1 for _ in client.query_entities(condition))
        return len(partitions) * EVENTS_OF_A_STREAM, {"events": events}

    return timed
