"""Table Storage answers in pages, of any size: each is followed, those without a row too.

Source: learn.microsoft.com, "Query timeout and pagination": a page may be empty and have a continuation token.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from azure.core.pipeline.transport import RequestsTransport

from shared.domain.events import ImageTagged
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import Command, StreamName
from shared.eventlog.table_log import TableEventLog
from shared.storage.account import StorageAccount
from shared.storage.tables import Table
from tests.support.azurite import Azurite
from tests.support.faults.transport import made_answer

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_TOKEN = "another-page"
_HEADERS = ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey")


class SmallPages(RequestsTransport):  # type: ignore[misc]
    """Asks for two rows a page, and answers every first request of a query with an empty page and a token."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = 0
        self.empty = 0

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request."""
        parts = urlsplit(request.url)
        asked = dict(parse_qsl(parts.query))
        if request.method != "GET" or "$filter" not in asked:
            return super().send(request, **options)
        self.pages += 1
        first = "NextPartitionKey" not in asked
        if asked.get("NextPartitionKey") == _TOKEN:
            del asked["NextPartitionKey"], asked["NextRowKey"]
        request.url = urlunsplit(parts._replace(query=urlencode({**asked, "$top": "2"})))
        if first:
            self.empty += 1
            headers = {"Content-Type": "application/json", **dict.fromkeys(_HEADERS, _TOKEN)}
            return made_answer(request, 200, b'{"value":[]}', headers)
        return super().send(request, **options)


@pytest.fixture
def transport() -> SmallPages:
    return SmallPages()


@pytest.fixture
def log(azurite: Azurite, transport: SmallPages) -> TableEventLog:
    account = StorageAccount(azurite.fresh_account(), transport=transport)
    return TableEventLog(Table(account, "events"), StreamDirectory(Table(account, "streams")), lambda: START)


def test_a_stream_is_read_whole_over_pages_of_two_and_none(log: TableEventLog, transport: SmallPages) -> None:
    name = StreamName("image", ("registry.example", "sha256:ab"))
    events = [ImageTagged("app", f"t{number}", "type") for number in range(7)]
    log.append(log.load(name), _command(1), events)

    stream = log.load(name)

    assert [one.event for one in stream.events] == events
    assert (transport.pages, transport.empty) == (5, 1)


def test_every_stream_is_found_over_pages_of_two_and_none(log: TableEventLog, transport: SmallPages) -> None:
    names = {StreamName("image", ("registry.example", f"sha256:{number}")) for number in range(9)}
    for name in names:
        log.append(log.load(name), _command(1), [ImageTagged("app", "v1", "type")])

    assert set(log.streams("image")) == names
    assert transport.empty > 0


def _command(number: int) -> Command:
    return Command(f"c{number}", b"{}", START, "ci", "cause", "cause")
