"""The statement of a month: from the projection and from the log alike."""

from __future__ import annotations

from shared.projections.billing import SHARDS
from tests.support.billing import enter_undivided, spread_digest
from tests.support.examples import REGISTRY, push
from tests.support.memory_app import MemoryApp

OTHER = "fabrikam.azurecr.io"


def pushed(app: MemoryApp, numbers: range) -> MemoryApp:
    """Push images whose digests are spread; every third to another registry too."""
    for number in numbers:
        for registry in (OTHER, REGISTRY) if number % 3 == 0 else (REGISTRY,):
            image = int(spread_digest(number).removeprefix("sha256:"), 16)
            app.record_push(push(f"e{number}-{registry}", image, registry=registry, tag=f"v{number}"))
    app.work()
    return app


def as_version_0_1_left_it(app: MemoryApp) -> None:
    """Put all charges into the partition of their month."""
    table, charges = app.generations.live().billing.table, app.query_billing.charges("2026-11", None)
    for row in list(table.query("PartitionKey ge @first", {"first": ""})):
        table.remove(row["PartitionKey"], row["RowKey"])
    enter_undivided(table, charges)


def check_against_the_log(app: MemoryApp, number: int) -> None:
    told = app.query_billing.charges("2026-11", None)
    assert told == app.query_billing.charges("2026-11", app.world.clock())
    assert len(told) == len({charge.image for charge in told}) == number


def test_the_statement_is_that_of_the_log_whatever_shards_it_lies_in() -> None:
    app = pushed(MemoryApp(), range(1, 31))
    table = app.generations.live().billing.table
    assert len({row["PartitionKey"] for row in table.query("RowKey eq @total", {"total": "total"})}) > len(SHARDS) // 2
    check_against_the_log(app, 40)
    as_version_0_1_left_it(app)
    check_against_the_log(app, 40)


def test_an_installation_that_is_upgraded_shows_the_right_bill_at_every_moment() -> None:
    app = pushed(MemoryApp(), range(1, 31))
    as_version_0_1_left_it(app)
    pushed(app, range(25, 40))
    check_against_the_log(app, 52)
    build = app.rebuild.begin()
    pushed(app, range(38, 44))
    check_against_the_log(app, 57)
    app.rebuild.replay(build, lambda done: None)
    found = app.compare_generations(build.number, lambda done: None)
    assert (found.good, found.corrected, found.charges) == (True, [], 57)
    check_against_the_log(app, 57)
    app.rebuild.switch(build)
    live = app.generations.number(build.number).billing
    assert all(count.charges == count.total for count in live.counts())
    assert live.table.get("2026-11", "total") is None
    pushed(app, range(44, 50))
    check_against_the_log(app, 65)
