"""The catalog of known exploited vulnerabilities: https://www.cisa.gov/known-exploited-vulnerabilities-catalog.

Its JSON schema: https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from shared.advisories.archive import FeedBroken
from shared.advisories.signals.interface import CVE, KevEntry, SignalRows

MAX_BYTES = 64 << 20
_MOST = 100_000
_Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class _Vulnerability(msgspec.Struct, rename={"cve": "cveID", "added": "dateAdded", "due": "dueDate"}):
    cve: Annotated[str, msgspec.Meta(pattern=CVE, max_length=30)]
    added: _Day
    due: _Day | None = None
    ransomware: str = msgspec.field(default="Unknown", name="knownRansomwareCampaignUse")


class _Catalog(msgspec.Struct):
    vulnerabilities: Annotated[list[_Vulnerability], msgspec.Meta(min_length=1, max_length=_MOST)]
    version: Annotated[str, msgspec.Meta(max_length=100)] = msgspec.field(default="", name="catalogVersion")
    count: int | None = None


def read_kev(path: Path) -> SignalRows[KevEntry]:
    """Return the entries of a catalog in the order of their names, or raise FeedBroken."""
    try:
        catalog = msgspec.json.decode(path.read_bytes(), type=_Catalog)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FeedBroken(f"the catalog of known exploited vulnerabilities cannot be read: {error}") from error
    if catalog.count is not None and catalog.count != len(catalog.vulnerabilities):
        raise FeedBroken(f"the catalog holds {len(catalog.vulnerabilities)} entries and says {catalog.count}")
    entries = {one.cve: KevEntry(one.cve, one.added, one.due, one.ransomware == "Known") for one in _in_order(catalog)}
    return SignalRows(tuple(entries.values()), catalog.version)


def _in_order(catalog: _Catalog) -> list[_Vulnerability]:
    return sorted(catalog.vulnerabilities, key=lambda one: (one.cve, one.added))
