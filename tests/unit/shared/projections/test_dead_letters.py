"""Dead letters."""

from hypothesis import given
from hypothesis import strategies as st

from shared.projections.dead_letters import DeadLetters
from tests.support.examples import at
from tests.support.memory_storage import MemoryTable


@given(st.text(min_size=1), st.text(), st.text())
def test_any_text_is_kept(letter_id: str, error: str, content: str) -> None:
    letters = DeadLetters(MemoryTable())
    letters.add("registry-events", letter_id, error, content, at())
    assert letters.count() == 1


def test_what_is_too_long_is_cut_to_what_a_row_takes() -> None:
    letters = DeadLetters(MemoryTable())
    letters.add("projections", "/" * 2000, "😀" * 100_000, "😀" * 100_000, at())
    [row] = letters.newest(1)
    assert len(row["error"]) == 16_000
    assert len(row["id"]) <= 500


def test_the_same_letter_again_replaces_itself_and_the_newest_come_first() -> None:
    letters = DeadLetters(MemoryTable())
    for minute in range(5):
        letters.add("registry-events", f"e{minute}", "bad", "{}", at(minute))
    letters.add("registry-events", "e0", "worse", "{}", at(9))
    assert letters.count() == 5
    assert [(row["id"], row["error"]) for row in letters.newest(2)] == [("e0", "worse"), ("e4", "bad")]
