"""The page on access names every route of the app with what it needs."""

import re
from pathlib import Path

from tests.support.routes import routes
from tests.unit.functions.test_access import ANYBODY, WRITES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "ACCESS.md"
_LINE = re.compile(r"^\| `(?P<route>/[^`]*)` \| (?P<method>[A-Z]+) \| (?P<who>[^|:]+?)(:[^|]*)? \|$", re.MULTILINE)


def _needed(name: str) -> str:
    if name in ANYBODY:
        return "anybody"
    return "Security Admin" if name in WRITES else "Security Reader"


def test_the_page_lists_every_route_with_its_role() -> None:
    listed = {
        ("/" if one.route.startswith("{page:") else "/" + one.route, method, _needed(name))
        for name, one in routes().items()
        for method in one.methods
    }
    assert {(line["route"], line["method"], line["who"]) for line in _LINE.finditer(PAGE.read_text())} == listed
