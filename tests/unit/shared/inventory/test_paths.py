import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.paths import normalise, text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"usr/bin/sh", b"usr/bin/sh"),
        (b"./usr/bin/sh", b"usr/bin/sh"),
        (b"/usr/bin/sh", b"usr/bin/sh"),
        (b"usr/bin/", b"usr/bin"),
        (b"usr//bin/./sh", b"usr/bin/sh"),
        (b"a/../b", b"b"),
        (b"../../etc/passwd", b"etc/passwd"),
        (b"a/../../../b", b"b"),
        (b"..", b""),
        (b"./", b""),
        (b".", b""),
        (b"", b""),
        (b".hidden/..file", b".hidden/..file"),
        (b"a/.wh.b", b"a/.wh.b"),
        (b".//a", b"a"),
        (b"././a", b"a"),
        (b"a/..", b""),
    ],
)
def test_a_path_is_placed_below_the_root(written: bytes, meant: bytes) -> None:
    assert normalise(written) == meant


@given(st.text(alphabet="ab./", max_size=12))
def test_paths_agree_with_the_standard_library_below_a_root(path: str) -> None:
    assert "/" + normalise(path.encode()).decode() == posixpath.normpath("//" + path).replace("//", "/")


def test_names_that_are_not_utf_8_stay_different() -> None:
    assert text(b"a\xff") == "a\\xff"
    assert text(b"a\xfe") != text(b"a\xff")
    assert text("é".encode()) == "é"
