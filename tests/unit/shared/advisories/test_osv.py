import pytest

from shared.advisories.osv import BadRecord, Event, parse_record


def test_a_record_with_only_an_id_is_enough() -> None:
    record = parse_record(b'{"id": "X-1"}')
    assert record.id == "X-1"
    assert record.affected is None


def test_null_is_taken_where_the_specification_allows_it() -> None:
    content = b'{"id": "X-1", "affected": null, "severity": null, "aliases": null, "references": null, "summary": null}'
    assert parse_record(content).severity is None


def test_unknown_fields_are_ignored() -> None:
    content = b'{"id": "X-1", "credits": [1], "database_specific": {"cwe_ids": [], "severity": "LOW"}}'
    specific = parse_record(content).database_specific
    assert specific is not None
    assert specific.severity == "LOW"


def test_events_keep_their_order_and_kind() -> None:
    content = b"""{"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [
        {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"}, {"last_affected": "3"},
        {"limit": "4"}]}]}]}"""
    affected = parse_record(content).affected
    assert affected is not None
    assert affected[0].ranges is not None
    assert affected[0].ranges[0].events == (
        Event(introduced="0"),
        Event(fixed="1"),
        Event(introduced="2"),
        Event(last_affected="3"),
        Event(limit="4"),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        b"[]",
        b"{}",
        b'{"id": ""}',
        b'{"id": 1}',
        b'{"id": "X-1", "affected": [{"ranges": "all"}]}',
        b'{"id": "\\ud800"}',
        b'{"id": "\xff"}',
        b'{"id": "X-1", "deep": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"id": "X-1"',
    ],
)
def test_anything_else_is_a_bad_record(content: bytes) -> None:
    with pytest.raises(BadRecord, match="not an OSV record"):
        parse_record(content)
