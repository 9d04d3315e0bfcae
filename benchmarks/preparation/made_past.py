"""An index of images with years of history, written without storage: what is measured is how it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

import msgspec

from shared.domain.image import ImageState
from shared.domain.image_health import Health, image_health
from shared.domain.image_past import Clock, Departure, End, ImagePast, Pull, Said, Standing
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index.contents import Contents, Taken
from shared.projections.findings_index.file import IndexFile
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.projections.image_rows import ImageAnswer, ImageRow

NOW = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = 3 * 365
_REPOSITORIES = 100
_REGISTRIES = 4
_CHANGES = 60
_FINDINGS = 100
_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.NEGLIGIBLE, Severity.HIGH, Severity.UNKNOWN, Severity.CRITICAL)


def made_index(folder: Path, images: int) -> SqliteFindingsIndex:
    """Write an index of images of 100 repositories, each of which replaces the one before; half of the flaws stay."""
    file = IndexFile(folder / "past" / "index.sqlite")
    if not file.path.exists():
        with file.changing() as connection:
            contents = Contents(connection)
            for numbers in batched(range(images), 500, strict=False):
                with contents.transaction():
                    for number in numbers:
                        contents.put_image(_taken(number, images), 1, "", ())
            contents.put_state(contents.state()._replace(complete=True))
    return SqliteFindingsIndex(file, Unfollowed(), lambda: NOW, seconds=1e9)  # type: ignore[arg-type]


class Unfollowed:
    """Follows nothing: the index is as it was made."""

    def __call__(self, contents: Contents, *, compare: bool) -> None:
        """Do nothing."""


def _taken(number: int, images: int) -> Taken:
    about = ImageId(f"registry{number % _REGISTRIES}.example", _digest(number))
    shown = image_health(about, ImageState(), (), Severity.LOW, NOW.date())
    repository = f"team/app{number % _REPOSITORIES}"
    health = msgspec.structs.replace(shown, health=Health.UNHEALTHY, repository=repository, repositories=(repository,))
    row = ImageRow(1, "", "", ImageState(), ImageAnswer(health, (), listed=True), _past(number, images, repository))
    return about, row, "etag"


def _digest(number: int) -> str:
    return f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}"


def _past(number: int, images: int, repository: str) -> ImagePast:
    release, releases = number // _REPOSITORIES, max(1, images // _REPOSITORIES)
    pushed = NOW - timedelta(days=DAYS * (1 - release / releases), seconds=number)
    step = (NOW - pushed) / _CHANGES
    successor = number + _REPOSITORIES
    left = NOW - timedelta(days=DAYS * (1 - (release + 1) / releases), seconds=successor)
    return ImagePast(
        until=NOW,
        answered=pushed,
        standings=tuple(
            Standing(pushed + turn * step, Health.UNHEALTHY, (turn % 7, 9, 20, 30, 30, turn % 5), 0, (repository,))
            for turn in range(_CHANGES)
        ),
        clocks=tuple(_clocks(release, pushed)),
        departures=(Departure(left, left, _digest(successor)),) if successor < images else (),
    )


def _clocks(release: int, pushed: datetime) -> Iterator[Clock]:
    for place in range(_FINDINGS):
        # Half of the flaws are in every release, the others in ten of them.
        flaw = f"CVE-{place}" if place % 2 else f"CVE-{place}-{release // 10}"
        since = pushed + timedelta(days=place % 20)
        ended = since + timedelta(days=40) if place % 10 == 0 else None
        yield Clock(
            id=f"{release:08d}-{place:04d}",
            flaw=flaw,
            ecosystem="Debian",
            package=f"package{place // 2}",
            version="1.0",
            published="2026-01-02T00:00:00Z",
            since=since,
            precise=True,
            said=(Said(since, _SEVERITIES[place % 6]),),
            fixable=since,
            pulled=Pull(since, since),
            ended=ended,
            end=End.NO_LONGER_REPORTED if ended else None,
        )
