"""The order of versions in each ecosystem by univers, a library that the product does not use."""

from functools import partial

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
    "apk": AlpineLinuxVersion,
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
    return partial(_compare, _VERSIONS.get(kind))


def _compare(versions: type[Version] | None, one: str, other: str) -> int:
    if versions is None:
        raise Unorderable("no order of versions is known for this kind of package")
    try:
        first, second = versions(one), versions(other)
        return int(first > second) - int(first < second)
    except (InvalidVersion, ValueError, TypeError, AttributeError) as error:
        raise Unorderable(f"{one!a} and {other!a} cannot be ordered: {error}") from error
