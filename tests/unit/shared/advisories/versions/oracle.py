"""Comparison with the libraries and programs that define a version order."""

import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.support.azurite import node_program

type Pair = tuple[str, str]
"""Two versions to compare."""


def order(one: Any, other: Any) -> int:
    """Return -1, 0 or 1 for less, equal or greater."""
    return int(one > other) - int(one < other)


def assert_same_order(sort_key: Callable[[str], bytes], oracle: Callable[[str], Any], one: str, other: str) -> None:
    """Check that the keys of two versions compare as the oracle compares the versions."""
    assert order(sort_key(one), sort_key(other)) == order(oracle(one), oracle(other)), (one, other)


def assert_same_orders(
    sort_key: Callable[[str], bytes], program: Callable[[Iterable[Pair]], list[int]], pairs: list[Pair]
) -> None:
    """Check that the keys of many pairs of versions compare as a program compares the versions."""
    expected = program(pairs)
    assert len(expected) == len(pairs)
    found = [order(sort_key(one), sort_key(other)) for one, other in pairs]
    assert dict(zip(pairs, found, strict=True)) == dict(zip(pairs, expected, strict=True))


def dpkg(pairs: Iterable[Pair]) -> list[int]:
    """Return -1, 0 or 1 for each pair, as ``dpkg --compare-versions`` orders it."""
    script = """
        while read -r one other; do
            if dpkg --compare-versions "$one" lt "$other"; then echo -1
            elif dpkg --compare-versions "$one" gt "$other"; then echo 1
            else echo 0; fi
        done"""
    return _answers(["sh", "-c", script], _lines(pairs))


def rpm(pairs: Iterable[Pair]) -> list[int]:
    """Return -1, 0 or 1 for each pair, as rpm orders whole versions with epoch and release."""
    each = "local one, other = line:match('(%S+) (%S+)') print(rpm.vercmp(one, other) .. ' ')"
    return _answers(["rpm", "--eval", f"%{{lua: for line in io.lines() do {each} end}}"], _lines(pairs))


def npm(pairs: Iterable[Pair]) -> list[int]:
    """Return -1, 0 or 1 for each pair, as npm's own library orders it in its loose mode."""
    script = """
        const { compare } = require(process.argv[1])
        const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"))
        console.log(pairs.map(([one, other]) => compare(one, other, { loose: true })).join(" "))"""
    # It comes with Azurite.
    library = Path(__file__).resolve().parents[5] / "node_modules" / "semver"
    return _answers([node_program(), "-e", script, str(library)], json.dumps(list(pairs)))


def _lines(pairs: Iterable[Pair]) -> str:
    return "".join(f"{one} {other}\n" for one, other in pairs)


def _answers(command: list[str], questions: str) -> list[int]:
    answer = subprocess.run(command, input=questions, capture_output=True, text=True, check=True)
    assert answer.stderr == ""
    return [int(word) for word in answer.stdout.split()]


# Few different numbers and letters make equal beginnings, where the rules show, likely.
digits = st.sampled_from(["0", "00", "1", "01", "2", "9", "10", "11", "100", "20240101"])
letters = st.sampled_from(["a", "b", "rc", "Z", "alpha", "git"])
