"""The sets of what images are looked up by."""

from shared.projections.package_sets import PackageSets
from tests.support.memory_storage import MemoryTable

SOME = frozenset({("Debian:12", "openssl"), ("Debian:12", ""), ("npm", "@scope/名")})


def test_a_set_is_read_back_as_it_was_saved() -> None:
    sets = PackageSets(MemoryTable())
    name = sets.save(SOME)
    assert frozenset(sets.get(name)) == SOME
    assert [(found, frozenset(members)) for found, members in sets.all()] == [(name, SOME)]


def test_equal_sets_are_one_row_and_are_written_once() -> None:
    table = MemoryTable()
    sets = PackageSets(table)
    assert sets.save(SOME) == sets.save(frozenset(sorted(SOME, reverse=True)))
    ((_, etag),) = table.rows.values()
    sets.save(SOME)
    assert [found for _, found in table.rows.values()] == [etag]


def test_an_image_without_packages_has_a_set_too() -> None:
    sets = PackageSets(MemoryTable())
    name = sets.save(frozenset())
    assert list(sets.all()) == [(name, ())]


def test_a_set_of_ten_thousand_packages_fits() -> None:
    many = frozenset(
        ("npm", f"@scope-{number % 97}/a-long-name-of-a-package-{number * 7919}") for number in range(10_000)
    )
    sets = PackageSets(MemoryTable())
    assert frozenset(sets.get(sets.save(many))) == many


def test_a_set_that_no_row_can_hold_has_no_name() -> None:
    table = MemoryTable()
    hostile = frozenset(("npm", f"{number * 0x9E3779B97F4A7C15 % 2**128:032x}" * 4) for number in range(80_000))
    assert PackageSets(table).save(hostile) == ""
    assert table.rows == {}


def test_a_set_that_is_not_there_has_no_members() -> None:
    assert PackageSets(MemoryTable()).get("ab" * 32) == ()
    assert PackageSets(MemoryTable()).get("") == ()
