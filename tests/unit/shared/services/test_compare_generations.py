"""The comparison: the log says which of two generations is right, and nothing wrong is called good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from shared.eventlog.streams import image_stream
from shared.projections.billing import BilledImage
from shared.projections.generations import Generation
from shared.projections.projector import Projector
from shared.services.compare_generations import Comparison
from tests.support.examples import REGISTRY, at, digest, image_id, push
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryTable
from tests.support.poison import PoisonedApp

IMAGES = 5


def two_generations[AnyApp: MemoryApp](app: AnyApp) -> AnyApp:
    for number in range(1, IMAGES + 1):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.work()
    app.rebuild.replay(app.rebuild.begin(), lambda done: None)
    return app


def compare(app: MemoryApp) -> Comparison:
    return app.compare_generations(2, lambda done: None)


def table(generation: Generation) -> MemoryTable:
    found = generation.images.table
    assert isinstance(found, MemoryTable)
    return found


def change(generation: Generation, number: int, **columns: Any) -> None:
    [key] = [key for key in table(generation).rows if key[1] == digest(number)]
    row, _ = table(generation).rows[key]
    table(generation).upsert({**row, **columns})


def lose(generation: Generation, number: int) -> None:
    [key] = [key for key in table(generation).rows if key[1] == digest(number)]
    del table(generation).rows[key]


def copy_answer(generation: Generation, source: int, target: int) -> None:
    """Show of one image what is true of another."""
    rows = {key[1]: row for key, (row, _) in table(generation).rows.items()}
    change(generation, target, answer_0=rows[digest(source)]["answer_0"])


def bogus_charge(generation: Generation) -> None:
    generation.billing.record(BilledImage(REGISTRY, "app", digest(99), at(), "nobody"))


def lost_charge(generation: Generation) -> None:
    found = generation.billing.table
    assert isinstance(found, MemoryTable)
    [key] = [key for key in found.rows if key[1].endswith(digest(2))]
    del found.rows[key]


def test_generations_that_are_alike_are_good() -> None:
    found = compare(two_generations(MemoryApp()))
    assert found == Comparison(images=IMAGES, charges=IMAGES)
    assert found.good


def test_a_generation_that_is_merely_behind_is_no_difference() -> None:
    app = two_generations(MemoryApp())
    app.record_push(push("again", 1, minute=1, tag="new"))
    app.projector.into(app.generations.number(1), image_id(1))
    lose(app.generations.number(2), 3)
    assert compare(app) == Comparison(images=IMAGES, charges=IMAGES)
    assert app.generations.number(2).images.version(image_id(1)) == app.stream(1).version


_DAMAGE: list[Callable[[Generation], None]] = [lambda one: copy_answer(one, 3, 2), lost_charge, bogus_charge]


@pytest.mark.parametrize("damage", _DAMAGE, ids=["a wrong answer", "a lost charge", "a bogus charge"])
def test_what_is_wrong_in_the_live_generation_is_told_and_does_no_harm(damage: Callable[[Generation], None]) -> None:
    app = two_generations(MemoryApp())
    damage(app.generations.number(1))
    found = compare(app)
    assert (len(found.corrected), found.wrong, found.good) == (1, [], True)


@pytest.mark.parametrize("damage", _DAMAGE, ids=["a wrong answer", "a lost charge", "a bogus charge"])
def test_what_is_wrong_in_the_built_generation_is_never_good(damage: Callable[[Generation], None]) -> None:
    app = two_generations(MemoryApp())
    damage(app.generations.number(2))
    found = compare(app)
    assert (found.corrected, len(found.wrong), found.good) == ([], 1, False)


def test_a_total_that_is_not_the_number_of_its_charges_is_never_good() -> None:
    app = two_generations(MemoryApp())
    billing = app.generations.number(2).billing.table
    billing.upsert({"PartitionKey": "2026-11", "RowKey": "total", "images": IMAGES + 1})
    found = compare(app)
    assert (found.wrong_totals, found.good) == (["2026-11"], False)


def test_images_that_only_one_of_the_two_knows_are_told_by_their_names() -> None:
    app = two_generations(MemoryApp())
    row = next(iter(table(app.generations.number(1)).rows.values()))[0]
    table(app.generations.number(2)).upsert({**row, "RowKey": digest(77)})
    [difference] = compare(app).wrong
    assert (difference.image, difference.live) == (image_id(77), "not there")
    assert difference.built.startswith("healthy, version 3")


def test_a_stream_that_cannot_be_projected_is_told_and_is_neither_right_nor_wrong() -> None:
    app = two_generations(PoisonedApp())
    lose(app.generations.number(2), 2)
    app.poison(image_stream(image_id(2)))
    found = compare(app)
    [(name, error)] = found.stalled.items()
    assert (name, "image-weighed" in error) == (str(image_stream(image_id(2))), True)
    assert (found.corrected, found.wrong, found.images) == ([], [], IMAGES)


def test_an_image_that_both_generations_show_as_stalled_is_looked_at_again() -> None:
    app = two_generations(PoisonedApp())
    app.poison(image_stream(image_id(2)))
    app.projector.stall(image_id(2))
    assert list(compare(app).stalled) == [str(image_stream(image_id(2)))]
    app.mend()
    assert compare(app) == Comparison(images=IMAGES, charges=IMAGES)


def test_an_error_of_the_moment_is_raised_and_no_verdict() -> None:
    app = two_generations(MemoryApp())
    lose(app.generations.number(2), 2)
    with (
        patch.object(Projector, "into", side_effect=OSError("no network")),
        pytest.raises(OSError, match="no network"),
    ):
        compare(app)
