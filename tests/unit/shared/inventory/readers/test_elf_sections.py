import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.readers.elf_sections import HEAD, section, unloaded_start
from tests.unit.shared.inventory.readers.elf_making import LOADED, elf

SECTIONS = {b".comment": b"rustc", b".dep-v0": b"content", b".debug": b""}


def read(content: bytes, name: bytes) -> bytes | None:
    start = unloaded_start(content[:HEAD])
    return None if start is None else section(content[:HEAD], content[start:], start, name)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_sections_behind_what_is_loaded_are_found_by_name(bits: int, order: str) -> None:
    content = elf(SECTIONS, bits=bits, order=order)
    assert unloaded_start(content[:HEAD]) == LOADED
    assert {name: read(content, name) for name in SECTIONS} == SECTIONS
    assert read(content, b".dep") is None


def test_a_loaded_section_is_not_looked_for() -> None:
    content = elf(SECTIONS)
    start = content.index(b"content") + 1
    assert section(content[:HEAD], content[start:], start, b".dep-v0") is None


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\x7fELF\x02\x01", b"\x7fELF\x09\x01" + bytes(99), b"MZ" * 99])
def test_other_files_have_no_sections(content: bytes) -> None:
    assert unloaded_start(content) is None
    assert section(content, content, 0, b".dep-v0") is None


@pytest.mark.parametrize("missing", [32, 64, 300])
def test_a_program_that_is_cut_off_has_no_sections(missing: int) -> None:
    assert read(elf(SECTIONS)[:-missing], b".dep-v0") is None


@settings(deadline=None)
@given(st.binary(), st.data())
def test_any_bytes_and_any_damage_are_read(content: bytes, data: st.DataObject) -> None:
    read(content, b".dep-v0")
    made = bytearray(elf(SECTIONS))
    places = st.integers(0, 200) | st.integers(LOADED, len(made) - 1)
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(places)] = data.draw(st.integers(0, 255))
    found = read(bytes(made), b".dep-v0")
    assert found is None or len(found) <= len(made)


def test_thousands_of_sections_cost_little() -> None:
    content = elf({f".{number}".encode(): b"" for number in range(4000)} | {b".dep-v0": b"x"})
    start = time.process_time()
    assert read(content, b".dep-v0") == b"x"
    assert time.process_time() - start < 1
