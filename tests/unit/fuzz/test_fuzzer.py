"""The fuzzer itself: it finds what is planted, keeps the input, and says which targets there are."""

import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from tests.fuzz import __main__ as fuzz
from tests.fuzz.bounds import TooSlow, bounded
from tests.fuzz.interface import Target
from tests.fuzz.mutation import FailingInput, check_some, hammer, mutations


def _refuses_high_bytes(content: bytes) -> None:
    content.decode("ascii")


def _is_quadratic(content: bytes) -> None:
    end = time.thread_time() + len(content) ** 2 / 2.5e10
    while time.thread_time() < end:
        pass


ROOT = Path(__file__).resolve().parents[3]
PLANTED = Target("planted", _refuses_high_bytes, lambda: [b"plain text"], 100)


def test_a_planted_error_is_found_with_its_input() -> None:
    with pytest.raises(FailingInput) as found:
        hammer(PLANTED, 60, seed=0)
    assert not found.value.content.isascii()
    assert isinstance(found.value.__cause__, UnicodeDecodeError)


def test_equal_seeds_give_equal_inputs_none_of_them_longer_than_the_target_takes() -> None:
    first, second = (list(islice(mutations([b"some text"] * 2, 64, seed=5), 500)) for _ in range(2))
    assert first == second
    assert len(set(first)) > 300
    assert max(map(len, first)) <= 64


def test_what_grows_with_the_square_of_its_input_is_too_slow_once_it_is_stretched() -> None:
    slow = Target("slow", _is_quadratic, lambda: [bytes([65, number]) for number in range(100)], 100)
    with pytest.raises(FailingInput) as found:
        check_some(slow, 0)
    assert isinstance(found.value.__cause__, TooSlow)


def test_an_input_within_its_bounds_passes() -> None:
    bounded(_refuses_high_bytes)(b"text")


def fuzzed_inputs(folder: Path, seconds: int) -> int:
    """Fuzz a parser for some seconds; return how many inputs it stood."""
    # What this process ever held would count as memory of one that it starts itself, but not of that one's children.
    environment = {**os.environ, "FUZZ_SECONDS": str(seconds), "FUZZ_TARGETS": "pax", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.fuzz"]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)
    assert ended.returncode == 0, ended.stdout
    line = ended.stdout.splitlines()[0].split()
    assert (line[0], line[-1]) == ("pax", "ok")
    return int(line[1])


def test_a_parser_is_fuzzed_in_a_process_of_its_own(tmp_path: Path) -> None:
    # A second is enough for thousands, unless others take the processor.
    assert any(fuzzed_inputs(tmp_path, seconds) > 100 for seconds in (1, 15))


def test_a_target_that_is_unknown_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main({"FUZZ_TARGETS": "pax,nothing"}) == 2
    assert "FUZZ_TARGETS: nothing unknown" in capsys.readouterr().out
