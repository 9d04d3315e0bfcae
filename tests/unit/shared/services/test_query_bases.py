"""Bases of images: what a newer one closes, as far as that is known, now and as of a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.advisories.change_log import ChangeLog
from shared.domain.base_advice import ImageBase
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, StatedBase
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.findings import Finding
from shared.domain.image_health import Health
from shared.domain.recommendations import Kind, Recommendation
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.registry.interface import Descriptor
from shared.services.query_images import ImageFilter
from tests.support.examples import digest, finding, image_id, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, image_manifest
from tests.support.signal_feeds import epss, kev, put_in_force
from tests.support.whole_answer import whole_answer

_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
BASE, APP, NEWER = 1, 2, 3


def hit(flaw: str, layer: int, version: str = "3.0.1", severity: Severity = Severity.HIGH) -> Finding:
    return finding(flaw, severity, of=package(version=version, layer=digest(layer)))


OLD_BASE = (hit("CVE-1", 901), hit("CVE-2", 902))
OWN = hit("CVE-3", 903, severity=Severity.LOW)


def pushed(
    app: MemoryApp, number: int, layers: Sequence[int], hits: Sequence[Finding], repository: str, tag: str = "12"
) -> None:
    """Push an image of some layers, of which a scan finds something."""
    app.world.clock.forward(minutes=1)
    made = tuple(Descriptor(_GZIP, digest(layer), 1) for layer in layers)
    known = app.world.registry.manifests.get(digest(number), image_manifest(number))
    app.world.registry.manifests[digest(number)] = msgspec.structs.replace(known, layers=made)
    app.world.advisories = MemoryAdvisories(report=report(hits))
    minute = (app.world.clock() - push().at).total_seconds() / 60
    app.record_push(push(f"e{number}", number, minute, repository=repository, tag=tag))
    app.work()


@pytest.fixture
def app() -> MemoryApp:
    """An application that is built on a base, and has a finding of its own."""
    made = MemoryApp()
    pushed(made, BASE, (901, 902), OLD_BASE, "debian")
    pushed(made, APP, (901, 902, 903), (*OLD_BASE, OWN), "shop")
    return made


def rebuilt(app: MemoryApp, *hits: Finding) -> None:
    """Push a newer base under the tag of the old one."""
    pushed(app, NEWER, (911, 912), hits, "debian")


def base(app: MemoryApp, at: datetime | None = None) -> ImageBase:
    found = app.query_bases.one(app.query_images.one(image_id(APP), at), at)
    assert found is not None
    return found


def bases(app: MemoryApp, at: datetime | None = None) -> list[Recommendation]:
    return [one for one in app.query_recommendations(at) if one.kind is Kind.BASE_IMAGE]


def test_findings_of_the_layers_of_the_base_are_counted_among_all(app: MemoryApp) -> None:
    assert base(app).advice == "rebuild on a newer base image than debian:12: 2 of 3 findings come from layers 1-2"


def test_a_newer_base_closes_what_it_has_not_in_whichever_version(app: MemoryApp) -> None:
    rebuilt(app, hit("CVE-2", 911, version="3.0.2"))
    found = base(app)
    assert (found.closes, found.closed_severities) == (1, {"high": 1})
    [one] = bases(app)
    assert one.title == (
        "rebuild on debian:12 as it is now: 2 of 3 findings come from layers 1-2, and 1 of them is not in it (1 image)"
    )


def test_a_newer_base_has_a_flaw_still_where_the_package_has_another_name_there(app: MemoryApp) -> None:
    def of(name: str, layer: int) -> Finding:
        return finding("CVE-1", of=package(name, layer=digest(layer), source="openssl"))

    pushed(app, 4, (901, 902, 904), [of("libssl1.1", 901)], "mail", "1")
    rebuilt(app, of("libssl3", 911))
    found = app.query_bases.one(app.query_images.one(image_id(4), None), None)
    assert found is not None
    assert (found.findings, found.closes) == (1, 0)


def test_a_finding_that_a_rule_hides_in_the_newer_base_is_still_in_it(app: MemoryApp) -> None:
    rebuilt(app, hit("CVE-1", 911), hit("CVE-2", 911))
    rule = FindingDisabled("r", RuleScope(digest=digest(NEWER)), Criteria(("CVE-1",)), "not reachable", "me")
    app.disable_findings.disable(rule)
    app.work()
    assert base(app).closes == 0
    assert bases(app) == []


def test_what_a_rule_hides_is_no_finding_of_the_base(app: MemoryApp) -> None:
    rebuilt(app)
    app.disable_findings.disable(FindingDisabled("r", RuleScope(), Criteria(("CVE-1",)), "not reachable", "me"))
    app.sweep()
    app.work()
    assert (base(app).findings, base(app).of_findings, base(app).closes) == (1, 2, 1)


@pytest.mark.parametrize(("newer", "expected"), [(False, (2, 0.3)), (True, (1, 0.1))])
def test_a_base_tells_what_is_exploited_of_what_it_closes(
    app: MemoryApp, tmp_path: Path, newer: bool, expected: tuple[int, float]
) -> None:
    hits = tuple(hit(f"CVE-2026-000{number}", 900 + number) for number in (1, 2, 3))
    pushed(app, BASE + 10, (901, 902), hits[:2], "alpine", "3")
    pushed(app, APP + 10, (901, 902, 903), hits, "till")
    if newer:
        pushed(app, NEWER, (911, 912), [hit("CVE-2026-0002", 911)], "alpine", "3")
        pushed(app, NEWER + 10, (911, 912), [hit("CVE-2026-0002", 911)], "debian")
    put_in_force(app, tmp_path, kev("CVE-2026-0001", "CVE-2026-0002"), epss(CVE_2026_0001=0.1, CVE_2026_0002=0.3))
    for at in (None, app.world.clock()):
        found = {(one.exploited, one.epss) for one in bases(app, at) if "till" in {on.repository for on in one.images}}
        assert found == {expected}


def test_a_newer_base_whose_scan_failed_closes_nothing_that_is_known(app: MemoryApp) -> None:
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    rebuilt(app)
    app.world.registry.failure = None
    found = base(app)
    assert found.base.newer is not None
    assert (found.base.newer.health, found.closes) == (Health.NOT_ASSESSED, None)
    assert "not known what it has" in found.advice


def test_a_newer_base_whose_report_is_lost_closes_nothing_that_is_known(app: MemoryApp) -> None:
    rebuilt(app, hit("CVE-2", 911))
    scan = app.state(NEWER).last_scan
    assert scan is not None
    app.containers["reports"].blobs.clear()
    assert base(app).closes is None


def test_a_newer_base_of_which_not_all_was_looked_up_closes_nothing_that_is_known(app: MemoryApp) -> None:
    app.world.clock.forward(minutes=1)
    app.world.advisories = MemoryAdvisories(report=report([hit("CVE-9", 911)], gaps=("no advisories for npm",)))
    app.record_push(push("newer", NEWER, 3, repository="debian", tag="12"))
    app.work()
    then = app.world.clock()
    found = base(app)
    assert found.base.newer is not None
    assert (found.base.newer.health, found.closes) == (Health.UNHEALTHY, None)
    assert base(app, then).closes is None


def test_of_findings_whose_report_is_lost_nobody_says_that_the_newer_base_has_them(app: MemoryApp) -> None:
    rebuilt(app, hit("CVE-9", 911))
    scan = app.state(APP).last_scan
    assert scan is not None
    del app.containers["reports"].blobs[f"{scan.event.report}.json.gz"]
    assert base(app).closes is None


def test_healthy_images_have_a_base_without_findings_and_no_recommendation(app: MemoryApp) -> None:
    pushed(app, 4, (901, 902, 904), (), "mail", "1")
    answer = app.query_images.one(image_id(4), None)
    found = app.query_bases.one(answer, None)
    assert found is not None
    assert (answer.health.health, found.findings, found.advice) == (Health.HEALTHY, 0, "no open findings")
    assert digest(4) not in {image.digest for one in app.query_recommendations(None) for image in one.images}


def test_a_filter_narrows_images_down_and_not_where_their_base_is_looked_for(app: MemoryApp) -> None:
    narrowed = app.query_recommendations(None, ImageFilter(repository="shop"))
    assert {image.repository for one in narrowed for image in one.images} == {"shop"}
    assert [one.base.repository for one in narrowed if one.base] == ["debian"]


def test_a_rescan_of_the_stored_inventory_keeps_layers_and_stated_base() -> None:
    app = MemoryApp()
    said = msgspec.structs.replace(image_manifest(APP), stated_base=StatedBase("debian:12"))
    app.world.registry.manifests[digest(APP)] = said
    pushed(app, APP, (901, 902), OLD_BASE, "shop")
    app.world.registry.pulled.clear()
    app.world.advisories = MemoryAdvisories("snapshot-2", report(OLD_BASE))
    app.rescan_affected(ChangeLog("snapshot-2"))
    app.work()
    scan = app.state(APP).last_scan
    assert scan is not None
    assert (scan.event.trigger, app.world.registry.pulled) == ("advisory", [])
    assert (scan.event.layers, scan.event.stated_base) == ((digest(901), digest(902)), StatedBase("debian:12"))


def test_every_answer_is_given_again_as_of_its_time() -> None:
    app = MemoryApp()
    answers: list[tuple[datetime, Any, list[Recommendation], list[ImageBase]]] = []

    def note() -> None:
        answers.append((app.world.clock(), whole_answer(app), bases(app), [base(app)] if len(answers) > 1 else []))

    pushed(app, BASE, (901, 902), OLD_BASE, "debian")
    note()
    pushed(app, 5, (901, 905), OLD_BASE[:1], "mail")
    note()
    pushed(app, APP, (901, 902, 903), (*OLD_BASE, OWN), "shop")
    note()
    rebuilt(app, OLD_BASE[1])
    note()
    app.world.clock.forward(minutes=1)
    app.disable_findings.disable(FindingDisabled("r", RuleScope(), Criteria(("CVE-1",)), "accepted", "me"))
    app.sweep()
    app.work()
    note()
    for number, (moment, answer, based, one) in enumerate(answers):
        assert whole_answer(app, moment) == answer
        assert bases(app, moment) == based
        assert ([base(app, moment)] if number > 1 else []) == one
    assert len({repr(based) for _, _, based, _ in answers}) > 2
