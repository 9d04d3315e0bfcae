from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from shared.advisories.download import Downloaded, FeedTooLarge, FeedUnavailable, download
from tests.integration.shared.advisories.feed_server import (
    Answer,
    FeedServer,
    content,
    drip,
    in_chunks,
    serve,
    status,
    trickle,
)
from tests.support.ports import refusing_host

BODY = b"a feed's archive" * 10_000


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as running:
        yield running


def _download(
    server: FeedServer, target: Path, *, etag: str = "", max_bytes: int = 1 << 20, seconds: float = 60.0
) -> Downloaded | None:
    return download(f"{server.base}/all.zip", target, etag=etag, max_bytes=max_bytes, seconds=seconds)


def test_content_etag_and_digest_are_taken(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = content(BODY, '"one"')
    got = _download(server, tmp_path / "all.zip")
    assert got == Downloaded('"one"', sha256(BODY).hexdigest())
    assert (tmp_path / "all.zip").read_bytes() == BODY
    assert server.requests == [("/all.zip", None)]


def test_content_that_comes_in_chunks_is_taken(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = in_chunks(BODY)
    assert _download(server, tmp_path / "all.zip") == Downloaded("", sha256(BODY).hexdigest())
    assert (tmp_path / "all.zip").read_bytes() == BODY


def test_an_unchanged_file_is_not_downloaded(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = content(BODY, '"one"')
    assert _download(server, tmp_path / "all.zip", etag='"one"') is None
    assert server.requests == [("/all.zip", '"one"')]
    assert not (tmp_path / "all.zip").exists()


def test_a_changed_file_is_downloaded(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = content(BODY, '"two"')
    got = _download(server, tmp_path / "all.zip", etag='"one"')
    assert got is not None
    assert got.etag == '"two"'


def test_a_server_without_etags_gives_an_empty_one(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = content(BODY)
    got = _download(server, tmp_path / "all.zip")
    assert got is not None
    assert got.etag == ""


def test_a_redirect_is_followed(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = status(302, Location="/elsewhere.zip")
    server.answers["/elsewhere.zip"] = content(BODY)
    assert _download(server, tmp_path / "all.zip") is not None


@pytest.mark.parametrize("code", [204, 304, 401, 403, 404, 429, 500, 503])
def test_any_other_answer_is_unavailable(server: FeedServer, tmp_path: Path, code: int) -> None:
    server.answers["/all.zip"] = status(code, Retry_After="600")
    with pytest.raises(FeedUnavailable, match=f"answered {code}"):
        _download(server, tmp_path / "all.zip")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer", [content(BODY, announced=len(BODY) + 1), status(302, Location="/all.zip")], ids=["cut off", "circle"]
)
def test_a_broken_answer_is_unavailable(server: FeedServer, tmp_path: Path, answer: Answer) -> None:
    server.answers["/all.zip"] = answer
    with pytest.raises(FeedUnavailable, match="could not be fetched"):
        _download(server, tmp_path / "all.zip")


def test_a_closed_port_is_unavailable(tmp_path: Path) -> None:
    with refusing_host() as closed, pytest.raises(FeedUnavailable, match="could not be fetched"):
        download(f"http://{closed}/all.zip", tmp_path / "all.zip", etag="", max_bytes=1, seconds=60)


def test_a_file_of_just_the_limit_is_taken_and_one_byte_more_is_not(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = content(BODY)
    assert _download(server, tmp_path / "all.zip", max_bytes=len(BODY)) is not None
    with pytest.raises(FeedTooLarge):
        _download(server, tmp_path / "all.zip", max_bytes=len(BODY) - 1)


def test_an_endless_file_ends_at_the_limit(server: FeedServer, tmp_path: Path) -> None:
    server.answers["/all.zip"] = trickle
    with pytest.raises(FeedTooLarge):
        _download(server, tmp_path / "all.zip", max_bytes=10_000)


@pytest.mark.parametrize("slowly", [trickle, drip])
def test_a_slow_file_ends_at_the_deadline(server: FeedServer, tmp_path: Path, slowly: Answer) -> None:
    server.answers["/all.zip"] = slowly
    with pytest.raises(FeedUnavailable, match="took too long"):
        _download(server, tmp_path / "all.zip", max_bytes=1 << 30, seconds=0.2)
