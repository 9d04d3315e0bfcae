"""The raw advisories that both scanners were given, by every name of their flaws."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.accuracy.evaluation import Order, Record, Unorderable, is_affected
from benchmarks.accuracy.interface import PackageId
from benchmarks.accuracy.names import kind_of_ecosystem, normal_name

_DERIVED = re.compile(r"[A-Z]+-(CVE-\d{4}-\d{4,})")


class UnreadableAdvisories(ValueError):
    """An archive of a folder of advisories that holds no OSV records."""


class Entry(NamedTuple):
    """What one record says about one package of one ecosystem."""

    record: Record
    affected: Record

    @property
    def ecosystem(self) -> str:
        """The ecosystem, with its release."""
        return str(self.affected["package"]["ecosystem"])

    def holds(self, version: str, order: Order) -> bool | None:
        """Say whether a version is affected; None where its place in the order is not known."""
        try:
            return is_affected(self.affected, version, order)
        except Unorderable:
            return None


class Advisories:
    """Records by the names of their flaws."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Take all records that may be asked for."""
        self._by_name: dict[str, list[Record]] = {}
        self._rating: dict[str, list[Record]] = {}
        self.aliases: list[frozenset[str]] = []
        for record in records:
            self.aliases.append(aliases_of(record))
            for name in names_of(record):
                self._by_name.setdefault(name, []).append(record)
            for name in _related(record):
                self._rating.setdefault(name, []).append(record)

    def about(self, flaws: Iterable[str]) -> list[Record]:
        """Return the records of flaws that have any of the names."""
        found = [record for name in sorted(flaws) for record in self._by_name.get(name, ())]
        return list({record["id"]: record for record in found}.values())

    def rating(self, flaws: Iterable[str]) -> list[Record]:
        """Return the records that relate to one of the flaws alone, such as the erratum of another distribution."""
        return [record for name in sorted(flaws) for record in self._rating.get(name, ())]

    def entries(self, flaws: Iterable[str], package: PackageId, source: str) -> list[Entry]:
        """Return what records say of a package under its own name or that of its source, in any release."""
        names = {normal_name(package.kind, name) for name in (package.name, source) if name}
        return [
            Entry(record, affected)
            for record in self.about(flaws)
            for affected in record.get("affected") or ()
            if "package" in affected and _names(affected, package.kind) & names
        ]


def read_advisories(folder: Path, wanted: set[str]) -> Advisories:
    """Read the records of a folder of OSV exports that have one of the wanted names, and those that share one.

    Raises UnreadableAdvisories.
    """
    every = [record for archive in sorted(folder.glob("*/all.zip")) for record in _records(archive)]
    direct = [record for record in every if wanted & names_of(record)]
    more = set[str]().union(*map(names_of, direct))
    return Advisories(record for record in every if more & (names_of(record) | _related(record)))


def names_of(record: Record) -> set[str]:
    """Return every name under which scanners may speak of a record's flaw, or of one of those that it fixes."""
    derived = _DERIVED.fullmatch(record["id"])
    lists = (record.get(name) or () for name in ("aliases", "upstream"))
    return {record["id"], *(name for names in lists for name in names), *(derived.groups() if derived else ())}


def aliases_of(record: Record) -> frozenset[str]:
    """Return every name of the one flaw that a record describes; an erratum of several flaws has only its own."""
    upstream = record.get("upstream") or ()
    return frozenset((record["id"],)) if len(upstream) > 1 else frozenset(names_of(record))


def is_of_release(ecosystem: str, release: str) -> bool:
    """Say whether an ecosystem such as ``Debian:12`` is that of a release such as ``12.5``, or has no releases.

    Where nobody says the release of an image, every one may be it: that explains nothing away.
    """
    of = ecosystem.partition(":")[2].partition(":")[0].removeprefix("v")
    return not of or not release or release == of or release.startswith(f"{of}.")


def _related(record: Record) -> set[str]:
    related = record.get("related") or ()
    return set(related) if len(related) == 1 and not record.get("aliases") and not record.get("upstream") else set()


def _names(affected: Record, kind: str) -> set[str]:
    package = affected["package"]
    if kind_of_ecosystem(package["ecosystem"]) != kind:
        return set()
    return {normal_name(kind, package["name"])}


def _records(archive: Path) -> Iterator[dict[str, Any]]:
    try:
        with zipfile.ZipFile(archive) as file:
            for name in file.namelist():
                if name.endswith(".json"):
                    yield msgspec.json.decode(file.read(name), type=dict[str, Any])
    except (OSError, zipfile.BadZipFile, msgspec.MsgspecError) as error:
        raise UnreadableAdvisories(f"{archive} holds no OSV records, fetch it again: {error}") from error
