"""What a query asks of the rows of its tables, so that the others need not be brought."""

import pytest

from shared.kql.conditions import table_uses
from shared.kql.parsing.query import parse_query
from shared.kql.paths import paths_in

DIGEST = ("properties", "additionalData", "artifactDetails", "digest")


def conditions(text: str) -> dict[tuple[str, ...], set[str]]:
    (use,) = table_uses(parse_query(text))
    return {path: set(texts) for path, texts in use.conditions.items()}


@pytest.mark.parametrize(
    "text",
    [
        "where properties.additionalData.artifactDetails.digest == 'sha256:A'",
        "where 'sha256:a' == tostring(properties.additionalData.artifactDetails.digest)",
        "where name != 'x' | where properties['additionalData'].artifactDetails.digest =~ 'SHA256:a' and id has 'x'",
        "extend d = tolower(tostring(properties.additionalData.artifactDetails.digest)) | where d in ('sha256:a')",
        "extend a = properties.additionalData | extend b = a.artifactDetails | where b.digest == 'sha256:a'",
    ],
)
def test_a_text_that_a_slot_must_have_is_found(text: str) -> None:
    assert conditions(f"securityresources | {text}") == {DIGEST: {"sha256:a"}}


def test_several_conditions_narrow_and_alternatives_widen() -> None:
    assert conditions("resources | where type in~ ('A', 'b') | where type == 'B'") == {("type",): {"b"}}
    assert conditions("resources | where type == 'a' or type =~ 'b'") == {("type",): {"a", "b"}}


def test_a_scalar_of_let_is_looked_up() -> None:
    assert conditions("let t = 'A'; resources | where type == t") == {("type",): {"a"}}


@pytest.mark.parametrize(
    "text",
    [
        "where type != 'a'",
        "where type == 'a' or name == 'b'",
        "where not(type == 'a')",
        "where type contains 'a'",
        "where tostring(properties.x) == ''",
        "where type in ('a', name)",
        "extend type = 'a' | where type == 'a'",
        "extend properties = dynamic({}) | where properties.x == 'a'",
        "summarize n = count() by type | where type == 'a'",
        "project type = name | where type == 'a'",
        "mv-expand properties | where properties.x == 'a'",
        "union (resources | where type == 'b') | where type == 'a'",
        "take 1 | where type == 'a'",
        "where iff(type == 'a', true, true)",
    ],
)
def test_what_rows_need_not_have_is_no_condition(text: str) -> None:
    assert table_uses(parse_query(f"resources | {text}"))[0].conditions == {}


def test_a_column_without_a_name_may_hide_what_let_bound() -> None:
    text = "let properties_x = 'a'; resources | extend tostring(properties.x) | where type == properties_x"
    assert conditions(text) == {}


def test_every_use_of_a_table_is_found() -> None:
    text = (
        "let old = resources | where type == 'o'; old | union (ResourceContainers | where type == 'c')"
        " | join (securityresources | where type == 's' | join (policyresources) on id) on id"
    )
    found = {use.table: dict(use.conditions) for use in table_uses(parse_query(text))}
    assert found == {
        "resources": {("type",): {"o"}},
        "resourcecontainers": {("type",): {"c"}},
        "securityresources": {("type",): {"s"}},
        "policyresources": {},
    }


def test_paths_are_found_wherever_they_are_the_longest_only() -> None:
    text = "resources | where properties.a.b == 1 | summarize m = max(toint(properties['c'])) by x.y, type"
    assert set(paths_in(parse_query(text))) == {("properties", "a", "b"), ("properties", "c")}
