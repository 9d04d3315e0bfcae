"""Findings that images handed on with their tags, in all shapes that successions have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.exposure import exposures
from shared.domain.image import ImageState
from shared.domain.image_health import image_health
from shared.domain.image_past import Clock, Departure, ImagePast, Said
from shared.domain.severity import Severity
from shared.projections.findings_index.contents import Contents
from shared.projections.findings_index.exposed import exposed
from shared.projections.findings_index.file import IndexFile
from shared.projections.findings_index.interface import Asked
from shared.projections.findings_index.whole_times import microseconds
from shared.projections.image_rows import ImageAnswer, ImageRow
from tests.support.examples import START, digest, image_id

_IMAGES = 4
_HOURS = st.integers(0, 6)
_CLOCKS = st.lists(st.tuples(st.integers(0, 2), _HOURS, st.none() | st.integers(1, 4)), max_size=4)
_PASTS = st.tuples(_CLOCKS, st.none() | st.tuples(_HOURS, st.integers(0, _IMAGES - 1)))


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def made(clocks: list[tuple[int, int, int | None]], left: tuple[int, int] | None) -> ImagePast:
    """Make a past of clocks (flaw, begin and length in hours), and of whom the tag went to, and when."""
    return ImagePast(
        answered=START,
        clocks=tuple(
            Clock(
                id=str(place), flaw=f"CVE-{flaw}", ecosystem="", package="", version="", published=None,
                since=hour(since), precise=True, said=(Said(hour(since), Severity.LOW),),
                ended=None if length is None else hour(since + length),
            )
            for place, (flaw, since, length) in enumerate(clocks)
        ),
        departures=(Departure(hour(left[0]), hour(left[0]), digest(left[1])),) if left else (),
    )  # fmt: skip


def found(folder: Path, pasts: Mapping[int, ImagePast], at: datetime) -> list[tuple[int, int | None]]:
    with IndexFile(folder / "index.sqlite").changing() as connection:
        contents = Contents(connection)
        with contents.transaction():
            for number, past in pasts.items():
                about = image_id(number)
                shown = image_health(about, ImageState(), (), Severity.LOW, START.date())
                row = ImageRow(1, "", "", ImageState(), ImageAnswer(shown, (), listed=True), past)
                contents.put_image((about, row, "etag"), 1, "", ())
        groups = list(exposed(connection, Asked(None, None, None, microseconds(at))))
    return [(one.finding.since, one.finding.ended) for one in groups for _ in one.places]


# Two that hand their tags to each other; one that hands on to such a circle; a flaw that comes again.
@example([([(0, 0, None)], (1, 1)), ([(0, 0, None), (1, 0, None)], (2, 0))], 6)
@example([([(0, 0, None)], (1, 1)), ([(0, 0, 1)], (2, 2)), ([(0, 0, None)], (3, 1))], 6)
@example([([(0, 0, None)], (5, 1)), ([(0, 0, 1), (0, 4, None)], None)], 6)
@settings(max_examples=60, deadline=None)
@given(st.lists(_PASTS, min_size=1, max_size=_IMAGES), _HOURS)
def test_whatever_the_successions_are_the_index_says_what_each_image_says(
    pasts: list[tuple[list[tuple[int, int, int | None]], tuple[int, int] | None]], hours: int
) -> None:
    by_number, at = {number: made(*one) for number, one in enumerate(pasts)}, hour(hours)
    by_digest = {digest(number): past for number, past in by_number.items()}
    told = [one for past in by_number.values() for one in exposures(past, by_digest.get, at)]
    expected = [(microseconds(one.first_known), one.ended and microseconds(one.ended)) for one in told]
    with TemporaryDirectory() as folder:
        assert sorted(found(Path(folder), by_number, at), key=repr) == sorted(expected, key=repr)
