"""Programs of Go and Rust; what both languages note in detail is tested beside their readers."""

import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers import program
from shared.inventory.readers.program import read_program
from tests.support.bodies import PassingBody
from tests.support.go_programs import go_program
from tests.unit.shared.inventory.readers.elf_making import elf

AUDIT = zlib.compress(json.dumps({"packages": [{"name": "adler", "version": "1.0.2"}]}).encode())
CRATES = FileFacts(packages=(FoundPackage(PackageKind.CARGO, "adler", "1.0.2"),))
RUST = elf({b".comment": b"rustc", b".dep-v0": AUDIT})


def read(content: bytes) -> FileFacts:
    return read_program(PassingBody(content))


def test_the_crates_of_a_program_are_read_from_its_end() -> None:
    assert read(RUST) == CRATES


def test_the_modules_of_a_program_are_read_from_its_data() -> None:
    assert read(go_program()).packages[0].name == "stdlib"


def test_a_program_that_notes_neither_tells_nothing() -> None:
    assert read(elf({b".comment": b"GCC"})) == FileFacts()


@pytest.mark.parametrize("content", [b"", b"\x7f", b"#!/bin/sh\n", b"\x7fELF", RUST[:100], RUST[:4096], RUST[:-100]])
def test_other_files_tell_nothing(content: bytes) -> None:
    assert read(content) == FileFacts()


def test_a_program_with_more_behind_what_it_loads_than_is_kept_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LONGEST_TAIL", 100)
    body = PassingBody(RUST)
    assert read_program(body) == FileFacts()
    assert body.read == 4096


@settings(deadline=None)
@given(st.integers(0, len(RUST) - 1), st.binary(min_size=1, max_size=8))
def test_a_program_with_any_bytes_changed_is_read(at: int, noise: bytes) -> None:
    assert isinstance(read(RUST[:at] + noise + RUST[at + len(noise) :]), FileFacts)
