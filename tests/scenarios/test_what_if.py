"""What would be otherwise, over the real storage emulator and registry, held against what is once it is otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from local.images.image import Image
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ScanRequested, Trigger
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.domain.suppositions import Supposition
from shared.domain.what_if import WhatIfAnswer
from shared.services.what_if import WhatIfQuestion
from tests.support.command_line import command, finish
from tests.support.made_images import CRITICAL, debian_advisory, debian_image, write_feed
from tests.support.service import Service

BAD = debian_image({"openssl": "3.0.11-1", "zlib": "1:1.2.13-1"})
LOW_ONLY = debian_image({"openssl": "3.0.15-1", "zlib": "1:1.2.13-1"})
GOOD = debian_image({"openssl": "3.0.15-1"})
OCI = debian_image({"openssl": "3.0.15-1", "zlib": "1:1.2.13-2"}, image_format="oci")


def filled(service: Service, *images: Image) -> Service:
    for number, one in enumerate(images or (BAD, LOW_ONLY, GOOD, OCI)):
        service.pushed(f"team/app{number}", one)
    service.drain()
    return service


def asked(service: Service, **supposed: Any) -> WhatIfAnswer:
    """Ask, and make sure that nothing was written meanwhile."""
    before = stored(service)
    told = service.app.what_if(WhatIfQuestion(Supposition(**supposed)))
    assert stored(service) == before
    return told


def stored(service: Service) -> Any:
    """Return everything in the storage account: rows, blobs and messages."""
    account = service.app.account
    rows = {
        table.name: {(row["PartitionKey"], row["RowKey"]): row.metadata["etag"] for row in client.list_entities()}
        for table in account.tables.list_tables()
        for client in (account.tables.get_table_client(table.name),)
    }
    blobs = {
        container.name: {blob.name: blob.etag for blob in client.list_blobs()}
        for container in account.blobs.list_containers()
        for client in (account.blobs.get_container_client(container.name),)
    }
    queues = {
        queue.name: account.queues.get_queue_client(queue.name).get_queue_properties().approximate_message_count
        for queue in account.queues.list_queues()
    }
    return rows, blobs, queues


type Shown = dict[str, tuple[Health, str]]


def shown(service: Service) -> Shown:
    return {one.digest: (one.health, one.reason) for one in service.images()}


def holds(told: WhatIfAnswer, before: Shown, after: Shown) -> None:
    assert {(one.before, one.after): one.images for one in told.health} == {
        pair: sum((before[digest][0], after[digest][0]) == pair for digest in before)
        for pair in {(before[digest][0], after[digest][0]) for digest in before}
    }
    for one in told.value:
        assert (one.before.health, one.before.reason) == before[one.digest]
        assert (one.after.health, one.after.reason) == after[one.digest]


def scan_all(service: Service, trigger: Trigger) -> None:
    for one in service.images():
        requested = ScanRequested(f"again-{one.digest[7:15]}", one.repository, trigger)
        about = ImageId(one.registry, one.digest)
        assert service.app.request_scan.of_image(about, requested, cause="again", actor="tests")
    service.drain()


def test_a_rule_that_is_made_does_what_was_said(service: Service) -> None:
    before = shown(filled(service))
    rule = FindingDisabled("rule-1", RuleScope(), Criteria(cves=("CVE-2026-2000",)), "not reachable", "sam")
    told = asked(service, rule=rule)
    service.app.disable_findings.disable(rule)
    service.drain()
    holds(told, before, shown(service))
    assert told.changed == 2
    without = asked(service, without=("rule-1",))
    holds(without, shown(service), before)


def test_a_threshold_that_is_set_and_projected_does_what_was_said(make_service: Callable[..., Service]) -> None:
    service = make_service()
    service.app.refresh_advisories()
    before = shown(filled(service))
    told = asked(service, unhealthy_from=Severity.HIGH)
    app = service.app
    service.app = type(app)(msgspec.structs.replace(app.settings, unhealthy_from=Severity.HIGH))
    build = service.app.rebuild.begin()
    assert service.app.rebuild.replay(build, lambda done: None) == []
    service.app.rebuild.switch(build)
    holds(told, before, shown(service))
    assert told.changed == 1


def test_a_support_matrix_that_is_set_does_what_was_said(service: Service) -> None:
    before = shown(filled(service))
    told = asked(service, support_matrix=SupportMatrix.DEFENDER)
    app = service.app
    service.app = type(app)(msgspec.structs.replace(app.settings, support_matrix=SupportMatrix.DEFENDER))
    scan_all(service, Trigger.MANUAL)
    holds(told, before, shown(service))
    assert (told.bill.before, told.bill.after, told.bill.unknown) == (4, 3, 0)


def test_a_snapshot_that_images_are_then_matched_with_does_what_was_said(service: Service, feed: Path) -> None:
    before = shown(filled(service))
    first = service.app.snapshots.pointer()
    write_feed(feed, "Debian", [debian_advisory("CVE-2026-3000", "openssl", "3.0.16-1", score_vector=CRITICAL)])
    service.app.refresh_advisories()
    found = service.app.snapshots.pointer()
    assert found is not None
    assert first is not None
    told = asked(service, advisory_snapshot=found[0].snapshot)
    service.drain()
    after = shown(service)
    holds(told, before, after)
    assert told.changed == 4
    back = asked(service, advisory_snapshot=first[0].snapshot)
    holds(back, after, before)


def test_images_of_older_readers_are_pulled_again_and_nothing_of_it_is_stored(service: Service) -> None:
    before = shown(filled(service, BAD, GOOD))
    app = service.app
    layer = msgspec.structs.replace(app.settings.limits.layer, kept_bytes=1 << 20)
    limits = msgspec.structs.replace(app.settings.limits, layer=layer)
    service.app = type(app)(msgspec.structs.replace(app.settings, limits=limits))
    assert service.app.reader_version != app.reader_version
    told = asked(service, readers=True)
    scan_all(service, Trigger.RESCAN)
    holds(told, before, shown(service))
    assert (told.images, told.not_pulled, told.unknown_until_scanned) == (2, 0, 0)


def test_the_command_tells_the_same(service: Service) -> None:
    filled(service, BAD, LOW_ONLY)
    before = stored(service)
    status, told = finish(command(service, "what-if", "--unhealthy-from", "high", "--json"))
    assert (status, told["images"], told["changed"]) == (0, 2, 1)
    assert told["value"][0]["after"]["health"] == "healthy"
    assert stored(service) == before
