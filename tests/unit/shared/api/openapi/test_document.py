"""The OpenAPI document: valid, and with examples that follow its own schemas."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.api.openapi.document import openapi_document
from shared.api.openapi.operations import OPERATIONS

DOCUMENT = openapi_document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def follows(instance: Any, schema: dict[str, Any]) -> bool:
    return bool(Draft202012Validator({**schema, "components": DOCUMENT["components"]}).is_valid(instance))


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_has_a_name_of_its_own() -> None:
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_is_valid_and_says_what_it_is(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["description"]


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_examples_follow_their_schemas(path: str) -> None:
    for operation in DOCUMENT["paths"][path].values():
        for parameter in operation["parameters"]:
            assert parameter["description"]
            assert "example" not in parameter or follows(parameter["example"], parameter["schema"])
        for media in operation.get("requestBody", {"content": {}})["content"].values():
            assert follows(media["example"], media["schema"])
        for answer in operation["responses"].values():
            for media in answer.get("content", {}).values():
                assert "example" not in media or follows(media["example"], media["schema"])


def test_an_error_names_its_code() -> None:
    answer = DOCUMENT["paths"]["/api/images/{registry}/{digest}"]["get"]["responses"]["404"]
    assert answer["content"]["application/json"]["example"]["error"]["code"] == "ImageNotFound"


def test_everything_that_is_sent_is_always_there() -> None:
    finding = SCHEMAS["ListedFinding"]
    assert set(finding["required"]) == set(finding["properties"])
    assert "author" not in SCHEMAS["NewRule"]["required"]


def test_times_are_said_to_be_times() -> None:
    assert SCHEMAS["LastScan"]["properties"]["time"]["format"] == "date-time"
    assert SCHEMAS["ImageHealth"]["properties"]["lastPulled"]["anyOf"][0]["format"] == "date-time"
    assert SCHEMAS["NewRule"]["properties"]["expires"]["anyOf"][0]["format"] == "date-time"
