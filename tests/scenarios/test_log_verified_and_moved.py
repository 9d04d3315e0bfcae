"""The whole log over real storage: verified, tampered with, exported, imported elsewhere, and rid of old reports."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.eventlog.keys import escape
from shared.eventlog.streams import image_stream
from shared.projections.generations import POINTER_SECONDS
from shared.services.import_log import ImportRefused
from shared.services.query_images import ImageFilter
from tests.support.command_line import command, finish
from tests.support.every_answer import every_answer, moments
from tests.support.made_images import CRITICAL, debian_advisory, debian_image, write_feed
from tests.support.service import Service


def busy(service: Service) -> str:
    """Let a few things happen, and return the digest of an image that they happened to."""
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1", "zlib": "1:1.2.13-1"}), "1.0")
    gone = service.pushed("team/gone", debian_image({"bash": "5"}), "1.0")
    service.drain()
    rule = FindingDisabled("rule-1", RuleScope(), Criteria(("CVE-2026-1000",)), "not reachable", "sam@contoso.example")
    service.app.disable_findings.disable(rule)
    service.deliver(service.delete_event("team/gone", gone))
    service.drain()
    return digest


def answers(service: Service, digest: str) -> dict[str, Any]:
    app, about = service.app, ImageId(service.host, digest)
    return {
        "images": app.query_images.images_matching(ImageFilter(), None),
        "findings": app.query_images.findings(about, None),
        "history": app.query_history(about, None),
        "recommendations": app.query_recommendations(None),
        "rules": app.rules.book(),
        "bill": service.charges(),
    }


def test_a_log_over_real_storage_verifies(service: Service) -> None:
    busy(service)
    verified = service.app.verify_log()
    assert (verified.streams, verified.problems, verified.unguarded) == (3, (), 0)
    assert verified.events >= 8
    assert verified.documents >= 3


@pytest.mark.parametrize("column", ["type", "data", "meta"])
def test_a_row_that_was_changed_in_real_storage_is_noticed(service: Service, column: str) -> None:
    digest = busy(service)
    table = service.app.stored_log.events
    partition = escape(str(image_stream(ImageId(service.host, digest))))
    found = table.get(partition, "e-0000000001")
    assert found is not None
    table.upsert({**found[0], column: found[0][column] + " "})
    [problem] = service.app.verify_log().problems
    assert problem.version in (1, 2)


def test_an_installation_moves_to_another_account_and_answers_the_same(
    service: Service, make_service: Callable[..., Service], tmp_path: Path
) -> None:
    digest = busy(service)
    archive, documents = tmp_path / "log.jsonl", tmp_path / "documents"
    exported = service.app.export_log(archive, documents)
    moved = make_service()
    imported = moved.app.import_log(archive, documents)
    moved.app.sweep()
    moved.drain()  # where the machine is so slow that the sweep goes on by messages

    assert (imported.streams, imported.events) == (exported.streams, exported.events)
    assert imported.written == exported.events
    assert answers(moved, digest) == answers(service, digest)
    assert moved.app.verify_log() == service.app.verify_log()
    assert moved.app.import_log(archive, documents).written == 0


def test_the_command_line_moves_an_installation_and_every_answer_stays_the_same(
    service: Service, make_service: Callable[..., Service], tmp_path: Path
) -> None:
    """Export, import, rebuild, verify: each a process of its own, as an operator runs them."""
    busy(service)
    service.pushed("team/copy", debian_image({"openssl": "3.0.15-1"}), "1.0")
    service.drain()
    months = service.months()
    file, moved = str(tmp_path / "log.jsonl.gz"), make_service()

    status, exported = finish(command(service, "export", file, "--json"))
    assert (status, exported["streams"], Path(file).read_bytes()[:2]) == (0, 4, b"\x1f\x8b")
    status, imported = finish(command(moved, "import", file, "--json"))
    assert (status, imported["written"], imported["documents"]) == (0, exported["events"], exported["documents"])
    status, rebuilt = finish(command(moved, "rebuild", "--json"))
    assert (status, rebuilt["switched"], rebuilt["images"]) == (0, True, 3)
    time.sleep(POINTER_SECONDS)

    live = every_answer(moved.app, months)
    assert live == every_answer(service.app, months)
    assert len([path for path, (status, _) in live.items() if status == 200]) >= 4 + 3 * 2
    for moment in moments(service.app):
        assert every_answer(moved.app, months, moment) == every_answer(service.app, months, moment)
    verified = [finish(command(one, "verify", "--json")) for one in (service, moved)]
    assert verified[0] == verified[1]
    assert verified[0][0] == 0
    assert finish(command(moved, "import", file, "--json"))[1]["written"] == 0


def test_an_import_into_an_installation_that_is_in_use_is_refused(
    service: Service, make_service: Callable[..., Service], tmp_path: Path
) -> None:
    service.pushed("team/app", debian_image({"bash": "5"}), "1.0")
    service.app.export_log(tmp_path / "log.jsonl")
    other = make_service()
    other.pushed("team/other", debian_image({"bash": "6"}), "1.0")
    before = other.app.stored_log.names()
    with pytest.raises(ImportRefused, match="not empty"):
        other.app.import_log(tmp_path / "log.jsonl")
    assert other.app.stored_log.names() == before


def test_an_old_report_is_deleted_from_real_storage_and_one_that_was_saved_lately_is_not(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"bash": "5.2-1"}))
    service.drain()
    # Neither the report that the image was charged for nor the last one is old: it takes a third.
    for number, fixed in enumerate(("5.2-2", "5.2-3")):
        write_feed(
            service.osv, "Debian", [debian_advisory(f"CVE-2026-300{number}", "bash", fixed, score_vector=CRITICAL)]
        )
        service.app.refresh_advisories()
        service.drain()
    reports = service.app.reports
    before = set(reports.names())
    retention = replace(service.app.delete_old_reports, keep_days=1)
    soon = replace(retention, now=lambda: datetime.now(UTC) + timedelta(hours=23))
    in_a_week = replace(retention, now=lambda: datetime.now(UTC) + timedelta(days=7))

    assert soon().reports == 0
    assert set(reports.names()) == before
    assert in_a_week().reports == 1
    assert len(set(reports.names())) == len(before) - 1
    assert service.image(digest).health == "unhealthy"
    assert service.app.verify_log().problems == ()


def test_a_report_that_was_written_after_a_time_is_not_deleted_as_older(service: Service) -> None:
    reports = service.app.reports
    busy(service)
    name = next(iter(reports.names()))
    assert not reports.delete_older(name, datetime.now(UTC) - timedelta(hours=1))
    assert name in set(reports.names())
    assert reports.delete_older(name, datetime.now(UTC) + timedelta(hours=1))
    assert name not in set(reports.names())
    assert reports.delete_older(name, datetime.now(UTC) + timedelta(hours=1))
