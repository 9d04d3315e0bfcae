"""Rules on the dashboard: made after a preview, changed, and taken back."""

import msgspec
from playwright.sync_api import expect

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.findings import FixStatus
from shared.domain.severity import Severity
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import REGISTRY, RULE_ID, SHOP, full_product
from tests.e2e.dashboard.product import Product
from tests.e2e.dashboard.visit import Visit

_RULE = f"#/rules/{RULE_ID}"


def would(opened: Visit, sentence: str) -> None:
    opened.stop_typing()
    expect(opened.page.get_by_role("region", name="Preview")).to_contain_text(sentence)


def changed_elsewhere(product: Product) -> None:
    made = product.desk.events[0].event
    assert isinstance(made, FindingDisabled)
    product.desk.write(msgspec.structs.replace(made, reason="somebody else's reason", revision=2))


def test_a_rule_is_previewed_while_it_is_typed_and_then_made(visit: Open) -> None:
    opened = visit(full_product(), "#/rules")
    opened.page.get_by_role("link", name="New rule").click()
    opened.heading("New rule")

    opened.page.get_by_label("Packages").fill("openssl")
    would(opened, "Would hide 2 findings in 1 image.")
    opened.page.get_by_label("CVEs").fill("cve-2026-1001, CVE-2026-9999")
    would(opened, "Would hide 1 finding in 1 image.")
    expect(opened.rows("Images that would change")).to_contain_text("team/shop:1.4.2")
    opened.page.get_by_label("Reason").fill("the code is not reachable")
    opened.page.get_by_label("Expires").fill("2030-01-01T12:30")
    opened.page.get_by_role("button", name="Make the rule").click()

    opened.heading("Rule")
    summary = opened.page.get_by_role("region", name="Summary")
    expect(summary).to_contain_text("cve-2026-1001, CVE-2026-9999; packages openssl")
    facts = opened.facts(summary)
    assert (facts["Reason"], facts["Author"]) == ("the code is not reachable", "grace@contoso.example")
    assert facts["Expires"] == "2030-01-01 12:30 UTC"
    assert len(opened.product.desk.events) == 2


def test_a_preview_says_why_a_rule_on_exploits_hides_nothing(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new")
    opened.page.get_by_label("EPSS score below").fill("0.1")
    would(opened, "Would change nothing: no finding meets this.")
    would(opened, "hides nothing as long as this is so: no exploit signals are at hand.")


_TEXTS = {
    "CVEs or other names": "CVE-1 CVE-2",
    "Packages": "openssl 3.0.1\nzlib",
    "Package URLs": "pkg:deb/debian/openssl@3.0.1",
    "CVSS below": "4.5",
    "Text": "buffer",
    "EPSS score below": "0.05",
    "Finding ids": "one\ntwo",
    "Registry": REGISTRY,
    "Repository": "team/shop",
    "Digest": SHOP.digest,
    "Tags": "dev-*\nv[0-9]*",
    "Releases": "debian 12\nalpine",
    "Any of these repositories": "team/shop,team/api",
    "Any of these digests": SHOP.digest,
    "Reason": "why",
    "Author": "ada",
}
_GIVEN = {
    "cves": ["CVE-1", "CVE-2"],
    "findingIds": ["one", "two"],
    "severityBelow": Severity.HIGH,
    "packages": [{"name": "openssl", "version": "3.0.1"}, {"name": "zlib", "version": None}],
    "purls": ["pkg:deb/debian/openssl@3.0.1"],
    "category": "os",
    "text": "buffer",
    "cvssBelow": 4.5,
    "fixStatuses": [FixStatus.NOT_FIXED, FixStatus.WILL_NOT_FIX],
    "digests": [SHOP.digest],
    "repositories": ["team/shop", "team/api"],
    "tags": ["dev-*", "v[0-9]*"],
    "osReleases": ["debian 12", "alpine"],
    "notExploited": True,
    "epssBelow": 0.05,
}


def test_every_criterion_of_the_api_can_be_given(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new")
    for label, text in _TEXTS.items():
        opened.page.get_by_label(label, exact=True).fill(text)
    for label, choice in (("Severity below", "high"), ("Kind of package", "os"), ("Exploitation", "true")):
        opened.page.get_by_label(label).select_option(choice)
    opened.page.get_by_label("not fixed yet").check()
    opened.page.get_by_label("will not be fixed").check()

    opened.page.get_by_role("button", name="Make the rule").click()
    opened.heading("Rule")
    expect(opened.page.get_by_role("region", name="Summary")).to_contain_text("EPSS score below 0.05")

    made = opened.product.desk.events[-1].event
    assert isinstance(made, FindingDisabled)
    assert (made.scope.registry, made.scope.repository, made.scope.digest) == (REGISTRY, "team/shop", SHOP.digest)
    assert msgspec.json.decode(msgspec.json.encode(made.criteria)) == _GIVEN
    assert _GIVEN.keys() == {field.encode_name for field in msgspec.structs.fields(Criteria)}


def test_a_reason_asks_for_no_other_preview(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new?cves=CVE-2026-1001")
    would(opened, "Would hide 1 finding in 1 image.")

    opened.page.get_by_label("Reason").fill("not reachable")
    opened.pass_time()

    would(opened, "Would hide 1 finding in 1 image.")
    assert len(opened.product.desk.previewed) == 1


def test_a_preview_that_the_api_refuses_says_why(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new?cves=CVE-2026-1001")
    opened.expected = ("400",)
    would(opened, "Would hide 1 finding in 1 image.")

    opened.page.get_by_label("Expires").fill("2020-01-01T00:00")

    would(opened, "the rule would have expired already")
    expect(opened.page.get_by_role("region", name="Preview")).not_to_contain_text("Would hide")


def test_what_is_typed_stays_when_the_page_refreshes(visit: Open) -> None:
    opened = visit(full_product(), _RULE)
    opened.page.get_by_label("Reason").fill("a better reason")
    opened.page.get_by_label("Why", exact=True).fill("half a")
    opened.page.get_by_label("not fixed yet").check()

    opened.refresh()

    expect(opened.page.get_by_label("Reason")).to_have_value("a better reason")
    expect(opened.page.get_by_label("Why", exact=True)).to_have_value("half a")
    expect(opened.page.get_by_label("not fixed yet")).to_be_checked()


def test_a_finding_leads_to_the_form_filled_in_with_its_preview(visit: Open) -> None:
    opened = visit(full_product(), f"#/image/{REGISTRY}/{SHOP.digest}")

    opened.page.get_by_role("link", name="Disable… CVE-2026-2001 in zlib").click()

    opened.heading("New rule")
    expect(opened.page.get_by_label("CVEs")).to_have_value("CVE-2026-2001")
    expect(opened.page.get_by_label("Packages")).to_have_value("zlib")
    expect(opened.page.get_by_label("Registry")).to_have_value(REGISTRY)
    expect(opened.page.get_by_label("Repository", exact=True)).to_have_value("team/shop")
    would(opened, "Would hide 1 finding in 1 image.")


def test_an_empty_rule_is_never_asked_about_and_cannot_be_made(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new")
    opened.expected = ("400",)
    opened.page.get_by_label("Reason").fill("everything")
    opened.page.get_by_role("button", name="Make the rule").click()

    expect(opened.page.get_by_role("alert").filter(has_text="needs at least one criterion")).to_be_visible()
    expect(opened.page.get_by_label("Reason")).to_have_value("everything")
    assert opened.product.desk.previewed == []
    assert len(opened.product.desk.events) == 1


def test_who_may_only_read_is_told_and_loses_nothing(visit: Open) -> None:
    product = full_product()
    product.desk.readonly = True
    opened = visit(product, "#/rules/new?cves=CVE-2026-1001")
    opened.expected = ("403",)
    would(opened, "Would hide 1 finding in 1 image.")
    opened.page.get_by_label("Reason").fill("not reachable")
    opened.page.get_by_role("button", name="Make the rule").click()

    refusal = opened.page.get_by_role("alert").filter(has_text="You may read but not write rules")
    expect(refusal).to_contain_text("needs the app role Security Admin")
    expect(opened.page.get_by_label("Reason")).to_have_value("not reachable")


def test_a_rule_is_changed_and_its_history_tells_both(visit: Open) -> None:
    opened = visit(full_product(), _RULE)
    expect(opened.page.get_by_label("CVEs")).to_have_value("CVE-2026-3001")

    opened.page.get_by_label("CVEs").fill("CVE-2026-1001")
    opened.page.get_by_label("Severity below").select_option("")
    would(opened, "Would hide 1 finding and let 1 finding count again in 1 image.")
    opened.page.get_by_role("button", name="Save the change").click()

    expect(opened.page.get_by_text("The change is saved.")).to_be_visible()
    expect(opened.rows("History")).to_have_count(2)
    first, last = (opened.cells(row) for row in opened.rows("History").all())
    assert first[1:3] == ["changed (revision 2)", "grace@contoso.example"]
    assert last[1] == "made"
    assert "CVE-2026-3001; severity below medium in contoso.azurecr.io / team/shop" in last[4]


def test_a_change_by_somebody_else_is_told_and_overwrites_nothing(visit: Open) -> None:
    opened = visit(full_product(), _RULE)
    opened.expected = ("409",)
    opened.page.get_by_label("Reason").fill("mine")
    changed_elsewhere(opened.product)
    opened.page.get_by_role("button", name="Save the change").click()

    expect(opened.page.get_by_text("was changed meanwhile and is at revision 2")).to_be_visible()
    expect(opened.page.get_by_label("Reason")).to_have_value("mine")
    assert opened.product.desk.rule(RULE_ID).reason == "somebody else's reason"
    opened.page.get_by_role("button", name="Drop mine and take theirs").click()

    expect(opened.page.get_by_label("Reason")).to_have_value("somebody else's reason")
    opened.page.get_by_label("Reason").fill("both of ours")
    opened.page.get_by_role("button", name="Save the change").click()
    expect(opened.page.get_by_text("The change is saved.")).to_be_visible()
    assert opened.product.desk.rule(RULE_ID).reason == "both of ours"


def test_a_form_that_nobody_typed_in_follows_the_rule(visit: Open) -> None:
    opened = visit(full_product(), _RULE)
    expect(opened.page.get_by_label("Reason")).to_have_value("tar is never run in this image")
    changed_elsewhere(opened.product)

    opened.refresh()

    expect(opened.page.get_by_label("Reason")).to_have_value("somebody else's reason")
    expect(opened.page.locator(".conflict")).to_have_count(0)


def test_a_rule_is_taken_back_with_a_reason(visit: Open) -> None:
    opened = visit(full_product(), _RULE)
    opened.page.get_by_label("Why", exact=True).fill("tar is run after all")
    opened.page.get_by_role("button", name="Take the rule back").click()

    expect(opened.page.get_by_text("The rule is taken back: its findings count again.")).to_be_visible()
    expect(opened.page.get_by_role("region", name="Summary")).to_contain_text("removed")
    expect(opened.rows("History").first).to_contain_text("tar is run after all")
    expect(opened.page.get_by_role("form", name="Rule")).to_have_count(0)


def test_a_rule_is_made_by_the_keyboard_alone(visit: Open) -> None:
    opened = visit(full_product(), "#/rules/new?cves=CVE-2026-1001")
    opened.page.get_by_label("Reason").focus()
    opened.page.keyboard.type("not reachable")
    opened.page.keyboard.press("Enter")

    opened.heading("Rule")
    expect(opened.page.get_by_role("heading", level=1)).to_be_focused()
