"""Rescans: they match what is stored, and pull only where that cannot be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec.structs import replace as replace_fields

from shared.advisories.states import FeedState
from shared.domain.events import Outcome, ScanRequested, Trigger
from shared.domain.image import OpenScan
from shared.domain.image_health import Health
from shared.domain.support import SupportMatrix
from shared.registry.interface import Descriptor
from shared.settings import Settings
from tests.support.examples import REGISTRY, START, digest, finding, image_id, inventory, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, image_manifest
from tests.support.memory_storage import MemoryBlobs


def scanned() -> MemoryApp:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    app.world.registry.pulled.clear()
    return app


def rescan(app: MemoryApp, trigger: Trigger, scan_id: str = "again-1") -> None:
    requested = ScanRequested(scan_id, "app", trigger)
    assert app.request_scan.of_image(image_id(), requested, cause="timer", actor="timer")
    app.work()


def answer(app: MemoryApp) -> tuple[str, str]:
    scan = app.state().last_scan
    assert scan is not None
    return scan.event.scan_id, scan.event.report


@pytest.mark.parametrize("trigger", [Trigger.RESCAN, Trigger.ADVISORY])
def test_a_rescan_pulls_nothing(trigger: Trigger) -> None:
    app = scanned()
    rescan(app, trigger)
    assert answer(app)[0] == "again-1"
    assert app.world.registry.pulled == []


@pytest.mark.parametrize("trigger", [Trigger.MANUAL, Trigger.PUSH, Trigger.IMPORT])
def test_any_other_scan_pulls(trigger: Trigger) -> None:
    app = scanned()
    rescan(app, trigger)
    assert app.world.registry.pulled == [digest(1)]


@pytest.mark.parametrize("trigger", [Trigger.RESCAN, Trigger.ADVISORY])
def test_a_rescan_that_finds_the_same_writes_no_new_report(trigger: Trigger) -> None:
    app = scanned()
    first = answer(app)[1]
    stored = app.containers["reports"].blobs.copy()
    app.world.advisories = MemoryAdvisories("snapshot-2")
    rescan(app, trigger)
    assert answer(app) == ("again-1", first)
    assert app.containers["reports"].blobs == stored


def test_a_rescan_with_new_advisories_finds_what_is_new() -> None:
    app = scanned()
    app.world.advisories = MemoryAdvisories("snapshot-2", report([finding()]))
    rescan(app, Trigger.ADVISORY)
    assert app.health().health is Health.UNHEALTHY
    assert len(app.query_billing.charges("2026-11", None)) == 1


def test_a_stored_inventory_that_is_lost_is_made_anew() -> None:
    app = scanned()
    blobs = app.inventories.container
    assert isinstance(blobs, MemoryBlobs)
    blobs.blobs.clear()
    app.inventories._recent.clear()
    rescan(app, Trigger.RESCAN)
    assert app.world.registry.pulled == [digest(1)]
    assert app.health().health is Health.HEALTHY


def test_an_inventory_of_an_older_reader_is_made_anew() -> None:
    app = scanned()
    state = app.state()
    scan = OpenScan("again-1", "app", Trigger.RESCAN, START, "c")
    newer = replace(app.run_scan.scan_image, reader_version="next")
    assert newer(image_id(), scan, state.last_scan).reader_version == "next"
    assert app.world.registry.pulled == [digest(1)]


def test_an_image_that_is_unsupported_for_what_it_holds_keeps_its_inventory() -> None:
    app = MemoryApp(Settings(registries=(REGISTRY,), support_matrix=SupportMatrix.DEFENDER))
    app.world.inventory = inventory(package(), has_shell=False)
    app.record_push(push("e1"))
    app.work()
    scan = app.state().last_scan
    assert scan is not None
    assert scan.event.outcome is Outcome.UNSUPPORTED
    assert scan.event.inventory != ""


@pytest.mark.parametrize(("layers", "recorded"), [(200, 200), (201, 0)])
def test_layers_are_recorded_as_far_as_an_event_holds_them(layers: int, recorded: int) -> None:
    app = MemoryApp()
    made = tuple(Descriptor("application/vnd.oci.image.layer.v1.tar", digest(number), 1) for number in range(layers))
    app.world.registry.manifests[digest(1)] = replace_fields(image_manifest(1), layers=made)
    app.record_push(push("e1"))
    app.work()
    scan = app.state().last_scan
    assert scan is not None
    assert len(scan.event.layers) == recorded


def test_an_image_with_thousands_of_gaps_gets_an_answer_that_fits_and_is_not_healthy() -> None:
    app = MemoryApp()
    gaps = tuple(f"cannot read {number} " + "x" * 5_000 for number in range(5_000))
    app.world.advisories = MemoryAdvisories(report=report(gaps=gaps))
    app.record_push(push("e1"))
    app.work()
    scan = app.state().last_scan
    assert scan is not None
    assert scan.event.summary is not None
    assert scan.event.summary.gaps[-1] == "and 4980 more gaps"
    assert app.health().health is Health.NOT_ASSESSED


def test_advisories_whose_feed_has_not_been_read_for_long_make_nothing_healthy() -> None:
    app = MemoryApp()
    late = FeedState("Debian", "https://base", "", confirmed_at=(app.world.clock() - timedelta(days=8)).isoformat())
    object.__setattr__(app.run_scan, "scan_image", replace(app.run_scan.scan_image, feeds=lambda: (late,)))
    app.record_push(push("e1"))
    app.work()
    assert app.health().health is Health.NOT_ASSESSED
    assert app.health().reason.endswith(": their feed cannot be read")
