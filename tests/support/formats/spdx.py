"""SPDX documents held against the specification by the SPDX project's own library."""

from typing import Any

from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def assert_spdx(document: dict[str, Any]) -> None:
    """Assert that a document can be read and breaks no rule of SPDX 2.3."""
    parsed = JsonLikeDictParser().parse(document)  # type: ignore[no-untyped-call]
    assert validate_full_spdx_document(parsed, "SPDX-2.3") == []
