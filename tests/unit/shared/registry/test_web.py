from collections.abc import Iterator

import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry import web
from shared.registry.web import collect


def endless(taken: list[int]) -> Iterator[bytes]:
    while True:
        taken.append(1)
        yield b"x" * 100


def test_a_document_is_read_to_its_end() -> None:
    assert collect(iter([b"ab", b"c"]), 3, "it") == b"abc"


def test_a_document_without_end_is_given_up_at_its_limit() -> None:
    taken: list[int] = []
    with pytest.raises(ScanFailure, match="longer than the 1000 bytes") as failure:
        collect(endless(taken), 1000, "the answer")
    assert failure.value.reason is FailureReason.LIMIT_EXCEEDED
    assert len(taken) == 11


def test_a_document_that_drips_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "DOCUMENT_SECONDS", -1.0)
    with pytest.raises(ScanFailure, match="seconds to arrive") as failure:
        collect(endless([]), 10**9, "the answer")
    assert failure.value.reason is FailureReason.REGISTRY_ERROR
