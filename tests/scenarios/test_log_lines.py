"""One id shows the way of an image from the registry's event to its report, over the real registry and storage."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from benchmarks.scale.arithmetic import LINES_A_SCAN
from local.images.image import build_image
from shared.domain.references import ImageId
from shared.eventlog.streams import image_stream
from shared.log_lines import LogFormat, factory
from tests.support.made_images import debian_layer
from tests.support.service import Service


class Lines(logging.Handler):
    """Keeps lines as the Functions worker hands them over: what a handler without a formatter makes of a record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def of(self, correlation_id: str) -> list[dict[str, str]]:
        """Return the lines that belong to an id, as objects; every line must be one."""
        found = [json.loads(line) for line in self.lines]
        return [line for line in found if line.get("correlationId") == correlation_id]


@pytest.fixture
def lines() -> Iterator[Lines]:
    before, level = logging.getLogRecordFactory(), logging.getLogger("shared").level
    handler = Lines()
    logging.setLogRecordFactory(factory(LogFormat.JSON))
    for name in ("shared", "azure"):
        logging.getLogger(name).addHandler(handler)
    logging.getLogger("shared").setLevel(logging.INFO)
    yield handler
    for name in ("shared", "azure"):
        logging.getLogger(name).removeHandler(handler)
    logging.getLogger("shared").setLevel(level)
    logging.setLogRecordFactory(before)


def test_a_push_is_followed_from_its_event_to_its_report_by_one_id(service: Service, lines: Lines) -> None:
    image = build_image([debian_layer({"openssl": "3.0.11-1"}), debian_layer({"zlib": "1:1.2.13-2"})])
    digest = service.push("team/app", image, "1.0")
    other = service.push("team/other", build_image([debian_layer({"bash": "5.2-1"})]), "1.0")
    service.deliver(service.push_event("team/app", digest, image.media_type, "1.0", event_id="event-1"))
    service.deliver(service.push_event("team/other", other, image.media_type, "1.0", event_id="event-2"))
    service.drain()

    told = lines.of("event-1")
    report = service.history(digest)[-1].event
    said = [line["message"] for line in told]
    wanted = [
        "appended ImageTagged, ScanRequested",
        "scan begins: push",
        "appended ScanCompleted",
        "scan ended",
        "projec",
    ]
    places = [next(at for at, message in enumerate(said) if message.startswith(start)) for start in wanted]
    assert places[:4] == sorted(places[:4])
    assert len(said) <= LINES_A_SCAN  # what docs/SCALE.md reckons the log with
    [ended] = [line for line in told if line["message"].startswith("scan ended")]
    assert ended["scanId"] == "push-event-1"
    assert getattr(report, "report", "-") in ended["message"]
    assert {line["stream"] for line in told if "stream" in line} == {str(image_stream(ImageId(service.host, digest)))}
    assert {one.meta.correlation_id for one in service.history(digest)} == {"event-1"}
    assert not {json.dumps(line) for line in told} & {json.dumps(line) for line in lines.of("event-2")}


def test_a_scan_that_fails_says_so_under_the_same_id(service: Service, lines: Lines) -> None:
    missing = "sha256:" + "0" * 64
    kind = build_image([debian_layer({})]).media_type
    service.deliver(service.push_event("team/app", missing, kind, "1.0", event_id="event-3"))
    service.drain()
    [failed] = [line for line in lines.of("event-3") if line["level"] == "warning"]
    assert "manifest-missing" in failed["message"]
    assert failed["logger"] == "shared.services.run_scan"
