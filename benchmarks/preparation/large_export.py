"""Feeds as large as those of the public export, made from smaller ones: the same records under other names."""

import zipfile
from pathlib import Path

import msgspec

from benchmarks.failures import CannotRun

RECORDS = 500_000
"""About what the default ecosystems of the public export hold together."""

type _Json = dict[str, object]


def large_export(base: Path, target: Path) -> Path:
    """Return a folder of feeds with at least RECORDS records, each in as many copies as that takes.

    A copy has an id, aliases and a package of its own, so that nothing of it is shared. Kept from run to run.
    """
    archives = sorted(base.glob("*/all.zip"))
    records = {archive: _records(archive) for archive in archives}
    held = sum(map(len, records.values()))
    if not held:
        raise CannotRun(f"{base} holds no ECOSYSTEM/all.zip: name a folder of OSV exports with --osv")
    copies = -(-RECORDS // held)
    made = target / f"{held}-records-{copies}-times"
    for archive in archives:
        copy = made / archive.parent.name / archive.name
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            _write(copy, records[archive], copies)
    return made


def _records(archive: Path) -> list[_Json]:
    with zipfile.ZipFile(archive) as file:
        names = [name for name in file.namelist() if name.endswith(".json")]
        return [msgspec.json.decode(file.read(name), type=dict[str, object]) for name in names]


def _write(target: Path, records: list[_Json], copies: int) -> None:
    half = target.with_suffix(".half")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for number in range(copies):
            for record in records:
                copy = _copy(record, number) if number else record
                file.writestr(f"{copy['id']}.json", msgspec.json.encode(copy))
    half.rename(target)


def _copy(record: _Json, number: int) -> _Json:
    renamed = msgspec.json.decode(msgspec.json.encode(record))
    renamed["id"] = f"{record['id']}-{number}"
    for field in ("aliases", "upstream", "related"):
        if renamed.get(field):
            renamed[field] = [f"{name}{number:03}" for name in renamed[field]]
    for affected in renamed.get("affected") or ():
        if "package" in affected:
            affected["package"]["name"] += f"-{number}"
            affected["package"].pop("purl", None)
    return renamed  # type: ignore[no-any-return]
