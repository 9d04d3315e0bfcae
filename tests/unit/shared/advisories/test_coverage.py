import msgspec

from shared.advisories.coverage import ImageCoverage
from shared.domain.findings import Coverage
from shared.domain.packages import Distribution, Inventory
from tests.unit.shared.advisories.osv_samples import ALPINE, DEBIAN, inventory, package

HELD = {"Debian:12", "PyPI"}
LIBC = package("Debian", "libc6", "2.36-9")
MUSL = package("Alpine", "musl", "1.2.4-r2")
FLASK = package("PyPI", "flask", "1.0")
LODASH = package("npm", "lodash", "4.0.0")


def _coverage(image: Inventory) -> Coverage:
    coverage = ImageCoverage(image, HELD)
    for found in image.packages:
        coverage.ecosystem(found)
    return coverage.result()


def test_covered_ecosystems_leave_no_gap() -> None:
    assert _coverage(inventory(LIBC, FLASK, distribution=DEBIAN)) == Coverage(("Debian:12", "PyPI"), ())


def test_a_release_without_advisories_is_a_gap() -> None:
    assert _coverage(inventory(MUSL, distribution=ALPINE)) == Coverage((), ("no advisories for Alpine v3.19",))
    ubuntu = Distribution("ubuntu", "22.04", "")
    found = _coverage(inventory(package("Ubuntu", "libc6", "1"), distribution=ubuntu))
    assert found.gaps == ("no advisories for Ubuntu 22.04 LTS",)


def test_a_language_without_advisories_is_a_gap() -> None:
    assert _coverage(inventory(LODASH, FLASK)) == Coverage(("PyPI",), ("no advisories for npm",))


def test_packages_of_an_unknown_release_are_a_gap() -> None:
    gap = ("no distribution release known",)
    assert _coverage(inventory(LIBC)).gaps == gap
    assert _coverage(inventory(LIBC, distribution=Distribution("debian", "", "sid"))).gaps == gap


def test_a_distribution_without_packages_is_no_gap() -> None:
    assert _coverage(inventory(FLASK, distribution=ALPINE)) == Coverage(("PyPI",), ())


def test_what_could_not_be_read_is_a_gap() -> None:
    image = msgspec.structs.replace(inventory(FLASK), unreadable=("var/lib/rpm/Packages: cut off",))
    assert _coverage(image).gaps == ("cannot read var/lib/rpm/Packages: cut off",)


def test_gaps_have_one_order() -> None:
    one = inventory(MUSL, LODASH, package("Go", "x", "1"), distribution=ALPINE)
    other = msgspec.structs.replace(one, packages=tuple(reversed(one.packages)))
    assert _coverage(one) == _coverage(other)
    assert len(_coverage(one).gaps) == 3
