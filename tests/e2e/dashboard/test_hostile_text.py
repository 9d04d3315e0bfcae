"""Images bring texts that were made by attackers: they are shown, and never run, followed or believed."""

import msgspec
import pytest
from playwright.sync_api import expect

from shared.domain.criteria import Criteria
from shared.domain.findings import Finding
from shared.domain.image_health import JudgedFinding, OsInfo
from shared.domain.severity import Severity
from tests.e2e.dashboard.conftest import Open
from tests.e2e.dashboard.fleet import NOW, REGISTRY, RULE_ID, SHOP, finding, full_product, history_of, upgrades_of
from tests.e2e.dashboard.product import Product

_MARKUP = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
_ADDRESS = f"#/image/{REGISTRY}/{SHOP.digest}"
_REFERENCES = (
    "javascript:window.hacked=1",
    " JaVaScRiPt:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "not an address",
    "https://good.example/advisory\"onclick='window.hacked=1'",
)


def hostile_finding() -> Finding:
    made = finding("CVE-2026-6666", "openssl", Severity.HIGH, None)
    package = msgspec.structs.replace(
        made.package, name=_MARKUP, version=_MARKUP, path=f"usr/{_MARKUP}", purl=_MARKUP, source=_MARKUP, layer=_MARKUP
    )
    return msgspec.structs.replace(
        made,
        cve=_MARKUP,
        advisory=_MARKUP,
        aliases=(_MARKUP,),
        package=package,
        remediation=_MARKUP,
        references=_REFERENCES,
        title=_MARKUP,
        undetermined=_MARKUP,
        fixed_version=_MARKUP,
    )


def hostile_product() -> Product:
    product = full_product()
    shown = msgspec.structs.replace(
        SHOP, reason=_MARKUP, os=OsInfo(_MARKUP, _MARKUP), platform=_MARKUP, tags=(_MARKUP, _MARKUP + "2")
    )
    product.images = [shown, *product.images[1:]]
    judged = (JudgedFinding(hostile_finding(), None),)
    product.findings[SHOP.digest] = judged
    product.upgrades[SHOP.digest] = upgrades_of(judged)
    product.history[SHOP.digest] = history_of(shown)
    made = product.desk.events[0]
    written = msgspec.structs.replace(made.event, reason=_MARKUP, author=_MARKUP, criteria=Criteria(cves=(_MARKUP,)))
    product.desk.events[0] = msgspec.structs.replace(made, event=written)
    product.recommendations = [
        msgspec.structs.replace(one, package=_MARKUP, remediation=_MARKUP, ecosystem=_MARKUP, title=_MARKUP)
        for one in product.recommendations
    ]
    product.feeds = [msgspec.structs.replace(product.feeds[0], failure=_MARKUP)]
    product.charges = [msgspec.structs.replace(product.charges[0], event_id=_MARKUP, time=NOW)]
    return product


@pytest.mark.parametrize(
    "address",
    [
        "#/",
        f"#/overview/{REGISTRY}/team%2Fshop",
        "#/status",
        _ADDRESS,
        "#/find?what=<script>window.hacked=1</script>",
        "#/recommendations",
        "#/billing",
        "#/rules",
        f"#/rules/{RULE_ID}",
    ],
)
def test_markup_is_shown_as_text_and_never_run(visit: Open, address: str) -> None:
    opened = visit(hostile_product(), address)

    expect(opened.page.locator("main")).to_contain_text(_MARKUP)
    for summary in opened.page.locator("details > summary").all():
        if summary.is_visible():
            summary.click()

    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.locator("main img, main script, main iframe, main [onclick], main [onerror]").count() == 0


def test_only_addresses_of_the_web_become_links(visit: Open) -> None:
    opened = visit(hostile_product(), _ADDRESS)
    expect(opened.rows("Open findings")).to_have_count(1)

    links = opened.rows("Open findings").locator("a:not(.button)")

    hrefs = [link.get_attribute("href") or "" for link in links.all()]
    assert hrefs == ["https://good.example/advisory%22onclick='window.hacked=1'"] * 2
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer"}
    disable = opened.rows("Open findings").locator("a.button").get_attribute("href") or ""
    assert disable.startswith("#/rules/new?cves=%3Cimg")
    for reference in _REFERENCES:
        expect(opened.rows("Open findings")).to_contain_text(reference.strip())


def test_characters_that_disguise_a_name_are_written_out(visit: Open) -> None:
    product = full_product()
    product.images = [msgspec.structs.replace(SHOP, reason="safe\u202egnp.exe\u200b\u0007")]

    opened = visit(product)

    expect(opened.rows("Images")).to_contain_text("safe\\u{202e}gnp.exe\\u{200b}\\u{7}")


def test_a_script_in_the_page_itself_would_be_refused(visit: Open) -> None:
    opened = visit(full_product())
    opened.expected = ("Content Security Policy",)

    opened.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hacked = 1";
            document.body.append(script);
        }"""
    )

    refused = "Content Security Policy"
    opened.await_that(lambda: any(refused in one for one in opened.complaints), "the complaint of the browser")
    assert opened.page.evaluate("window.hacked") is None


def test_a_very_long_text_does_not_break_the_page(visit: Open) -> None:
    product = full_product()
    product.images = [msgspec.structs.replace(SHOP, reason="x" * 50_000)]

    opened = visit(product)

    expect(opened.rows("Images")).to_have_count(1)
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box = opened.rows("Images").bounding_box()
    assert box is not None
    assert box["height"] < 200
