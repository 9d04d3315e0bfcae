"""The page of one image, and the way there and back."""

from dataclasses import dataclass

import msgspec
import pytest
from playwright.sync_api import expect

from shared.domain.exploits import NOTHING, Exploit, KnownExploited, NoSignals
from shared.domain.findings import Finding
from shared.domain.image_health import Health, JudgedFinding
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import (
    BROKEN,
    REGISTRY,
    RULE_ID,
    SHOP,
    SHOP_FINDINGS,
    WEB,
    digest,
    full_product,
    history_of,
    image,
)
from tests.e2e.dashboard.product import Product

ADDRESS = f"#/image/{REGISTRY}/{SHOP.digest}"


def test_a_link_leads_to_an_image_and_back_to_the_filtered_list(visit: Open) -> None:
    opened = visit(full_product(), "#/?health=unhealthy")

    opened.page.get_by_role("link", name="team/shop:1.4.2").click()
    opened.heading("team/shop:1.4.2")
    expect(opened.page.get_by_role("heading", level=1)).to_be_focused()
    assert opened.page.title() == "team/shop:1.4.2 – Plimsoll"
    assert opened.page.url.endswith(ADDRESS)

    opened.page.go_back()
    opened.heading("Images")
    expect(opened.rows("Images")).to_have_count(2)


def test_going_back_returns_to_where_the_list_was_scrolled(visit: Open) -> None:
    product = Product(images=[image(f"fleet/ship-{number}", Health.HEALTHY, "", "1") for number in range(60)])
    opened = visit(product)
    link = opened.page.get_by_role("link", name="fleet/ship-50:1")
    link.scroll_into_view_if_needed()
    opened.until("window.scrollY > 0 && history.state?.top === window.scrollY")
    before = opened.page.evaluate("window.scrollY")

    link.click()
    opened.heading("fleet/ship-50:1")
    opened.until("window.scrollY === 0")
    opened.page.go_back()

    opened.until(f"window.scrollY === {before}")


def test_facts_are_shown(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    summary = opened.page.get_by_role("region", name="Summary")

    expect(summary).to_contain_text("unhealthy")
    expect(summary).to_contain_text(SHOP.reason)
    expect(summary).to_contain_text(f"{REGISTRY}/team/shop@{SHOP.digest}")
    assert opened.facts(summary) == {
        "Open findings": "1 critical, 1 high, 1 low",
        "Disabled": "1 finding",
        "Repositories": "team/shop",
        "Tags": "1.4.2, 1.4, latest",
        "Platform": "linux/amd64",
        "Distribution": "debian 12",
        "Base image": "base/debian@sha256:cccccccccccc layers 1-3 rebuild on base/debian:12 as it is now:"
        " 2 of 3 findings come from layers 1-3, and 1 of them is not in it",
        "Packages": "143 packages",
        "First seen": "2026-10-13 10:00 UTC",
        "Last pushed": "2026-11-19 10:00 UTC",
        "Last pulled": "2026-11-22 05:00 UTC",
        "Last scan": "2026-11-22 08:00 UTC (push)",
        "Advisories": "2026-11-22.1",
        "Charged": "yes, once",
    }


def test_an_image_whose_scan_failed_says_what_failed(visit: Open) -> None:
    opened = visit(full_product(), f"#/image/{REGISTRY}/{BROKEN.digest}")
    summary = opened.page.get_by_role("region", name="Summary")

    expect(summary).to_contain_text(BROKEN.reason)
    facts = opened.facts(summary)
    assert facts["Last failure"] == "layer-corrupt"
    assert facts["Last scan"] == "none yet"
    assert facts["Charged"] == "no"


def test_what_to_do_is_shown_by_package(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    rows = opened.rows("What to do")

    advice = "Upgrade openssl from 1.2.0-1 to 1.2.3-1 or later"
    assert opened.cells(rows.first) == ["openssl Debian", "critical", "2", "1.2.0-1", "1.2.2-1 1.2.3-1", advice]
    advice = "No fixed version of zlib exists yet"
    assert opened.cells(rows.last) == ["zlib Debian", "low", "1", "1.2.0-1", "no fix yet", advice]


def test_findings_are_listed_with_the_reference_that_is_about_them(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    rows = opened.rows("Open findings")

    assert opened.cells(rows.first) == [
        "critical",
        "CVE-2026-1001 A buffer in openssl is read beyond its end More",
        "openssl Debian",
        "1.2.0-1",
        "1.2.3-1",
        "Upgrade openssl from 1.2.0-1 to 1.2.3-1 or later",
        f"var/lib/dpkg/status layer {digest('layer')[:19]}",
        "Disable… CVE-2026-1001 in openssl",
    ]
    expect(rows).to_have_count(3)
    expect(rows.first.get_by_role("link", name="CVE-2026-1001", exact=True)).to_have_attribute(
        "href", "https://security-tracker.debian.org/tracker/CVE-2026-1001"
    )


def test_more_is_told_of_a_finding_on_demand(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    row = opened.rows("Open findings").first

    row.get_by_text("More").click()

    assert opened.facts(row) == {
        "Advisory": "DEBIAN-CVE-2026-1001",
        "Aliases": "GHSA-2026-1001",
        "CVSS": "8.1",
        "Published": "2026-05-01",
        "Ratings": "debian: critical cvss: critical 8.1 (CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H)",
        "Fix": "fixed",
        "Purl": "pkg:deb/debian/openssl@1.2.0-1",
        "Source package": "openssl 1.2.0-1",
        "References": "https://example.org/other https://security-tracker.debian.org/tracker/CVE-2026-1001",
        "Finding": SHOP_FINDINGS[0].finding.id,
    }


def test_an_undetermined_finding_says_why(visit: Open) -> None:
    product = full_product()
    made = msgspec.structs.replace(SHOP_FINDINGS[2].finding, undetermined="the version cannot be read")
    product.findings[SHOP.digest] = (JudgedFinding(made, None),)

    opened = visit(product, ADDRESS)
    row = opened.rows("Open findings").first

    assert opened.cells(row)[0] == "low undetermined"
    row.get_by_text("More").click()
    assert opened.facts(row)["Undetermined"] == "the version cannot be read"


def test_disabled_findings_are_folded_away_with_their_number(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    summary = opened.page.get_by_text("1 disabled finding", exact=True)
    expect(opened.rows("Disabled findings")).to_be_hidden()

    summary.click()

    expect(opened.rows("Disabled findings")).to_contain_text("CVE-2026-3001")
    expect(opened.rows("Disabled findings")).to_contain_text(RULE_ID)


def test_opened_details_stay_open_when_the_page_refreshes(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    opened.page.get_by_text("1 disabled finding", exact=True).click()
    expect(opened.rows("Disabled findings")).to_be_visible()

    opened.product.images[0] = msgspec.structs.replace(SHOP, reason="another reason")
    opened.refresh()

    expect(opened.page.get_by_role("region", name="Summary")).to_contain_text("another reason")
    expect(opened.rows("Disabled findings")).to_be_visible()


def test_findings_are_read_again_only_when_the_image_changed(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    expect(opened.rows("Open findings")).to_have_count(3)
    opened.product.findings[SHOP.digest] = SHOP_FINDINGS[:1]

    opened.product.images[0] = msgspec.structs.replace(SHOP, reason="scanned again")
    opened.refresh()
    expect(opened.rows("Open findings")).to_have_count(1)
    opened.refresh()

    assert len([path for path in opened.product.asked if "/findings" in path]) == 2


def test_history_is_listed_newest_first_with_its_content(visit: Open) -> None:
    opened = visit(full_product(), ADDRESS)
    rows = opened.rows("History")

    first = opened.cells(rows.first)
    assert first == [
        "5",
        "scan-completed",
        "2026-11-22 07:05:00 UTC",
        "registry",
        "event-5",
        "not assessed → unhealthy, 3 findings changed: the first scan with an answer ended (push) "
        "push · assessed · team/shop",
    ]
    expect(rows).to_have_count(5)
    expect(rows.nth(2)).to_contain_text("the registry does not answer")
    rows.first.get_by_text("push · assessed").click()
    expect(rows.first.locator("pre")).to_contain_text('"scanId": "scan-1"')


def test_a_deleted_image_still_has_its_history(visit: Open) -> None:
    product = full_product()
    product.images = [WEB]
    product.history = {SHOP.digest: history_of(SHOP)}

    opened = visit(product, ADDRESS)
    opened.expected = ("404",)

    expect(opened.page.get_by_text("this image was deleted")).to_be_visible()
    expect(opened.rows("History")).to_have_count(5)


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (WEB, "There are no open findings."),
        (full_product().images[4], "This image is not supported, so nothing was looked for."),
        (full_product().images[3], "No scan has finished yet."),
    ],
    ids=["healthy", "unsupported", "not scanned"],
)
def test_an_image_without_findings_says_why(visit: Open, shown: object, sentence: str) -> None:
    product = full_product()
    chosen = next(one for one in product.images if one == shown)

    opened = visit(product, f"#/image/{chosen.registry}/{chosen.digest}")

    expect(opened.page.get_by_text(sentence)).to_be_visible()


@dataclass(frozen=True)
class OneExploited(NoSignals):
    """Signals that know one flaw."""

    cve: str = ""

    def of(self, finding: Finding) -> Exploit:
        return Exploit(KnownExploited("2026-11-01", None, True), 0.5, 0.9) if finding.cve == self.cve else NOTHING


def test_what_is_known_to_be_exploited_has_a_badge_and_nothing_else_has(visit: Open) -> None:
    flaw = SHOP_FINDINGS[0].finding.cve
    product = full_product()
    product.signals = OneExploited(cve=flaw or "")
    opened = visit(product, ADDRESS)

    badge = opened.page.locator(".exploited")
    expect(badge).to_have_count(sum(one.finding.cve == flaw for one in SHOP_FINDINGS))
    expect(badge.first).to_have_text("exploited")
    expect(badge.first).to_have_attribute("title", "Known to be exploited since 2026-11-01, by ransomware too")
