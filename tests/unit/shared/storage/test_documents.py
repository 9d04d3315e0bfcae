"""Documents that are named by what they hold."""

import gzip

import msgspec
import pytest

from shared.domain.findings import Report
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore
from tests.support.examples import finding, report
from tests.support.memory_storage import MemoryBlobs

ONE, TWO = report([finding("CVE-1")]), report([finding("CVE-2")])


def store(blobs: MemoryBlobs, keep: int = 1 << 20) -> DocumentStore[Report]:
    return DocumentStore(blobs, Report, keep)


def test_equal_documents_are_one_blob() -> None:
    blobs = MemoryBlobs()
    assert store(blobs).save(ONE) == store(blobs).save(report([finding("CVE-1")]))
    assert len(blobs.blobs) == 1


def test_a_document_comes_back_as_it_was_saved() -> None:
    blobs = MemoryBlobs()
    name = store(blobs).save(ONE)
    assert store(blobs).load(name) == ONE


def test_a_document_that_is_not_there_is_named() -> None:
    with pytest.raises(DocumentMissing, match="memory/ab"):
        store(MemoryBlobs()).load("ab")


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b'{"other":1}', mtime=0), gzip.compress(b"x" * 99, mtime=0)[:-4]],
    ids=["empty", "not gzip", "other content", "cut off"],
)
def test_a_document_that_was_changed_is_never_believed(content: bytes) -> None:
    blobs = MemoryBlobs()
    name = store(blobs).save(ONE)
    blobs.blobs[f"{name}.json.gz"] = content
    with pytest.raises(DocumentDamaged):
        store(blobs).load(name)


def test_the_last_few_documents_are_read_from_memory_and_the_others_again() -> None:
    blobs = MemoryBlobs()
    kept = store(blobs, keep=len(msgspec.json.encode(TWO)) + 1)
    one, two = kept.save(ONE), kept.save(TWO)
    blobs.blobs.clear()
    assert kept.load(two) == TWO
    with pytest.raises(DocumentMissing):
        kept.load(one)


def test_a_document_that_is_larger_than_the_memory_for_all_is_not_kept() -> None:
    blobs = MemoryBlobs()
    kept = store(blobs, keep=10)
    name = kept.save(ONE)
    assert kept.load(name) == ONE
    blobs.blobs.clear()
    with pytest.raises(DocumentMissing):
        kept.load(name)
