import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers import rust
from shared.inventory.readers.elf_sections import HEAD
from shared.inventory.readers.rust import read_audit, read_crates
from tests.unit.shared.inventory.readers.elf_making import LOADED, elf

AUDIT = {
    "packages": [
        {"name": "adler", "version": "1.0.2", "source": "crates.io"},
        {"name": "cc", "version": "1.0.83", "source": "crates.io", "kind": "build"},
        {"name": "forked", "version": "0.3.0", "source": "git", "dependencies": [0]},
        {"name": "program", "version": "2.0.0", "source": "local", "dependencies": [0, 1], "root": True},
        {"name": "utils", "version": "0.0.0", "source": "local"},
    ],
    "format": 1,
}
CRATES = (
    FoundPackage(PackageKind.CARGO, "adler", "1.0.2"),
    FoundPackage(PackageKind.CARGO, "forked", "0.3.0"),
    FoundPackage(PackageKind.CARGO, "program", "2.0.0"),
)


def packed(audit: object) -> bytes:
    return zlib.compress(json.dumps(audit).encode())


def crates(program: bytes) -> FileFacts:
    return read_crates(program[:HEAD], program[LOADED:], LOADED)


def test_the_crates_inside_a_program_are_read() -> None:
    assert crates(elf({b".comment": b"rustc", b".dep-v0": packed(AUDIT)})) == FileFacts(packages=CRATES)


@pytest.mark.parametrize("content", [elf({}), elf({b".comment": b".dep-v0"}), b"", b".dep-v0", b"\x7fELF.dep-v0"])
def test_a_file_that_does_not_say_what_it_was_built_from_tells_nothing(content: bytes) -> None:
    assert crates(content) == FileFacts()
    assert read_crates(content, content, 0) == FileFacts()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        packed(AUDIT)[:-1],
        packed([]),
        packed({"packages": [1]}),
        packed({"packages": {}}),
        zlib.compress(b"[" * 200_000),
        zlib.compress(b'{"packages": [{"name": "\xff"}]}'),
    ],
)
def test_a_malformed_audit_is_unreadable(content: bytes) -> None:
    facts = crates(elf({b".dep-v0": content}))
    assert facts.unreadable.startswith("not an audit of cargo-auditable")
    assert facts.packages == ()


def test_a_crate_without_name_or_version_is_noted() -> None:
    facts = read_audit(packed({"packages": [{"name": "a\n", "version": "1"}, *AUDIT["packages"]]}))  # type: ignore[misc]
    assert facts.packages == CRATES
    assert facts.unreadable.startswith("a crate has no name or version")


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rust, "_LONGEST", 1000)
    assert "more than 1000 bytes" in read_audit(packed({"packages": [], "x": " " * 1000})).unreadable


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_audit(content), FileFacts)
    assert isinstance(read_audit(zlib.compress(content)), FileFacts)
    assert isinstance(read_crates(content, content + b".dep-v0", 0), FileFacts)
