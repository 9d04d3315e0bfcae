"""What exports have in common: names that follow their specification, and text that shows what it is."""

from dataclasses import replace

import pytest
from packageurl import PackageURL

from shared.api.scan_facts import (
    addresses,
    advisory_url,
    document_id,
    image_purl,
    left_open,
    one_line,
    published_at,
    why_disabled,
)
from tests.support.examples import finding, inventory, report
from tests.support.scan_results import RULE, replace_text, scan_result


@pytest.mark.parametrize("repository", ["app", "team/app", "a/b.c/d_e-f"])
@pytest.mark.parametrize("registry", ["contoso.azurecr.io", "127.0.0.1:5055"])
def test_the_package_url_of_an_image_is_as_the_specification_writes_it(registry: str, repository: str) -> None:
    result = scan_result()
    purl = image_purl(replace(result, image=result.image._replace(registry=registry), repository=repository))
    parsed = PackageURL.from_string(purl)
    assert parsed.to_string() == purl
    assert parsed.qualifiers == {"repository_url": f"{registry}/{repository}"}


def test_what_is_left_open_is_named_once() -> None:
    result = scan_result(inventory=inventory(unreadable=("b", "a")), report=report(gaps=("a",)))
    assert left_open(result) == ("a", "b")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://127.0.0.1:8080/%41", True),
        ("https://example.org", True),
        ("javascript:alert(1)", False),
        ("https://example.org/[x]", False),
        ("https://example.org/%zz", False),
        ("https://example.org/a b", False),
        ('https://example.org/"onclick', False),
        ("https://user@example.org/", False),
        ("https://example.org/ä", False),
    ],
)
def test_only_plain_web_addresses_are_passed_on(address: str, good: bool) -> None:
    assert list(addresses(finding(references=(address,)))) == ([address] if good else [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nb\tc", "a b c"),
        (" a ", "a"),
        ("a\u202eb\u200bc", "a b c"),
        ("\x1b[31mred\x00", "[31mred"),
        ("Ünïcode 版本", "Ünïcode 版本"),
        ("\ufeff=1", "=1"),
    ],
)
def test_text_is_one_line_without_what_hides_or_reorders_it(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("2026-10-01T02:00:00.123456+02:00", "2026-10-01T00:00:00Z"),
        ("0900-01-01T00:00:00Z", "0900-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+01:00", None),
        ("2026-10-01T00:00:00", None),
        ("2026-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_only_what_is_a_time_is_told_as_one(published: str | None, told: str | None) -> None:
    assert published_at(finding(published=published)) == told


def test_the_name_of_an_advisory_cannot_leave_its_address() -> None:
    assert advisory_url("../x?y#z") == "https://osv.dev/vulnerability/..%2Fx%3Fy%23z"


def test_a_decision_is_told_with_author_reason_and_end() -> None:
    assert why_disabled(RULE).startswith("disabled by rule rule-1 of sam@contoso.example, until 2026-11-02T11:00:00Z: ")
    assert "\n" not in why_disabled(replace_text(RULE, "a\nb"))


def test_equal_content_has_equal_ids() -> None:
    assert document_id({"a": [1]}) == document_id({"a": [1]}) != document_id({"a": [2]})
