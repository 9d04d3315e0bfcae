import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.pieces import CutOff, Pieces


@given(st.lists(st.binary(max_size=20)), st.lists(st.tuples(st.booleans(), st.integers(0, 30))))
def test_taking_and_skipping_agree_with_slices(parts: list[bytes], steps: list[tuple[bool, int]]) -> None:
    whole = b"".join(parts)
    pieces = Pieces(iter(parts))
    at = 0
    for skip, size in steps:
        if at + size > len(whole):
            with pytest.raises(CutOff):
                (pieces.skip if skip else pieces.take)(size)
            return
        if skip:
            pieces.skip(size)
        else:
            assert pieces.take(size) == whole[at : at + size]
        at += size


def test_a_block_is_whole_or_the_end() -> None:
    pieces = Pieces(iter([b"ab", b"", b"cd"]))
    assert pieces.block(3) == b"abc"
    with pytest.raises(CutOff):
        pieces.block(3)
    assert pieces.block(3) is None


def test_draining_reads_to_the_end() -> None:
    rest = iter([b"ab", b"cd"])
    pieces = Pieces(rest)
    pieces.take(1)
    pieces.drain()
    assert pieces.block(1) is None
    assert next(rest, None) is None


def test_some_bytes_are_those_of_the_piece_at_hand() -> None:
    pieces = Pieces(iter([b"abc", b"", b"def"]))
    assert (pieces.some(2), pieces.some(5), pieces.some(5)) == (b"ab", b"c", b"def")
    with pytest.raises(CutOff):
        pieces.some(1)
