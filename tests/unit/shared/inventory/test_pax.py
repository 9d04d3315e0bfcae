import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.pax import PaxError, PaxRecords, parse_pax


def record(keyword: str, value: str) -> bytes:
    tail = f" {keyword}={value}\n".encode()
    length = len(tail) + 1
    while len(str(length)) + len(tail) != length:
        length += 1
    return str(length).encode() + tail


def test_the_records_that_matter_are_read() -> None:
    body = record("mtime", "1.5") + record("path", "a/ä\n=b") + record("linkpath", "c") + record("size", "123")
    assert parse_pax(body) == PaxRecords("a/ä\n=b".encode(), b"c", 123, sparse=False)


def test_the_last_record_of_a_keyword_counts() -> None:
    assert parse_pax(record("path", "first") + record("path", "second")).path == b"second"


def test_a_sparse_file_is_known_by_its_records_and_goes_by_its_real_name() -> None:
    body = record("path", "GNUSparseFile.0/a") + record("GNU.sparse.major", "1") + record("GNU.sparse.name", "a")
    assert parse_pax(body) == PaxRecords(b"a", b"", None, sparse=True)


@pytest.mark.parametrize(
    "body",
    [
        b"x path=a\n",
        b"9 path=a",
        b"99 path=a\n",
        b"0 path=a\n",
        b"5 path=a\n",
        b"4 a\n",
        b"5 =a\n",
        b"11 path=a\0b\n",
        b"10 size=-1\n",
        b"12345678901 path=a\n",
        b"30 size=12345678901234567890123\n",
        b" path=a\n",
    ],
)
def test_a_malformed_record_is_refused(body: bytes) -> None:
    with pytest.raises(PaxError):
        parse_pax(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse_pax(body)
    except PaxError:
        assert body
