"""The status: what needs attention is said first, and nothing that is unknown looks well."""

from typing import Any

import msgspec
import pytest
from playwright.sync_api import expect

from shared.advisories.signals.interface import SignalFeed
from shared.domain.failures import FailureReason
from shared.services.query_registries import AccessFailure
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, full_product, watched
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_LETTER = {
    "PartitionKey": "projections",
    "RowKey": "image|x",
    "error": "KeyError: 'a' <script>alert(1)</script>",
    "at": "2026-11-22T09:00:00Z",
}


def in_short(opened: Visit) -> list[str]:
    """Return what the page says in short, line by line."""
    expect(opened.page.get_by_role("region", name="In short")).to_be_visible()
    return [line for line in opened.page.get_by_role("region", name="In short").inner_text().splitlines() if line]


def test_where_all_is_well_the_status_says_so(visit: Open) -> None:
    assert in_short(visit(full_product(), "#/status")) == ["Nothing needs attention"]


def test_feeds_are_listed_with_their_age_and_state(visit: Open) -> None:
    product = full_product()
    product.feeds[1] = msgspec.structs.replace(product.feeds[1], failure="the server answered 500")
    opened = visit(product, "#/status")
    rows = opened.rows("Advisory feeds")

    assert opened.cells(rows.nth(0)) == [
        "Debian https://feeds.example",
        "51,234",
        "25 minutes ago",
        "2 hours ago",
        "changes",
        "read",
    ]
    assert opened.cells(rows.nth(1))[5] == "failed the server answered 500"
    assert in_short(opened)[1:] == ["1 of 2 advisory feeds failed: PyPI"]


def test_feeds_of_what_is_exploited_are_listed_too(visit: Open) -> None:
    product = full_product()
    product.signal_feeds.append(SignalFeed("epss", "https://epss.example", "2026-11-22T09:35:00Z", failure="no answer"))
    opened = visit(product, "#/status")
    rows = opened.rows("Exploit signals")

    assert opened.cells(rows.nth(0)) == ["kev https://kev.example", "1,402", "25 minutes ago", "2026.11", "read"]
    assert opened.cells(rows.nth(1))[4] == "failed no answer"
    assert in_short(opened)[1:] == ["1 of 2 exploit feeds failed: epss"]


def test_queues_projections_notices_and_versions_are_told(visit: Open) -> None:
    product = full_product()
    product.queues["scans"] = 12
    product.notices = {"pending": 3, "sentAt": "2026-11-22T09:00:00Z", "failedAt": None, "error": ""}
    opened = visit(product, "#/status")

    expect(opened.rows("Queues")).to_have_count(4)
    assert [opened.cells(row) for row in opened.rows("Queues").all()] == [
        ["scans", "12"],
        ["scans-poison", "0"],
        ["projections", "0"],
        ["projections-poison", "0"],
    ]
    told = {**opened.facts(section(opened, "Projections")), **opened.facts(section(opened, "Notices"))}
    assert told == {
        "Generation": "1",
        "Being built": "none",
        "Kept to go back to": "none",
        "Behind the log": "0 streams, 0 events",
        "Oldest hint": "none waits",
        "Last sweep": "2026-11-22 08:32 UTC: 0 repaired",
        "Waiting in the outbox": "3",
        "Last sent": "2026-11-22 09:00 UTC",
        "Last failure": "none",
    }
    assert opened.facts(section(opened, "Versions")) == {"plimsoll": "0.1.0", "reader": "12", "projection": "7"}


def section(opened: Visit, title: str) -> Any:
    heading = opened.page.get_by_role("heading", name=title, exact=True)
    return opened.page.locator("section").filter(has=heading)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"feeds": []}, "no advisory feed was read yet: no image can be healthy"),
        ({"registries": []}, "no registry is watched: nothing is scanned"),
        ({"dead_letters": [_LETTER]}, "1 dead letter: what came and could not be worked on"),
        ({"queues": {"scans": 5, "scans-poison": 2}}, "2 messages in the queue scans-poison"),
        (
            {"lag": {"oldestHintSeconds": 301, "streams": 2, "events": 9, "complete": True}},
            "what is shown is behind the log: a hint waits for 301 seconds",
        ),
        (
            {"notices": {"pending": 1, "sentAt": None, "failedAt": "2026-11-22T09:00:00Z", "error": "refused"}},
            "notices cannot be sent: refused",
        ),
    ],
    ids=["no feed", "no registry", "dead letter", "poison", "lag", "notices"],
)
def test_what_needs_attention_is_said_first(visit: Open, changes: dict[str, Any], told: str) -> None:
    product = full_product()
    for name, value in changes.items():
        setattr(product, name, value)

    assert in_short(visit(product, "#/status")) == ["1 thing needs attention", told]


def test_registries_are_listed_with_their_state_and_what_was_reconciled(visit: Open) -> None:
    product = full_product()
    swept = product.registries[0].last_reconciliation
    assert swept is not None
    product.registries += [
        watched("b.azurecr.io", state="failed", reason="no event subscription", last_reconciliation=None),
        watched("c.azurecr.io", state="not-listed", reason="<b>left out</b>", reconciling=True),
        watched("d.azurecr.io", last_reconciliation=msgspec.structs.replace(swept, failed=2, problem="no answer")),
    ]
    opened = visit(product, "#/status")
    expect(opened.rows("Registries")).to_have_count(4)
    found = [opened.cells(row) for row in opened.rows("Registries").all()]

    counts = "looked at 6 repositories, 41 manifests: 1 found, 0 untagged, 2 closed"
    assert found[0] == [
        "contoso.azurecr.io westeurope, from discovery",
        "enabled",
        "2026-08-24 10:00 UTC",
        "7",
        "3 hours ago",
        f"4 hours ago {counts}",
    ]
    assert [(row[1], row[5]) for row in found[1:]] == [
        ("failed no event subscription", "none yet"),
        ("not listed <b>left out</b>", f"4 hours ago {counts} under way…"),
        ("enabled", f"4 hours ago 2 repositories could not be compared: no answer {counts}"),
    ]
    assert in_short(opened) == [
        "2 things need attention",
        "1 registry failed: b.azurecr.io",
        "1 registry not wholly reconciled: d.azurecr.io",
    ]


def test_a_registry_whose_images_cannot_be_read_says_why(visit: Open) -> None:
    product = full_product()
    why = AccessFailure(FailureReason.REGISTRY_UNREACHABLE, "no <i>way</i> there", NOW, 3)
    product.registries[0] = msgspec.structs.replace(product.registries[0], access_failure=why)
    opened = visit(product, "#/status")

    assert in_short(opened)[1:] == ["1 registry with images that could not be read: contoso.azurecr.io"]
    told = opened.cells(opened.rows("Registries"))[1]
    assert told == "enabled 3 images could not be read: no <i>way</i> there (just now)"


def test_many_registries_that_failed_are_named_in_part(visit: Open) -> None:
    product = full_product()
    product.registries = [watched(f"r{number}.azurecr.io", state="failed") for number in range(7)]
    named = ", ".join(f"r{number}.azurecr.io" for number in range(5))

    assert in_short(visit(product, "#/status"))[1:] == [f"7 registries failed: {named} and 2 more"]


def test_registries_that_cannot_be_had_need_attention(visit: Open) -> None:
    product = full_product()
    product.broken = "/api/registries"
    opened = visit(product, "#/status")
    opened.expected = ("503",)

    assert in_short(opened)[1:] == ["which registries are watched cannot be told"]


def test_a_feed_that_was_not_asked_for_days_needs_attention(visit: Open) -> None:
    product = full_product()
    product.feeds[0] = msgspec.structs.replace(product.feeds[0], checked_at="2026-11-19T09:00:00Z")

    assert in_short(visit(product, "#/status"))[1:] == ["1 of 2 advisory feeds not asked for a day: Debian"]


def test_dead_letters_are_listed_as_text(visit: Open) -> None:
    product = full_product()
    product.dead_letters = [_LETTER]
    opened = visit(product, "#/status")

    assert opened.cells(opened.rows("Dead letters")) == [
        "projections",
        "image|x",
        "KeyError: 'a' <script>alert(1)</script>",
        "2026-11-22 09:00 UTC",
    ]


def test_a_status_that_cannot_be_had_looks_like_nothing_good(visit: Open) -> None:
    product = full_product()
    product.broken = "/api/status"
    opened = visit(product, "#/status")
    opened.expected = ("503",)

    expect(opened.page.get_by_role("alert")).to_contain_text("the storage account does not answer")
    expect(opened.page.get_by_text("Nothing needs attention")).to_have_count(0)


def test_in_the_past_the_status_says_that_it_is_of_now(visit: Open) -> None:
    product = full_product()
    product.as_of = {"2026-11-10T08:30:00.000Z": Product()}
    opened = visit(product, "#/status")
    opened.page.get_by_label("As of (UTC)").fill("2026-11-10T08:30")
    opened.page.get_by_role("button", name="Show that time").click()

    expect(opened.page.get_by_text("The status is known of now only; this is not the past.")).to_be_visible()
