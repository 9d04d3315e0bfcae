"""The README leads to every page, every link leads somewhere, and the page on the API has every request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.api.openapi.operations import OPERATIONS

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
# "asOf" is told once for all of them.
_OF_ALL = {"asOf"}


def text(page: str) -> str:
    return (ROOT / page).read_text()


def anchors(page: Path) -> set[str]:
    """Return what can be linked to in a page, as GitHub names it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_readme_leads_to_every_page() -> None:
    assert set(re.findall(r"\]\((docs/[A-Z-]+\.md)\)", text("README.md"))) == set(PAGES) - {"README.md"}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_leads_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(((?!https?:)[^)\s]+)", text(page)):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`((?:tests|docs|infra|benchmarks|functions|shared|local|cli|dashboard)/[\w/.-]*)`", text(page))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_page_on_the_api_has_every_request_and_no_other() -> None:
    told = {
        (method, path)
        for methods, path in re.findall(r"`((?:(?:GET|POST|PUT|DELETE) )+)(/api/[^`?]*)", text("docs/API.md"))
        for method in methods.split()
    }
    assert told == {(operation.method.upper(), operation.path) for operation in OPERATIONS}


@pytest.mark.parametrize("page", ["README.md", "docs/API.md"])
def test_what_can_be_asked_for_is_named_as_in_the_description(page: str) -> None:
    taken = {one.path: {each.name for each in one.parameters} for one in OPERATIONS if one.method == "get"}
    told = re.findall(r"`GET (/api/[^`?]*)\?([^`]*)`", text(page))

    assert len(told) >= 3
    for path, query in told:
        named = {part.partition("=")[0] for part in query.split("&")}
        assert named <= taken[path], path
        assert page == "README.md" or named >= {one for one in taken[path] - _OF_ALL if "{" + one + "}" not in path}
