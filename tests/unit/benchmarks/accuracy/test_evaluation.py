"""The evaluator of records follows the algorithm of the OSV format."""

from typing import Any

import pytest

from benchmarks.accuracy.evaluation import Unorderable, fixed_versions, is_affected
from benchmarks.accuracy.orders import order_of

SEMVER = order_of("npm")


def record(*events: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"ranges": [{"type": "SEMVER", "events": list(events)}], **more}


TWICE = record({"introduced": "0"}, {"fixed": "1.0.0"}, {"introduced": "2.0.0"}, {"fixed": "2.1.0"})
LAST = record({"introduced": "1.0.0"}, {"last_affected": "1.5.0"})


@pytest.mark.parametrize(
    ("affected", "version", "expected"),
    [
        (TWICE, "0.9.0", True),
        (TWICE, "1.0.0", False),
        (TWICE, "2.0.9", True),
        (TWICE, "2.1.0", False),
        (LAST, "0.9.9", False),
        (LAST, "1.5.0", True),
        (LAST, "1.5.1", False),
        (record({"fixed": "2.0.0"}, {"introduced": "1.0.0"}), "1.0.0", True),
        (record({"introduced": "3.0.0"}, versions=["1.0.0"]), "1.0.0", True),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, "1.0.0", False),
    ],
)
def test_a_version_is_affected_as_the_format_says(affected: dict[str, Any], version: str, expected: bool) -> None:
    assert is_affected(affected, version, SEMVER) is expected


def test_a_version_that_the_library_does_not_take_is_not_decided() -> None:
    with pytest.raises(Unorderable, match="cannot be ordered"):
        is_affected(LAST, "one", SEMVER)


def test_every_fixed_version_is_named() -> None:
    assert fixed_versions(TWICE) == ("1.0.0", "2.1.0")


@pytest.mark.parametrize(
    ("kind", "lower", "higher"),
    [
        ("apk", "1.2.4_git20230717-r4", "1.2.4_git20230717-r5"),
        ("apk", "1.2.4-r9", "1.2.4_git20230717-r0"),
        ("apk", "1.2.4_rc1-r0", "1.2.4-r0"),
        ("deb", "1:1.0~rc1", "1:1.0"),
        ("rpm", "1.0-9.el9", "1.0-10.el9"),
        ("golang", "v1.9.0", "1.10.0"),
    ],
)
def test_versions_have_the_order_of_their_ecosystem(kind: str, lower: str, higher: str) -> None:
    order = order_of(kind)
    assert (order(lower, higher), order(higher, lower), order(lower, lower)) == (-1, 1, 0)
