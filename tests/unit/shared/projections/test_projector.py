"""The projector: rows that follow their streams whatever hints do."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.image_health import Health
from shared.domain.severity import Severity
from shared.storage.documents import DocumentMissing
from shared.storage.tables import RowChanged
from tests.support.examples import deletion, finding, image_id, package, pull, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.memory_storage import MemoryBlobs, MemoryTable


def images_table(app: MemoryApp) -> MemoryTable:
    table = app.generations.live().images.table
    assert isinstance(table, MemoryTable)
    return table


def unhealthy() -> MemoryApp:
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2", Severity.NEGLIGIBLE)]))
    app.record_push(push("e1"))
    app.work()
    return app


def test_a_stream_that_is_empty_gets_no_row() -> None:
    app = MemoryApp()
    assert not app.projector.project(image_id())
    assert images_table(app).rows == {}


def test_a_row_that_is_up_to_date_is_not_written_again() -> None:
    app = unhealthy()
    before = dict(images_table(app).rows)
    assert not app.projector.project(image_id())
    assert images_table(app).rows == before


def test_an_image_is_projected_anew_once_its_release_has_come_to_its_end() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    assert app.health().health is Health.HEALTHY
    app.world.clock.forward(minutes=2 * 365 * 24 * 60)  # Debian 12 ends on 2028-06-30
    assert app.projector.project(image_id())
    assert app.health().health is Health.NOT_ASSESSED
    assert "past its end of life since 2028-06-30" in app.health().reason
    assert not app.projector.project(image_id())


@settings(max_examples=50)
@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_hints_that_are_lost_change_latency_only(kept: list[bool]) -> None:
    one, other = MemoryApp(), MemoryApp()
    for app, follow in ((one, kept), (other, [True] * 4)):
        deeds = (
            lambda app=app: app.record_push(push("e1")),
            lambda app=app: app.read_pull_log.record_pull(pull("p1", minute=1)),
            lambda app=app: app.record_push(push("e2", minute=2, tag="v2")),
            lambda app=app: app.receive_event.record_deletion(deletion("d1", minute=3)),
        )
        for deed, heard in zip(deeds, follow, strict=True):
            deed()  # type: ignore[no-untyped-call]
            if heard:
                app.projector.project(image_id())
        app.projector.project(image_id())
    assert one.images.get(image_id())[0] == other.images.get(image_id())[0]  # type: ignore[index]


def test_a_row_of_another_revision_is_made_anew() -> None:
    app = unhealthy()
    stricter = replace(app.projector, threshold=Severity.CRITICAL)
    assert stricter.project(image_id())
    assert app.health().health is Health.HEALTHY
    assert app.projector.project(image_id())
    assert app.health().health is Health.UNHEALTHY


def test_somebody_who_wrote_meanwhile_is_not_overwritten() -> None:
    app = unhealthy()
    app.record_push(push("e2", minute=5, tag="v2"))

    def somebody() -> None:
        app.record_push(push("e3", minute=6, tag="v3"))
        app.projector.project(image_id())

    images_table(app).before_write.append(somebody)
    app.projector.project(image_id())
    found = app.images.get(image_id())
    assert found is not None
    assert found[0].version == app.stream().version
    assert app.health().tags == ("v1", "v2", "v3")


def test_a_row_that_changes_at_every_attempt_is_an_error() -> None:
    app = unhealthy()
    app.record_push(push("e2", minute=5, tag="v2"))
    table = images_table(app)

    def somebody() -> None:
        [row] = [row for row, _ in table.rows.values()]
        MemoryTable.upsert(table, {**row, "version": 1})

    table.before_write.extend([somebody, lambda: None] * 20)
    with pytest.raises(RowChanged, match="changes too often"):
        app.projector.project(image_id())


def test_an_image_is_billed_before_its_row_is_written_and_only_once() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.run_scan(app.scans_queue.take()[0], last_attempt=True)  # type: ignore[arg-type]
    images_table(app).before_write.append(_die)
    with pytest.raises(MemoryError):
        app.projector.project(image_id())
    assert app.billing.total("2026-11") == 1
    app.projector.project(image_id())
    assert app.billing.total("2026-11") == 1


def test_upgrades_are_shown_of_unhealthy_images_and_close_only_what_counts() -> None:
    app = unhealthy()
    row = app.images.get(image_id())
    assert row is not None
    [upgrade] = row[0].answer.upgrades
    assert upgrade.findings == 1


def test_a_report_that_is_lost_is_an_error_that_names_it() -> None:
    app = unhealthy()
    container = app.reports.container
    assert isinstance(container, MemoryBlobs)
    container.blobs.clear()
    app.reports._recent.clear()
    app.record_push(push("e2", minute=5, tag="v2"))
    with pytest.raises(DocumentMissing, match="is not in storage"):
        app.projector.project(image_id())


def test_an_image_with_thousands_of_packages_to_upgrade_fits_and_is_listed() -> None:
    app = MemoryApp()
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(6_000)]
    hits = [finding(f"CVE-2026-{number}", of=package(name)) for number, name in enumerate(names)]
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push("e1"))
    app.work()
    [(row, _)] = images_table(app).rows.values()
    assert "answer_4" in row
    [answer] = app.images.listed()
    assert len(answer.upgrades) == len(names)


def _die() -> None:
    raise MemoryError("the worker is gone")
