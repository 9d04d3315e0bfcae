"""CycloneDX documents held against the official schema, which the CycloneDX library brings along."""

from typing import Any

import msgspec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def assert_cyclonedx(document: dict[str, Any]) -> None:
    """Assert that a document follows the schema, formats included, and that its references lead somewhere."""
    errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(msgspec.json.encode(document).decode())
    assert errors is None, errors
    named = [document["metadata"]["component"], *document["components"], *document["vulnerabilities"]]
    refs = [one["bom-ref"] for one in named]
    assert len(refs) == len(set(refs))
    followed = [affected["ref"] for one in document["vulnerabilities"] for affected in one["affects"]]
    followed += [ref for one in document["dependencies"] for ref in (one["ref"], *one["dependsOn"])]
    assert set(followed) <= set(refs)
