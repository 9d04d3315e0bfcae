"""What proves a difference: the raw records of a flaw, evaluated for the package by another order of versions."""

from dataclasses import dataclass

from benchmarks.accuracy.evaluation import Order
from benchmarks.accuracy.interface import Installed, PackageId, Scan
from benchmarks.accuracy.matters import Matter
from benchmarks.accuracy.names import OS_KINDS
from benchmarks.accuracy.orders import order_of
from benchmarks.accuracy.records import Advisories, Entry, is_of_release

# What these kinds of package are advised under is the source package, in the version of the source.
_BY_SOURCE = ("deb", "apk")


@dataclass(frozen=True)
class Evidence:
    """Two scans of one image and the advisories that both were made with."""

    ours: Scan
    theirs: Scan
    advisories: Advisories

    def installed(self, package: PackageId) -> Installed:
        """Return what is known of a package; their word counts first, since ours is what is in question."""
        for scan in (self.theirs, self.ours):
            if scan.packages and package in scan.packages:
                return scan.packages[package]
        return Installed()

    def advised_version(self, package: PackageId) -> str:
        """Return the version that advisories speak of."""
        by_source = package.kind in _BY_SOURCE
        return (self.installed(package).source_version if by_source else "") or package.version

    def entries(self, matter: Matter) -> list[Entry]:
        """Return what the records of a flaw say of its package, in any release, withdrawn ones included."""
        source = self.installed(matter.package).source if matter.package.kind in _BY_SOURCE else ""
        return self.advisories.entries(matter.flaws, matter.package, source)

    def standing(self, matter: Matter) -> list[Entry]:
        """Return those of the image's release that are not withdrawn."""
        return [one for one in self.entries(matter) if self.is_of_release(one) and not one.record.get("withdrawn")]

    def holding(self, matter: Matter) -> list[Entry]:
        """Return those that hold the installed version."""
        version, order = self.advised_version(matter.package), self.order(matter)
        return [one for one in self.standing(matter) if one.holds(version, order)]

    def order(self, matter: Matter) -> Order:
        """Return the order of versions of a matter's package."""
        return order_of(matter.package.kind)

    def is_of_release(self, entry: Entry) -> bool:
        """Say whether an entry is of the release of the image; languages have none."""
        return is_of_release(entry.ecosystem, self.theirs.release or self.ours.release)

    def reads(self, scan: Scan, package: PackageId) -> bool | None:
        """Say whether a scanner lists a package; None where it lists only those with findings."""
        return None if scan.packages is None else package in scan.packages

    def is_os_package(self, package: PackageId) -> bool:
        """Say whether a package is of a distribution."""
        return package.kind in OS_KINDS
