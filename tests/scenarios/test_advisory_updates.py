"""New advisories, over the real registry and storage: only images that they concern are matched again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.advisories.change_log import ChangeLog
from shared.domain.events import AdvisoryChange, ScanRequested
from shared.domain.image_health import Health
from tests.support.made_images import CRITICAL, LOW, debian_advisory, debian_image, write_feed
from tests.support.service import Service

OPENSSL = debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1", score_vector=CRITICAL)
ZLIB = debian_advisory("CVE-2026-2000", "zlib", "1:1.2.13-2", score_vector=LOW)
BASH = debian_advisory("CVE-2026-3000", "bash", "5.2-2")
CURL = debian_advisory("CVE-2026-4000", "curl", "9")


def refreshed(service: Service, *advisories: dict[str, object]) -> None:
    """Publish advisories, refresh, and work off what that asks for."""
    write_feed(service.osv, "Debian", list(advisories))
    service.app.refresh_advisories()
    service.drain()


def causes(service: Service, digest: str) -> list[AdvisoryChange]:
    """Return why advisories had an image scanned again, oldest first."""
    found = [one.event.changed for one in service.history(digest) if isinstance(one.event, ScanRequested)]
    return [cause for cause in found if cause]


def reports(service: Service) -> set[str]:
    return set(service.app.reports.container.names())


def test_only_images_with_a_package_whose_advisories_changed_are_matched_again(service: Service) -> None:
    with_bash = service.pushed("team/shell", debian_image({"openssl": "3.0.15-1", "bash": "5.2-1"}))
    without = service.pushed("team/app", debian_image({"openssl": "3.0.15-1"}))
    service.drain()
    first = service.image(without).last_scan
    assert first is not None

    refreshed(service, OPENSSL, ZLIB, BASH)

    assert service.image(with_bash).health is Health.UNHEALTHY
    (cause,) = causes(service, with_bash)
    assert (cause.packages, cause.package_count) == (("Debian:12/bash",), 1)
    assert (cause.advisories, cause.advisory_count) == (("DEBIAN-CVE-2026-3000",), 1)
    assert cause.since == first.advisory_snapshot
    assert service.image(without).last_scan == first
    assert causes(service, without) == []


def test_an_image_that_was_left_alone_is_compared_with_the_snapshot_that_it_knows(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.15-1"}))
    service.drain()
    first = service.image(digest).last_scan
    assert first is not None
    for round_ in range(3):
        refreshed(service, OPENSSL, ZLIB, debian_advisory(f"CVE-2026-500{round_}", "curl", "9"))
    assert service.image(digest).last_scan == first

    newer = debian_advisory("CVE-2026-1000", "openssl", "3.0.16-1", score_vector=CRITICAL)
    refreshed(service, newer, ZLIB)

    assert service.image(digest).health is Health.UNHEALTHY
    assert [(cause.since, cause.packages) for cause in causes(service, digest)] == [
        (first.advisory_snapshot, ("Debian:12/openssl",))
    ]


def test_a_release_that_gets_its_first_advisory_and_loses_its_last_is_noticed(service: Service) -> None:
    digest = service.pushed("team/new", debian_image({"openssl": "3.0.15-1"}, release="13"))
    service.drain()
    uncovered = service.image(digest).health

    refreshed(service, OPENSSL, ZLIB, debian_advisory("CVE-2026-6000", "curl", "9", release="13"))
    covered = service.image(digest).health
    refreshed(service, OPENSSL, ZLIB)

    assert (uncovered, covered) == (Health.NOT_ASSESSED, Health.HEALTHY)
    assert service.image(digest).health is Health.NOT_ASSESSED
    assert [cause.ecosystems for cause in causes(service, digest)] == [("Debian:13",), ("Debian:13",)]


def test_a_refresh_that_died_before_it_asked_for_scans_is_made_good_by_the_next(service: Service) -> None:
    def die(log: ChangeLog) -> int:
        raise RuntimeError("killed")

    digest = service.pushed("team/shell", debian_image({"bash": "5.2-1"}))
    service.drain()
    write_feed(service.osv, "Debian", [OPENSSL, ZLIB, BASH])
    refresh = service.app.refresh_advisories
    with pytest.raises(RuntimeError):
        replace(refresh, rescan=die)()
    refreshed(service, OPENSSL, ZLIB, BASH, CURL)

    assert service.image(digest).health is Health.UNHEALTHY
    assert [cause.packages for cause in causes(service, digest)] == [("Debian:12/bash",)]


def test_a_new_match_that_finds_the_same_writes_no_report(service: Service) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.15-1"}))
    service.drain()
    before = reports(service)

    refreshed(service, OPENSSL, ZLIB, debian_advisory("CVE-2026-7000", "openssl", "2.0"))

    assert [cause.packages for cause in causes(service, digest)] == [("Debian:12/openssl",)]
    assert reports(service) == before
