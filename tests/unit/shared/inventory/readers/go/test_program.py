import time
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.program import SMALLEST, read_program
from tests.support.bodies import PassingBody
from tests.support.go_programs import go_program

FOUND = (
    FoundPackage(PackageKind.GO, "stdlib", "v1.22.1"),
    FoundPackage(PackageKind.GO, "github.com/gin-gonic/gin", "v1.6.0"),
    FoundPackage(PackageKind.GO, "github.com/fork/sys", "v0.2.0"),
)
MARK = b"\xff Go buildinf:"


def read(content: bytes, piece: int = 64 * 1024) -> FileFacts:
    return read_program(PassingBody(content, piece))


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"bits": 32},
        {"order": ">"},
        {"internal": False},
        {"pointed": True},
        {"pointed": True, "bits": 32},
        {"pointed": True, "order": ">"},
        {"pointed": True, "internal": False},
        {"before": bytes(700_000)},
        {"constants": bytes(40_000_000), "internal": False},
        {"constants": bytes(40_000_000), "pointed": True},
        {"before": bytes(64 * 1024 - 7)},
        {"before": MARK * 3},
        {"before": MARK + bytes((8, 2)) + bytes(16) + b"\x03C99"},
    ],
    ids=lambda shape: "-".join(shape) or "plain",
)
def test_modules_are_read_from_programs_of_every_shape(shape: Mapping[str, object]) -> None:
    assert read(go_program(**shape)) == FileFacts(packages=FOUND)  # type: ignore[arg-type]


@pytest.mark.parametrize("piece", [1, 13, 14, 15, 31, 100, 4096])
@pytest.mark.parametrize("pointed", [True, False])
def test_pieces_of_any_size_make_no_difference(piece: int, pointed: bool) -> None:
    assert read(go_program(pointed=pointed), piece).packages == FOUND


def test_of_a_program_only_its_data_is_looked_at() -> None:
    content = go_program()
    stream = PassingBody(content)
    assert read_program(stream).packages == FOUND
    assert stream.read < 8192 < SMALLEST < len(content)


def test_of_other_files_only_the_first_bytes_are_looked_at() -> None:
    stream = PassingBody(b"\x89PNG" + bytes(SMALLEST))
    assert read_program(stream) == FileFacts()
    assert stream.read == 4


def test_a_program_without_build_information_tells_nothing() -> None:
    assert read(go_program().replace(MARK, b"\xff Go buildinf?")) == FileFacts()


def test_a_program_without_modules_names_the_standard_library_alone() -> None:
    assert read(go_program(modules="")).packages == FOUND[:1]


def test_a_program_that_is_cut_off_tells_nothing() -> None:
    content = go_program()
    assert read(content[:5000]) == FileFacts()
    assert read(content[: content.rfind(b"go1.22.1") + 3]) == FileFacts()


def test_strings_that_lie_outside_the_program_are_no_build_information() -> None:
    content = go_program(pointed=True)
    at = content.rfind(MARK)
    for pointer in (0, 1, 0x400000, 2**63, 2**64 - 1):
        changed = content[: at + 16] + pointer.to_bytes(8, "little") + content[at + 24 :]
        assert read(changed) == FileFacts()


def test_hostile_programs_take_bounded_time_and_memory() -> None:
    start = time.process_time()
    assert read(go_program(before=MARK * 1_000_000)) == FileFacts()
    assert read(go_program(before=(MARK + b"\x08\x02") * 1_000_000)) == FileFacts()
    assert time.process_time() - start < 10


SAMPLES = [go_program(), go_program(pointed=True), go_program(bits=32, pointed=True), go_program(internal=False)]


@settings(deadline=None, max_examples=500)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_program_with_any_bytes_changed_is_read(sample: bytes, data: st.DataObject) -> None:
    content = bytearray(sample)
    at_mark = sample.rfind(MARK)
    places = st.one_of(st.integers(0, 400), st.integers(at_mark, len(sample) - 1))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(places)
        noise = data.draw(st.binary(min_size=1, max_size=8))
        content[at : at + len(noise)] = noise
    assert isinstance(read(bytes(content)), FileFacts)


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b"\x7fELF")
@example(b"\x7fELF\x02\x01")
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read(content), FileFacts)
    assert isinstance(read(b"\x7fELF\x02\x01" + content.ljust(5000, b"\xff")), FileFacts)
