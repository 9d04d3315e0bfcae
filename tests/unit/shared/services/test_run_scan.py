"""Scans: how each may end, and what is done about a message that comes again."""

from dataclasses import replace
from typing import NoReturn

import pytest

from shared.advisories.lookup import SnapshotUnusable
from shared.domain.events import Outcome, ScanFailed
from shared.domain.failures import RETRYABLE, FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import ScanMessage
from shared.domain.packages import Inventory, Platform
from shared.domain.support import SupportMatrix
from shared.eventlog.streams import image_stream, index_stream
from shared.registry.interface import Descriptor, ImageManifest
from shared.settings import Settings
from tests.support.examples import REGISTRY, deletion, digest, finding, image_id, inventory, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, index_manifest

MESSAGE = ScanMessage(str(image_stream(image_id())), "push-e1")


def pushed(app: MemoryApp | None = None) -> MemoryApp:
    app = app or MemoryApp()
    app.record_push(push("e1"))
    return app


def failing(reason: FailureReason) -> MemoryApp:
    app = pushed()
    app.world.registry.failure = ScanFailure(reason, "it went wrong")
    return app


def failure(app: MemoryApp) -> ScanFailed:
    found = app.state().last_failure
    assert found is not None
    return found.event


@pytest.mark.parametrize("reason", sorted(set(FailureReason) - RETRYABLE))
def test_a_failure_that_will_not_pass_is_recorded_at_once(reason: FailureReason) -> None:
    app = failing(reason)
    app.run_scan(MESSAGE, last_attempt=False)
    assert (failure(app).reason, failure(app).message) == (reason, "it went wrong")
    assert app.state().open_scans == {}
    assert app.state().charge is None


@pytest.mark.parametrize("reason", sorted(RETRYABLE))
def test_a_failure_that_may_pass_is_raised_until_the_last_attempt(reason: FailureReason) -> None:
    app = failing(reason)
    version = app.stream().version
    for _ in range(4):
        with pytest.raises(ScanFailure):
            app.run_scan(MESSAGE, last_attempt=False)
    assert app.stream().version == version
    app.run_scan(MESSAGE, last_attempt=True)
    assert failure(app).reason is reason


def test_a_scan_that_succeeds_after_failures_is_charged_once() -> None:
    app = failing(FailureReason.REGISTRY_ERROR)
    with pytest.raises(ScanFailure):
        app.run_scan(MESSAGE, last_attempt=False)
    app.world.registry.failure = None
    app.run_scan(MESSAGE, last_attempt=False)
    app.run_scan(MESSAGE, last_attempt=False)
    app.work()
    assert len(app.query_billing.charges("2026-11", None)) == 1
    assert app.health().health is Health.HEALTHY


def test_a_message_of_a_scan_that_has_ended_pulls_nothing() -> None:
    app = pushed()
    app.work()
    app.world.registry.pulled.clear()
    version = app.stream().version
    app.run_scan(MESSAGE, last_attempt=False)
    assert (app.world.registry.pulled, app.stream().version) == ([], version)


def test_a_message_of_a_scan_nobody_requested_changes_nothing() -> None:
    app = MemoryApp()
    app.run_scan(MESSAGE, last_attempt=True)
    app.run_scan.give_up(MESSAGE)
    assert app.stream().version == 0


def test_a_message_of_another_kind_of_stream_is_left_out() -> None:
    app = MemoryApp()
    app.run_scan(ScanMessage("rules|sub", "s"), last_attempt=True)
    assert list(app.log.streams("rules")) == []


def test_a_scan_that_died_at_every_attempt_says_so_and_can_be_asked_for_again() -> None:
    app = pushed()
    app.run_scan.give_up(MESSAGE)
    app.run_scan.give_up(MESSAGE)
    assert failure(app).reason is FailureReason.ATTEMPTS_EXHAUSTED
    app.scans_queue.take()
    app.record_push(push("e2", minute=5))
    app.work()
    assert app.health().health is Health.HEALTHY


def test_giving_up_after_the_answer_changes_nothing() -> None:
    app = pushed()
    app.work()
    app.run_scan.give_up(MESSAGE)
    assert app.state().last_failure is None


def test_a_poisoned_index_fails() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 50, media_type=OCI_INDEX))
    app.run_scan.give_up(ScanMessage(str(index_stream(REGISTRY, digest(50))), "push-e1"))
    found = app.index(50).failure
    assert found is not None
    assert found.reason is FailureReason.ATTEMPTS_EXHAUSTED


def test_without_advisories_there_is_no_answer_and_no_charge() -> None:
    app = pushed()
    app.world.advisories = None
    app.work()
    assert failure(app).reason is FailureReason.NO_ADVISORIES
    assert app.health().health is Health.NOT_ASSESSED
    assert app.query_billing.charges("2026-11", None) == []


def test_advisories_that_this_version_cannot_read_are_waited_for_like_the_first_ones() -> None:
    app = pushed()

    def other_format() -> NoReturn:
        raise SnapshotUnusable("an advisory snapshot of format 3, not 4")

    scanner = replace(app.run_scan.scan_image, advisories=other_format)
    replace(app.run_scan, scan_image=scanner)(MESSAGE, last_attempt=False)
    assert failure(app).reason is FailureReason.NO_ADVISORIES
    assert "of format 3, not 4" in failure(app).message


def test_what_was_found_is_counted_and_kept_in_a_report() -> None:
    app = MemoryApp()
    hits = [finding("CVE-1"), finding("CVE-2", undetermined="odd version")]
    app.world.advisories = MemoryAdvisories("snapshot-7", report(hits, gaps=("no npm",)))
    pushed(app).work()
    scan = app.state().last_scan
    assert scan is not None
    assert scan.event.summary is not None
    assert (scan.event.summary.severities["high"], scan.event.summary.undetermined) == (2, 1)
    assert scan.event.summary.gaps == ("no npm",)
    assert (scan.event.advisory_snapshot, scan.event.charged) == ("snapshot-7", True)
    assert app.reports.load(scan.event.report).findings == tuple(hits)
    assert app.inventories.load(scan.event.inventory) == app.world.inventory


def test_a_distribution_without_package_data_is_a_gap_of_the_answer() -> None:
    app = MemoryApp()
    app.world.inventory = inventory(package(purl="pkg:pypi/flask@1"))
    pushed(app).work()
    assert app.health().health is Health.NOT_ASSESSED
    assert "no package database of Debian" in app.health().reason
    assert not app.health().charged


@pytest.mark.parametrize(
    ("platform", "found"), [(Platform("windows", "amd64"), inventory()), (Platform("linux", "amd64"), Inventory(()))]
)
def test_an_unsupported_image_is_neither_charged_nor_matched(platform: Platform, found: Inventory) -> None:
    app = MemoryApp()
    app.world.registry.platform, app.world.inventory = platform, found
    app.world.advisories = None
    pushed(app).work()
    assert app.health().health is Health.UNSUPPORTED
    assert app.health().reason != ""
    assert not app.health().charged


def test_the_support_matrix_is_the_one_of_the_settings() -> None:
    app = MemoryApp(Settings(registries=(REGISTRY,), support_matrix=SupportMatrix.DEFENDER))
    app.world.inventory = inventory(has_shell=False)
    pushed(app).work()
    assert app.health().health is Health.UNSUPPORTED


def test_an_artifact_is_no_image_and_is_not_listed() -> None:
    app = MemoryApp()
    config = Descriptor("application/vnd.cncf.helm.config.v1+json", digest(801), 5)
    app.world.registry.manifests[digest(1)] = ImageManifest(
        digest(1), "application/vnd.oci.image.manifest.v1+json", config, ()
    )
    pushed(app).work()
    scan = app.state().last_scan
    assert scan is not None
    assert (scan.event.outcome, scan.event.charged) == (Outcome.ARTIFACT, False)
    assert "helm" in scan.event.reason
    assert list(app.images.listed()) == []


def test_an_index_that_was_announced_as_an_image_is_found_out_and_its_images_scanned() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(1)] = index_manifest(1, 2, 3)
    app.record_push(push("e1", 1, media_type=""))
    app.record_push(push("e2", 1, 1, media_type="", tag="v2"))
    app.record_push(push("e3", 1, 2, media_type="", tag=None, repository="copy"))
    app.work()
    for number in (2, 3):
        assert app.state(number).repositories["app"].current_tags == ("v1", "v2")
        assert app.state(number).repositories["copy"].present
        assert app.health(number).health is Health.HEALTHY
    assert [answer.health.digest for answer in app.images.listed()] == [digest(2), digest(3)]


def test_an_index_that_is_found_out_brings_its_images_only_where_it_still_is() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(1)] = index_manifest(1, 2)
    app.record_push(push("e1", 1, media_type=""))
    app.record_push(push("e2", 1, 1, media_type="", repository="gone"))
    app.receive_event.record_deletion(deletion("d1", 1, 2, "gone"))
    app.work()
    assert app.state(2).present_repositories == ("app",)


def test_a_long_message_of_a_failure_is_cut() -> None:
    app = pushed()
    app.run_scan.fail(MESSAGE, ScanFailure(FailureReason.REGISTRY_ERROR, "x" * 100_000))
    assert len(failure(app).message) == 1000
