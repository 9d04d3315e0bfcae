import json
from hashlib import sha256
from pathlib import Path

from shared.advisories.archive import DEFAULT_LIMITS
from shared.advisories.reading import find_scheme, read_archive, read_entry
from shared.advisories.versions.scheme import Scheme
from tests.unit.shared.advisories.osv_samples import fixed_in, record, write_feed


def test_a_bad_record_hides_no_other(tmp_path: Path) -> None:
    path = write_feed(tmp_path, "acme", [record("X-1"), record("X-2")], {"X-3.json": b"garbage"})
    found = [(entry.name, entry.record.id if entry.record else None) for entry in read_archive(path, DEFAULT_LIMITS)]
    assert found == [("X-1", "X-1"), ("X-2", "X-2"), ("X-3", None)]


def test_a_record_by_itself_is_the_same_entry_as_in_the_archive(tmp_path: Path) -> None:
    content = json.dumps(record("X-1")).encode()
    (entry,) = read_archive(write_feed(tmp_path, "acme", [record("X-1")]), DEFAULT_LIMITS)
    assert entry == read_entry("X-1", content)
    assert entry.digest == sha256(content).digest()


def test_the_version_order_is_known_by_name_or_found_in_the_records(tmp_path: Path) -> None:
    affected = fixed_in("acme:1", "a", "1")
    affected = {**affected, "package": {"ecosystem": "acme:1", "name": "a", "purl": "pkg:rpm/acme/a"}}
    path = write_feed(tmp_path, "acme", [record("X-1", affected)])
    assert find_scheme("acme", path, DEFAULT_LIMITS) is Scheme.RPM
    assert find_scheme("Debian", path, DEFAULT_LIMITS) is Scheme.DEB
