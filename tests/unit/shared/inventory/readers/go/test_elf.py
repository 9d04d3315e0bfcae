import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.go.elf import Segment, parse_program
from tests.support.go_programs import go_program


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_segments_are_named_by_their_place(bits: int, order: str) -> None:
    program = parse_program(go_program(bits=bits, order=order)[:4096])
    assert program is not None
    text, constants, data = program.segments
    assert text == Segment(0x1000, 0x401000, 0x40000, writable=False, executable=True)
    assert constants[:2] == (0x41000, 0x441000)
    assert (constants.writable, data.writable, data.executable) == (False, True, False)


@pytest.mark.parametrize(
    ("internal", "pointed", "old"),
    [(True, True, True), (True, False, False), (False, True, True), (False, False, True)],
)
def test_programs_of_old_linkers_are_known_by_their_marks(internal: bool, pointed: bool, old: bool) -> None:
    program = parse_program(go_program(internal=internal, pointed=pointed)[:4096])
    assert program is not None
    assert program.may_be_old is old


def test_a_program_of_another_linker_without_the_note_of_go_is_not_old() -> None:
    program = parse_program(go_program(internal=False)[:4096].replace(b"Go\0\0", b"GNU\0"))
    assert program is not None
    assert not program.may_be_old


@pytest.mark.parametrize("head", [b"", b"\x7fELF", b"MZ" + bytes(4000), b"\x7fELF\3\1" + bytes(4000)])
def test_other_files_are_no_programs(head: bytes) -> None:
    assert parse_program(head) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read(noise: bytes) -> None:
    program = parse_program(b"\x7fELF\2\1" + noise.ljust(4000, b"\xff"))
    assert program is None or len(program.segments) <= 64
