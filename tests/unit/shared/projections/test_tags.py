"""The table of tag owners."""

import pytest

from shared.projections.tags import TagOwner, TagTable
from shared.storage.tables import RowChanged
from tests.support.examples import REGISTRY, at, digest
from tests.support.memory_storage import MemoryTable

ONE = TagOwner(digest(1), (digest(1),), at(1))
TWO = TagOwner(digest(50), (digest(2), digest(3)), at(2))


def test_an_owner_comes_back_as_it_was_written() -> None:
    tags = TagTable(MemoryTable())
    assert tags.get(REGISTRY, "app", "v1") == (None, None)
    tags.put(REGISTRY, "app", "v1", ONE, None)
    owner, etag = tags.get(REGISTRY, "app", "v1")
    assert owner == ONE
    tags.put(REGISTRY, "app", "v1", TWO, etag)
    assert tags.get(REGISTRY, "app", "v1")[0] == TWO


@pytest.mark.parametrize("etag", [None, "etag-old"])
def test_an_owner_that_changed_meanwhile_is_not_overwritten(etag: str | None) -> None:
    tags = TagTable(MemoryTable())
    tags.put(REGISTRY, "app", "v1", ONE, None)
    with pytest.raises(RowChanged):
        tags.put(REGISTRY, "app", "v1", TWO, etag)
    assert tags.get(REGISTRY, "app", "v1")[0] == ONE


def test_names_that_share_their_letters_have_owners_of_their_own() -> None:
    tags = TagTable(MemoryTable())
    for registry, repository, tag in (("a.io", "b/c", "d"), ("a.io", "b", "c"), ("a.io", "b/c", "D")):
        tags.put(registry, repository, tag, ONE, None)
    assert tags.get("a.io", "b", "c/d") == (None, None)
