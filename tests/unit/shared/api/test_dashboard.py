"""The files of the dashboard as they are served."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shared.api.dashboard import static_file
from shared.api.errors import ApiError

_MOST_BYTES = 100_000  # gzipped, all files together
_ROOT = Path(__file__).resolve().parents[4]
_DASHBOARD = _ROOT / "dashboard"
VENDORED = {
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
    "uPlot-LICENSE.txt": "uplot/LICENSE",
}
_MARKUP_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment"
)


class _Page(HTMLParser):
    """Notes what an HTML page loads, and what a strict content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        self.refused: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.language = self.language or values.get("lang") or ""
        if tag == "script" and "src" not in values:
            self.refused.append("inline script")
        self.refused += [f"{tag} {name}" for name in values if name.startswith("on") or name == "style"]
        self.refused += ["inline style"] if tag == "style" else []
        wanted = values.get("src") if tag == "script" else values.get("href") if tag == "link" else None
        if wanted:
            self.files.append(wanted)


def text_of(name: str) -> str:
    return static_file(name).content.decode()


def page() -> _Page:
    parsed = _Page()
    parsed.feed(text_of("index.html"))
    return parsed


def scripts() -> set[str]:
    """Return every module that the page loads, by following its imports."""
    found, waiting = set[str](), ["app.js"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting += [one for one in re.findall(r'(?:from|import) "\./([^"]+)"', text_of(name)) if one not in found]
    return found


def files() -> list[Path]:
    """Return every file that the dashboard is made of."""
    return [path for path in _DASHBOARD.rglob("*") if path.is_file() and path.suffix != ".txt"]


def served() -> set[str]:
    late = {name for script in scripts() for name in re.findall(r'"/dashboard/([^"]+)"', text_of(script))}
    return {"index.html", *(name.removeprefix("/dashboard/") for name in page().files), *scripts(), *late}


def test_the_page_loads_only_files_that_are_served_from_its_own_folder() -> None:
    assert all(name.startswith("/dashboard/") for name in page().files)
    assert {
        "index.html",
        "style.css",
        "favicon.svg",
        "app.js",
        "api.js",
        "uPlot.min.css",
        "uPlot.iife.min.js",
    } <= served()
    for name in served():
        assert static_file(name).content


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
    ],
)
def test_every_kind_of_file_has_its_media_type(name: str, media_type: str) -> None:
    assert static_file(name).media_type == media_type


def test_every_file_of_the_folder_is_used_and_served_under_a_name_of_its_own() -> None:
    assert sorted(path.name for path in files()) == sorted(served())


@pytest.mark.parametrize(("ours", "theirs"), VENDORED.items())
def test_what_was_taken_from_npm_is_unchanged(ours: str, theirs: str) -> None:
    assert (_DASHBOARD / "vendor" / ours).read_bytes() == (_ROOT / "node_modules" / theirs).read_bytes()


def test_vendored_files_are_of_the_version_that_is_pinned() -> None:
    [pinned] = re.findall(r'"uplot": "([0-9.]+)"', (_ROOT / "package.json").read_text())

    assert text_of("uPlot.iife.min.js").startswith(f"/*! https://github.com/leeoniya/uPlot (v{pinned}) */")


def test_the_policy_allows_nothing_but_files_and_answers_of_the_own_host() -> None:
    policy = static_file("index.html").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_files_are_checked_again_at_every_use_and_never_sniffed() -> None:
    headers = static_file("style.css").headers

    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_etag_follows_the_content() -> None:
    first, again, other = static_file("app.js"), static_file("app.js"), static_file("style.css")

    assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["ETag"])
    assert first.headers["ETag"] == again.headers["ETag"]
    assert first.headers["ETag"] != other.headers["ETag"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../host.json", "..%2fhost.json", "/etc/passwd", "INDEX.HTML", "index.html/", "x\0.js"]
)
def test_names_of_no_file_of_the_folder_are_not_found(name: str) -> None:
    with pytest.raises(ApiError) as raised:
        static_file(name)

    assert raised.value.status == 404


def test_the_page_has_nothing_inline_and_names_its_language() -> None:
    assert page().refused == []
    assert page().language == "en"


def test_no_script_turns_text_into_markup() -> None:
    assert {name: found for name in scripts() if (found := _MARKUP_SINKS.findall(text_of(name)))} == {}


def test_the_whole_page_is_small() -> None:
    size = sum(len(gzip.compress(static_file(path.name).content)) for path in files())

    assert size < _MOST_BYTES
