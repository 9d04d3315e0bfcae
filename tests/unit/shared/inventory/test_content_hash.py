"""The hash that is computed in a thread of its own."""

import hashlib
import threading

from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.content_hash import ContentHash


@given(st.lists(st.binary(max_size=50), max_size=40), st.sampled_from(["sha256", "sha512"]))
def test_it_is_the_hash_of_all_pieces_in_order(pieces: list[bytes], algorithm: str) -> None:
    with ContentHash(algorithm) as content:
        for piece in pieces:
            content.update(piece)
        assert content.hexdigest() == hashlib.new(algorithm, b"".join(pieces)).hexdigest()


def test_its_thread_ends_with_the_pieces_also_when_they_stop_early() -> None:
    before = threading.active_count()
    with ContentHash("sha256") as content:
        content.update(b"piece")
    assert threading.active_count() == before
