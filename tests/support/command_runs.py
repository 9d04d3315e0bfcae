"""Commands run in this process, and what they give."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from cli.__main__ import main
from tests.support.triggers import ask


def run(*arguments: object) -> int:
    """Run a command; return its exit status."""
    return main([str(one) for one in arguments], {})


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    """Run a command with ``--json``; return its exit status and the document."""
    capsys.readouterr()
    status = run(*arguments, "--json")
    return status, json.loads(capsys.readouterr().out)


def run_text(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run a command; return its exit status and what it writes to standard output."""
    capsys.readouterr()
    status = run(*arguments)
    return status, capsys.readouterr().out


def whole_list(trigger: Callable[..., Any], path: str, route: Mapping[str, str] | None = None) -> Any:
    """Ask the HTTP API for a list, two items a page; return it as if it had had one page."""
    separator = "&" if "?" in path else "?"
    status, body = ask(trigger, f"{path}{separator}top=2", route=route)
    assert status == 200
    whole = body
    while "nextLink" in body:
        link = urlsplit(body["nextLink"])
        status, body = ask(trigger, f"{link.path}?{link.query}", route=route)
        assert status == 200
        whole["value"] += body["value"]
    whole.pop("nextLink", None)
    return whole
