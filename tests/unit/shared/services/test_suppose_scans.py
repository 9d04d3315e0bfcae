"""Scans that are decided again, held against scans that were decided so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.advisories.change_log import ChangeLog
from shared.advisories.snapshots import SnapshotNotKept, SnapshotStore
from shared.advisories.states import FeedState
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Inventory, Platform
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.domain.suppositions import UNKNOWN_UNTIL_SCANNED, Supposition
from shared.domain.what_if import WhatIfAnswer
from shared.services.query_images import ImageFilter
from shared.services.supposing import NoSuchSnapshot
from shared.services.what_if import WhatIfQuestion
from tests.support.examples import LINUX, digest, finding, inventory, package, pull, push, report
from tests.support.histories import live
from tests.support.memory_app import MemoryAdvisories, MemoryApp, image_manifest
from tests.support.shared_log import SharedLogApp

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
WINDOWS = Platform("windows", "amd64")
WHOLE = inventory()
DISTROLESS = inventory(has_shell=False, has_package_manager=False)
SCRATCH = Inventory(packages=())
FLAW = report([finding("CVE-1", Severity.HIGH)])

type Content = tuple[str, Platform, Inventory, bool]

CONTENTS = st.tuples(
    st.sampled_from([DOCKER_MANIFEST, OCI_MANIFEST]),
    st.sampled_from([LINUX, LINUX, WINDOWS]),
    st.sampled_from([WHOLE, DISTROLESS, SCRATCH]),
    st.booleans(),
)


def put(app: MemoryApp, number: int, content: Content) -> None:
    """Push an image with some content, and let it be scanned."""
    media_type, platform, found, flawed = content
    app.world.registry.manifests[digest(number)] = image_manifest(number, media_type)
    app.world.registry.platform, app.world.inventory = platform, found
    app.world.advisories = MemoryAdvisories(f"snapshot-{flawed}", FLAW if flawed else report())
    app.record_push(push(f"e{number}", number, tag=f"v{number}", media_type=media_type))
    app.work()


def filled(matrix: SupportMatrix, contents: list[Content]) -> MemoryApp:
    app = MemoryApp()
    app = MemoryApp(msgspec.structs.replace(app.settings, support_matrix=matrix))
    for number, content in enumerate(contents, start=1):
        put(app, number, content)
    return app


def shown(app: MemoryApp) -> dict[str, tuple[Health, str]]:
    found = (answer.health for answer in app.query_images.images_matching(ImageFilter(), None))
    return {one.digest: (one.health, one.reason) for one in found}


def ask(app: MemoryApp, **supposed: object) -> WhatIfAnswer:
    return app.what_if(WhatIfQuestion(Supposition(**supposed)))  # type: ignore[arg-type]


def told(answer: WhatIfAnswer, before: dict[str, tuple[Health, str]]) -> dict[str, tuple[Health, str]]:
    """Return what is said of all images: those that are not listed stay as they are."""
    return before | {one.digest: (one.after.health, one.after.reason) for one in answer.value}


@settings(max_examples=60)
@example([(OCI_MANIFEST, LINUX, WHOLE, True), (DOCKER_MANIFEST, LINUX, DISTROLESS, False)])
@given(st.lists(CONTENTS, max_size=4))
def test_the_original_s_matrix_says_of_recorded_scans_what_it_would_have_said(contents: list[Content]) -> None:
    app, twin = filled(SupportMatrix.EXTENDED, contents), filled(SupportMatrix.DEFENDER, contents)
    answer = ask(app, support_matrix=SupportMatrix.DEFENDER)
    became = {digest: health for digest, (health, _) in told(answer, shown(app)).items()}
    assert became == {digest: health for digest, (health, _) in shown(twin).items()}
    assert answer.bill.after == len(twin.query_billing.charges("2026-11", None))
    assert answer.bill.before == len(app.query_billing.charges("2026-11", None))
    assert answer.bill.unknown == 0


@settings(max_examples=60)
@example([(OCI_MANIFEST, LINUX, WHOLE, False), (DOCKER_MANIFEST, LINUX, DISTROLESS, False)])
@given(st.lists(CONTENTS, max_size=4))
def test_what_the_wider_matrix_would_find_is_unknown_and_never_healthy(contents: list[Content]) -> None:
    app, twin = filled(SupportMatrix.DEFENDER, contents), filled(SupportMatrix.EXTENDED, contents)
    answer = ask(app, support_matrix=SupportMatrix.EXTENDED)
    really, before, unknown = shown(twin), shown(app), 0
    for about, (health, reason) in told(answer, before).items():
        if UNKNOWN_UNTIL_SCANNED in reason:
            unknown += 1
            assert (health, before[about][0]) == (Health.NOT_ASSESSED, Health.UNSUPPORTED)
        else:
            assert health is really[about][0]
    charged = len(twin.query_billing.charges("2026-11", None))
    assert answer.bill.after <= charged <= answer.bill.after + answer.bill.unknown
    assert (answer.unknown_until_scanned, answer.bill.unknown) == (unknown, unknown)


@pytest.mark.parametrize("matrix", SupportMatrix)
@settings(max_examples=20)
@given(contents=st.lists(CONTENTS, max_size=3))
def test_the_matrix_in_force_changes_nothing(matrix: SupportMatrix, contents: list[Content]) -> None:
    answer = ask(filled(matrix, contents), support_matrix=matrix)
    known = [one for one in answer.value if UNKNOWN_UNTIL_SCANNED not in one.after.reason]
    assert known == []
    assert matrix is SupportMatrix.EXTENDED or answer.changed == 0


def test_an_image_whose_format_is_not_on_record_is_unknown_under_the_original_s_matrix() -> None:
    app = MemoryApp()
    app.read_pull_log.record_pull(pull())
    app.work()
    assert app.health().health is Health.HEALTHY
    (one,) = ask(app, support_matrix=SupportMatrix.DEFENDER).value
    assert (one.after.health, UNKNOWN_UNTIL_SCANNED in one.after.reason) == (Health.NOT_ASSESSED, True)


class _Opened(MemoryAdvisories):
    def close(self) -> None:
        """There is nothing to close."""


@dataclass
class _Snapshots:
    kept: dict[str, _Opened]
    feeds: tuple[FeedState, ...] = ()

    def open_kept(self, snapshot: str, folder: Path) -> _Opened:
        if snapshot not in self.kept:
            raise SnapshotNotKept(f"no snapshot {snapshot} is kept")
        return self.kept[snapshot]

    def pointer(self) -> None:
        """Nothing is in force."""


@dataclass(frozen=True)
class SnapshotApp(MemoryApp):
    """The app in memory with snapshots that are kept."""

    @cached_property
    def snapshots(self) -> SnapshotStore:
        kept = {"clean": _Opened("clean"), "flawed": _Opened("flawed", FLAW)}
        kept["worse"] = _Opened("worse", report([finding("CVE-1", Severity.CRITICAL)]))
        kept["open"] = _Opened("open", report(gaps=("no advisories for npm",)))
        return cast(SnapshotStore, _Snapshots(kept))


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["push", "copy", "delete", "pull", "clean", "one flaw", "two flaws", "no coverage", "rule"]),
        st.integers(0, 89),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(DEEDS, st.sampled_from(["clean", "flawed", "open"]))
def test_a_snapshot_that_is_then_matched_with_does_what_was_said(deeds: list[tuple[str, int]], name: str) -> None:
    app = SnapshotApp()
    for deed, number in deeds:
        live(app, deed, number)
    before, answer = shown(app), ask(app, advisory_snapshot=name)
    app.world.advisories = app.snapshots.open_kept(name, Path())  # type: ignore[assignment]
    app.rescan_affected(ChangeLog(name))
    app.work()
    assert told(answer, before) == shown(app)


def test_an_image_whose_finding_would_only_be_rated_worse_is_listed_with_both_ratings() -> None:
    app = SnapshotApp()
    put(app, 1, (DOCKER_MANIFEST, LINUX, WHOLE, True))
    (one,) = ask(app, advisory_snapshot="worse").value
    assert (one.before.health, one.after.health) == (Health.UNHEALTHY, Health.UNHEALTHY)
    assert [moved.severity for moved in one.go.value] == [Severity.HIGH]
    assert [moved.severity for moved in one.come.value] == [Severity.CRITICAL]


def test_a_snapshot_that_is_not_kept_is_refused() -> None:
    with pytest.raises(NoSuchSnapshot, match="no snapshot lost is kept"):
        ask(SnapshotApp(), advisory_snapshot="lost")


def test_with_a_snapshot_the_wider_matrix_is_known_where_packages_are_on_record() -> None:
    made = SnapshotApp(msgspec.structs.replace(MemoryApp().settings, support_matrix=SupportMatrix.DEFENDER))
    put(made, 1, (DOCKER_MANIFEST, LINUX, DISTROLESS, False))
    (one,) = ask(made, support_matrix=SupportMatrix.EXTENDED, advisory_snapshot="flawed").value
    assert (one.before.health, one.after.health, one.come.count) == (Health.UNSUPPORTED, Health.UNHEALTHY, 1)


def newer(app: MemoryApp) -> MemoryApp:
    """Return an app over the same log and storage whose readers are of another version."""
    layer = msgspec.structs.replace(app.settings.limits.layer, kept_bytes=1 << 20)
    limits = msgspec.structs.replace(app.settings.limits, layer=layer)
    chosen = msgspec.structs.replace(app.settings, limits=limits)
    return SharedLogApp(chosen, app.world, app.tables, app.containers, app.queues, app)


def by_older_readers(change: Callable[[MemoryApp], None]) -> WhatIfAnswer:
    app = MemoryApp()
    put(app, 1, (DOCKER_MANIFEST, LINUX, inventory(package("zlib")), False))
    made = newer(app)
    change(made)
    return ask(made, readers=True)


def test_newer_readers_see_what_an_image_holds_now() -> None:
    def flawed(app: MemoryApp) -> None:
        app.world.advisories = MemoryAdvisories(report=FLAW)

    (one,) = by_older_readers(flawed).value
    assert (one.before.health, one.after.health, one.come.count) == (Health.HEALTHY, Health.UNHEALTHY, 1)


def test_newer_readers_may_find_an_image_unsupported() -> None:
    def emptied(app: MemoryApp) -> None:
        app.world.inventory = SCRATCH

    (one,) = by_older_readers(emptied).value
    assert one.after.health is Health.UNSUPPORTED


def test_an_image_that_cannot_be_pulled_again_is_unknown_and_counted() -> None:
    def gone(app: MemoryApp) -> None:
        app.world.registry.failure = ScanFailure(FailureReason.MANIFEST_MISSING, "it is not there")

    answer = by_older_readers(gone)
    (one,) = answer.value
    assert (one.after.health, "it is not there" in one.after.reason) == (Health.NOT_ASSESSED, True)
    assert (answer.not_pulled, answer.unknown_until_scanned, answer.bill.unknown) == (1, 1, 1)


def test_an_image_of_the_same_readers_is_not_pulled_again() -> None:
    app = MemoryApp()
    put(app, 1, (DOCKER_MANIFEST, LINUX, WHOLE, False))
    app.world.registry.pulled.clear()
    assert ask(app, readers=True).changed == 0
    assert app.world.registry.pulled == []
