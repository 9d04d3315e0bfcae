from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.go.memory import Memory


def test_content_is_read_by_address_across_pieces() -> None:
    memory = Memory()
    memory.keep(100, b"abc")
    memory.keep(103, b"def")
    memory.keep(200, b"xyz")
    assert memory.read(101, 4) == b"bcde"
    assert memory.read(104, 100) == b"ef"
    assert memory.read(202, 1) == b"z"
    assert memory.size == 9


def test_what_was_not_kept_is_empty() -> None:
    memory = Memory()
    assert memory.read(0, 10) == b""
    memory.keep(100, b"abc")
    assert memory.read(99, 2) == memory.read(103, 1) == memory.read(2**64, 5) == b""


@given(st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=12)), max_size=12), st.integers(0, 60))
def test_of_pieces_that_overlap_the_first_one_counts(pieces: list[tuple[int, bytes]], size: int) -> None:
    memory, kept, end = Memory(), dict[int, int](), 0
    for address, piece in pieces:
        memory.keep(address, piece)
        for place, byte in enumerate(piece, start=address):
            if place >= end:
                kept[place] = byte
        end = max(end, address + len(piece)) if address + len(piece) > end and piece else end
    for start in range(60):
        expected = bytearray()
        while len(expected) < size and start + len(expected) in kept:
            expected.append(kept[start + len(expected)])
        assert memory.read(start, size) == expected
