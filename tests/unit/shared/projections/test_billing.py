"""The bill: rows and totals that agree whatever happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.references import ImageId
from shared.projections.billing import BilledImage, BillingTable
from shared.storage.tables import RowChanged
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
    assert len(written) == 3  # November twice, since one of its charges is there, and December
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
