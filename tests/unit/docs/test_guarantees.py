"""The page of guarantees names tests: all of them exist, and those of every guard are among them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.scenarios.faults.test_guards import GUARDS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "GUARANTEES.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def functions(path: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)}


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_a_promise_names_exists(path: str, name: str) -> None:
    assert name in functions(path)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:tests|docs)/[\w/.]+\.\w+)", PAGE))))
def test_every_file_that_the_page_names_exists(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("guard", GUARDS)
def test_the_test_of_every_guard_exists_and_stands_for_a_promise(guard: str) -> None:
    path, _, name = GUARDS[guard].test.partition("[")[0].partition("::")
    assert (path, name) in NAMED
