"""The bill: rows and totals that agree whatever happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.references import ImageId
from shared.projections.billing import SHARDS, BilledImage, BillingTable
from shared.projections.differences import differing_charges, wrong_totals
from shared.projections.generations import Generation
from shared.projections.image_rows import ImageTable
from shared.storage.tables import RowChanged
from tests.support.billing import enter_undivided, spread
from tests.support.examples import REGISTRY, at, digest
from tests.support.memory_storage import MemoryTable

MONTH = 31 * 24 * 60


def charge(number: int, minute: float = 0, registry: str = REGISTRY) -> BilledImage:
    return BilledImage(registry, "app", digest(number), at(minute), f"event-{number}")


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from([0, MONTH])), max_size=15))
def test_the_total_of_a_month_is_the_number_of_its_charges(told: list[tuple[int, int]]) -> None:
    billing = BillingTable(MemoryTable())
    for number, minute in told:
        billing.record(charge(number, minute))
    for month, minute in (("2026-11", 0), ("2026-12", MONTH)):
        numbers = {number for number, when in told if when == minute}
        assert {one.digest for one in billing.charges(month)} == {digest(number) for number in numbers}
        assert billing.total(month) == len(numbers)


def test_a_charge_comes_back_as_it_was_entered() -> None:
    billing = BillingTable(MemoryTable())
    billing.record(charge(1))
    assert list(billing.charges("2026-11")) == [charge(1)]
    assert ImageId(REGISTRY, digest(1)) == (charge(1).registry, charge(1).digest)


def test_the_same_digest_in_another_registry_is_another_charge() -> None:
    billing = BillingTable(MemoryTable())
    billing.record(charge(1))
    billing.record(charge(1, registry="fabrikam.azurecr.io"))
    assert billing.total("2026-11") == 2


def test_two_charges_at_once_are_both_counted() -> None:
    table = MemoryTable()
    billing = BillingTable(table)
    billing.record(charge(1))
    table.before_write.append(lambda: billing.record(charge(2)))
    billing.record(charge(3))
    assert billing.total("2026-11") == 3


def test_the_same_charge_at_once_is_counted_once() -> None:
    table = MemoryTable()
    billing = BillingTable(table)
    table.before_write.append(lambda: billing.record(charge(1)))
    billing.record(charge(1))
    assert billing.total("2026-11") == 1


def test_many_charges_are_entered_in_few_transactions_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.projections.billing.time.sleep", lambda seconds: None)
    table = MemoryTable()
    billing = BillingTable(table)
    billing.record(charge(7))
    written: list[int] = []
    table.before_write.extend([lambda: written.append(1)] * 100)
    charges = [charge(number, 0 if number < 97 else MONTH) for number in range(150)]
    billing.record_all(charges)
    assert len(written) == 3  # November twice, since one of its charges is there, and December: all of one shard
    assert (billing.total("2026-11"), billing.total("2026-12")) == (97, 53)
    billing.record_all(charges)
    assert billing.total("2026-11") + billing.total("2026-12") == len(list(billing.entries())) == 150


def test_a_total_that_never_comes_to_rest_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.projections.billing.time.sleep", lambda seconds: None)
    table = MemoryTable()
    billing = BillingTable(table)
    numbers = iter(range(100, 200))

    def somebody() -> None:
        table.before_write.insert(0, lambda: None)
        billing.record(charge(next(numbers)))

    table.before_write.extend([somebody] * 12)
    with pytest.raises(RowChanged, match="changes too often"):
        billing.record(charge(1))


def test_a_month_without_charges_costs_nothing() -> None:
    assert BillingTable(MemoryTable()).total("2026-11") == 0


def test_charges_are_spread_over_shards_and_come_back_in_one_list() -> None:
    table = MemoryTable()
    billing = BillingTable(table)
    charges = [spread(number) for number in range(200)]
    for one in charges[:100]:
        billing.record(one)
    billing.record_all(charges)
    assert {partition for partition, _ in table.rows} == {f"2026-11|{shard}" for shard in SHARDS}
    assert sorted(billing.charges("2026-11"), key=lambda one: one.event_id) == sorted(
        charges, key=lambda one: one.event_id
    )
    assert billing.total("2026-11") == len(list(billing.entries())) == 200
    assert all(count.charges == count.total > 0 for count in billing.counts())


def test_a_month_is_no_part_of_another_one() -> None:
    billing = BillingTable(MemoryTable())
    for minute in (0, MONTH):
        billing.record(spread(1, minute))
    for month in ("2026-11", "2026-12"):
        assert (len(list(billing.charges(month))), billing.total(month)) == (1, 1)


def generation(table: MemoryTable) -> Generation:
    return Generation(1, ImageTable(MemoryTable()), BillingTable(table), notifies=True)


@given(
    st.lists(st.integers(0, 9), unique=True),
    st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=6),
    st.booleans(),
)
def test_a_month_that_an_older_version_began_stays_one_bill(
    before: list[int], after: list[list[int]], anew: bool
) -> None:
    """What the older version entered is found, whoever enters more; in another generation all of it is in shards."""
    table, built = MemoryTable(), MemoryTable()
    enter_undivided(table, [spread(number) for number in before])
    for batch in after:
        billing = BillingTable(table)  # another process
        if anew:
            billing.record_all([spread(number) for number in dict.fromkeys(batch)])
        else:
            for number in batch:
                billing.record(spread(number))
    expected = {spread(number) for number in before} | {spread(number) for batch in after for number in batch}
    told = list(BillingTable(table).charges("2026-11"))
    assert (set(told), len(told), BillingTable(table).total("2026-11")) == (expected, len(expected), len(expected))
    assert {image for _, image in table.rows if image != "total"} == {row for _, row in unsharded(table)}
    BillingTable(built).record_all(sorted(expected, key=lambda one: one.event_id))
    assert list(differing_charges(generation(table), generation(built))) == []
    assert wrong_totals(generation(table)) == wrong_totals(generation(built)) == []


def test_a_charge_that_an_older_version_entered_is_not_entered_again() -> None:
    table = MemoryTable()
    enter_undivided(table, [spread(1), spread(2)])
    BillingTable(table).record(spread(1))
    BillingTable(table).record_all([spread(1), spread(2)])
    assert {partition for partition, _ in table.rows} == {"2026-11"}
    assert BillingTable(table).total("2026-11") == 2


def unsharded(table: MemoryTable) -> list[tuple[str, str]]:
    """Return the keys of all charges with their months; one that is there twice, twice."""
    keys = [(partition[:7], row) for partition, row in table.rows if row != "total"]
    assert len(keys) == len(set(keys))
    return keys


def test_what_two_versions_entered_at_the_same_time_is_one_charge() -> None:
    """A worker of the older version looks into no shard."""
    table = MemoryTable()
    billing = BillingTable(table)
    for number in (1, 2):
        billing.record(spread(number))
    enter_undivided(table, [spread(2), spread(3)])
    assert sorted(one.event_id for one in billing.charges("2026-11")) == ["event-1", "event-2", "event-3"]
    assert len(list(billing.entries())) == 3
    assert billing.find("2026-11", spread(2).image) == billing.find("2026-11", spread(2).image) == spread(2)
    assert list(differing_charges(generation(table), generation(table))) == []
    assert wrong_totals(generation(table)) == []


@pytest.mark.parametrize("partition", ["2026-11", f"2026-11|{spread(1).image.digest[7]}"], ids=["undivided", "shard"])
def test_a_wrong_total_is_found_wherever_it_is(partition: str) -> None:
    table = MemoryTable()
    BillingTable(table).record(spread(1))
    enter_undivided(table, [spread(2)])
    table.upsert({"PartitionKey": partition, "RowKey": "total", "images": 2})
    assert wrong_totals(generation(table)) == ["2026-11"]
