"""Versions sorted as their ecosystem orders them."""

import pytest

from shared.advisories.versions.order import in_order


@pytest.mark.parametrize(
    ("purl", "ordered"),
    [
        ("pkg:deb/debian/openssl@3", ("3.0.9-1", "3.0.15-1~deb12u1", "3.0.15-1", "1:1.0-1")),
        ("pkg:apk/alpine/zlib@1", ("1.2.9-r0", "1.2.12_rc1-r0", "1.2.12-r0", "1.2.12-r10")),
        ("pkg:pypi/pillow@9", ("9.0", "10.0rc1", "10.0", "10.0.post1")),
        ("pkg:npm/lodash@4", ("4.9.0", "4.17.20", "4.17.21-rc.1", "4.17.21")),
        ("pkg:npm/lodash@4", ("not a version", "4.17.20")),
        ("pkg:unheard/of@1", ("1", "10", "9")),
    ],
)
def test_versions_come_oldest_first(purl: str, ordered: tuple[str, ...]) -> None:
    assert in_order(purl, reversed(ordered)) == ordered
