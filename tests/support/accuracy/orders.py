"""The order of versions by the tool of each ecosystem itself, or by a library where there is no tool to ask."""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

from packaging.version import Version

from benchmarks.accuracy.evaluation import Order
from benchmarks.accuracy.orders import order_of as library_order
from tests.support.real_images.downloads import run

type Pair = tuple[str, str]

_NODE_MODULES = Path(__file__).resolve().parents[3] / "node_modules"


def order_of(ecosystem: str, packages: Iterable[Iterable[str]]) -> Order:
    """Compare every two versions of each package, in one go: the order knows those pairs and no others."""
    compare = _TOOLS[ecosystem.partition(":")[0]]
    pairs = list(dict.fromkeys(pair for versions in packages for pair in combinations(sorted(set(versions)), 2)))
    table = dict(zip(pairs, compare(pairs), strict=True))
    return lambda one, other: table[one, other] if one < other else -table[other, one] if one > other else 0


def _dpkg(pairs: Sequence[Pair]) -> list[int]:
    asked = "".join(f"{one} {other}\n" for one, other in pairs)
    script = (
        "while read -r a b; do if dpkg --compare-versions $a lt $b; then echo -1; "
        "elif dpkg --compare-versions $a gt $b; then echo 1; else echo 0; fi; done"
    )
    return [int(line) for line in run(("sh", "-c", script), text=asked).splitlines()]


def _rpm(pairs: Sequence[Pair]) -> list[int]:
    asked = "".join(f'print(rpm.vercmp("{_with_epoch(a)}", "{_with_epoch(b)}"), "") ' for a, b in pairs)
    return [int(word) for word in run(("rpm", "--eval", f"%{{lua: {asked}}}")).split()]


def _with_epoch(version: str) -> str:
    return version if ":" in version else f"0:{version}"


def _node(pairs: Sequence[Pair]) -> list[int]:
    program = "const pairs = JSON.parse(require('fs').readFileSync(0)), {compare} = require('semver');"
    program += "console.log(JSON.stringify(pairs.map(([a, b]) => compare(a, b))))"
    answer = run(("node", "-e", program), _NODE_MODULES, text=json.dumps(pairs))
    return [int(one) for one in json.loads(answer)]


def _pep440(pairs: Sequence[Pair]) -> list[int]:
    return [int(Version(one) > Version(other)) - int(Version(one) < Version(other)) for one, other in pairs]


def _univers(kind: str) -> Callable[[Sequence[Pair]], list[int]]:
    compare = library_order(kind)
    return lambda pairs: [compare(one, other) for one, other in pairs]


_TOOLS: dict[str, Callable[[Sequence[Pair]], list[int]]] = {
    "Debian": _dpkg,
    "AlmaLinux": _rpm,
    "Alpine": _univers("apk"),
    "PyPI": _pep440,
    "npm": _node,
    "Go": _node,
    "crates.io": _node,
    "Maven": _univers("maven"),
}
