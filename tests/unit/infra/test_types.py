"""Types, as far as they can be told without Bicep's compiler and its definitions of resources."""

from typing import Any

import pytest

from tests.support.bicep import INFRA, Template, body, template, templates

ALL = templates()
# Their names say which of several shapes a body has; the compiler checks none of them where it cannot tell the name.
# Source: github.com/Azure/bicep-types-az, microsoft.web 2024-11-01, "Discriminator: name".
NAMED = {
    "Microsoft.Web/sites/config": {"appsettings", "authsettingsV2"},
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": {"ftp", "scm"},
}


def _type(one: Template, value: Any) -> str | None:
    """Return the type of a value, or None where it cannot be told: names look like strings to the parser."""
    if isinstance(value, bool | int | list):
        return {bool: "bool", int: "int", list: "array"}[type(value)]
    if isinstance(value, str):
        return _named_type(one, value)
    if "loop_type" in value:
        return "array"
    if "operator" in value:
        return _output_type(one, value["operator"]["operands"])
    return None if "function" in value else "object"


def _named_type(one: Template, name: str) -> str | None:
    if name in one.part("parameters"):
        return str(one.part("parameters")[name]["type"])
    if name in one.part("variables"):
        return _type(one, one.variable(name))
    return "string" if "${" in name else None


def _output_type(one: Template, operands: dict[str, Any]) -> str | None:
    module = one.part("modules").get(str(operands.get("operand_1")))
    if module is None:
        return None
    output = operands["operand_2"]["operator"]["operands"]["operand_2"]
    return str(_called(one, module).part("outputs")[output]["type"])


def _called(one: Template, module: dict[str, Any]) -> Template:
    path = (one.path.parent / module["detail"]["path"]).resolve()
    return template(path.relative_to(INFRA).as_posix())


def _handed_on(one: Template) -> list[tuple[str, str, str | None, str]]:
    """Return what a template gives to its modules: module, parameter, type of what is given, type asked for."""
    return [
        (name, parameter, _type(one, value), _called(one, module).part("parameters")[parameter]["type"])
        for name, module in one.part("modules").items()
        for parameter, value in body(module["config"])["params"].items()
    ]


@pytest.mark.parametrize("one", [one for one in ALL if one.part("modules")], ids=lambda one: one.name)
def test_a_module_gets_values_of_the_types_that_it_asks_for(one: Template) -> None:
    handed_on = _handed_on(one)
    assert [row for row in handed_on if row[2] not in (None, row[3])] == []
    assert sum(given is not None for _, _, given, _ in handed_on) >= len(handed_on) * 2 // 3


@pytest.mark.parametrize("resource_type", NAMED)
def test_a_resource_whose_name_says_its_shape_is_named_in_plain_letters(resource_type: str) -> None:
    names = [made["name"] for one in ALL for made in one.bodies(resource_type)]
    assert set(names) == NAMED[resource_type]
