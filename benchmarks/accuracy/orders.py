"""The order of versions in each ecosystem by univers, a library that the product does not use."""

from collections.abc import Callable
from functools import partial
from typing import Any

from univers.versions import (
    AlpineLinuxVersion,
    ComposerVersion,
    DebianVersion,
    GolangVersion,
    InvalidVersion,
    MavenVersion,
    NugetVersion,
    PypiVersion,
    RpmVersion,
    RubygemsVersion,
    SemverVersion,
    Version,
)

from benchmarks.accuracy.evaluation import Order, Unorderable

_VERSIONS: dict[str, type[Version]] = {
    "deb": DebianVersion,
    "rpm": RpmVersion,
    "pypi": PypiVersion,
    "npm": SemverVersion,
    "golang": GolangVersion,
    "cargo": SemverVersion,
    "maven": MavenVersion,
    "nuget": NugetVersion,
    "gem": RubygemsVersion,
    "composer": ComposerVersion,
}


def order_of(kind: str) -> Order:
    """Return the order of a kind of package; one that is not known puts no version before another."""
    return partial(_compare, _alpine if kind == "apk" else _VERSIONS.get(kind))


def _compare(key: Callable[[str], Any] | None, one: str, other: str) -> int:
    if key is None:
        raise Unorderable("no order of versions is known for this kind of package")
    try:
        first, second = key(one), key(other)
        return int(first > second) - int(first < second)
    except (InvalidVersion, ValueError, TypeError, AttributeError) as error:
        raise Unorderable(f"{one!a} and {other!a} cannot be ordered: {error}") from error


def _alpine(version: str) -> tuple[AlpineLinuxVersion, int, AlpineLinuxVersion]:
    # The library takes no _git, which apk places behind the same version without a word.
    base, _, release = version.partition("-")
    plain, _, day = base.partition("_git")
    return AlpineLinuxVersion(f"{plain}-r0"), int(day or 0), AlpineLinuxVersion(f"0-{release or 'r0'}")
