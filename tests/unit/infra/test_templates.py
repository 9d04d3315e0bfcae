"""What Bicep's compiler would say of the templates, as far as it can be said without it."""

import json
import re
from typing import Any

import pytest

from tests.support.bicep import INFRA, Template, body, outputs_used, template, templates

ALL = templates()
EVERY = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
FORBIDDEN = {
    "listKeys|listAccountSas|listCredentials": "a key or secret would be in the deployment's history",
    r"\.(windows\.net|azure\.com|azurecr\.io|usgovcloudapi|chinacloudapi|azurecr\.us|azurecr\.cn|microsoftonline)": (
        "other clouds have other suffixes: environment() knows them"
    ),
    r"\bextension\b|\busing\b|\.\.\.|\bfunc \w+\(|\bimport\b": "one of the parsers does not read it",
    r"[0-9a-f]{8}-[0-9a-f]{4}-": "ids of roles are in infra/roles.json",
}


@EVERY
def test_both_parsers_read_a_template(one: Template) -> None:
    assert not one.tree.has_error
    assert one.part("resources") or one.part("modules")


@EVERY
def test_every_name_is_declared_and_every_declared_one_used(one: Template) -> None:
    assert one.used - one.declared == set()
    assert {*one.part("parameters"), *one.part("variables")} - one.used == set()


@EVERY
def test_every_module_gets_the_parameters_that_it_asks_for(one: Template) -> None:
    for name, module in one.part("modules").items():
        asked = _module(one, module).part("parameters")
        given = set(body(module["config"])["params"])
        needed = {parameter for parameter, about in asked.items() if about["default"] is None}
        assert needed <= given <= set(asked), name


@EVERY
def test_every_output_that_is_used_exists(one: Template) -> None:
    modules = one.part("modules")
    for module, output in outputs_used(one.text):
        assert output in _module(one, modules[module]).part("outputs"), (module, output)


def _module(one: Template, module: dict[str, Any]) -> Template:
    path = (one.path.parent / module["detail"]["path"]).resolve()
    return template(path.relative_to(INFRA).as_posix())


def test_every_template_is_reached_from_the_first() -> None:
    reached, waiting = set(), [template("main.bicep")]
    while waiting:
        one = waiting.pop()
        reached.add(one.name)
        waiting += [_module(one, module) for module in one.part("modules").values()]
    assert reached == {one.name for one in ALL}


@EVERY
@pytest.mark.parametrize("pattern", FORBIDDEN, ids=range(len(FORBIDDEN)))
def test_nothing_is_used_that_must_not_be(one: Template, pattern: str) -> None:
    found = re.search(pattern, "\n".join(line.partition("//")[0] for line in one.text.splitlines()))
    assert found is None, f"{found}: {FORBIDDEN[pattern]}"


def test_the_versions_of_the_apis_are_those_of_the_list() -> None:
    used = {(one["type"], one["api_version"]) for file in ALL for one in file.part("resources").values()}
    assert used == set(json.loads((INFRA / "api-versions.json").read_text()).items())


def test_the_parameters_that_azd_gives_are_those_of_the_first_template() -> None:
    given = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
    asked = template("main.bicep").part("parameters")
    assert {name for name, about in asked.items() if about["default"] is None} <= set(given) <= set(asked)


def test_what_azd_takes_by_default_is_what_the_template_takes() -> None:
    given = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
    asked = template("main.bicep").part("parameters")
    for name, about in given.items():
        if (default := re.fullmatch(r"\$\{\w+=(.*)\}", str(about["value"]))) is not None:
            assert default[1] == str(asked[name]["default"]).removeprefix("''").replace("False", "false"), name


def test_azd_finds_the_app_and_the_templates() -> None:
    told = (INFRA.parent / "azure.yaml").read_text()
    assert "path: infra" in told
    assert "module: main" in told
    assert re.search(r"services:\n  api:\n    project: \.\n    language: python\n    host: function\n", told)
    assert "'azd-service-name': 'api'" in template("app/flex.bicep").text
    assert "'azd-service-name': 'api'" in template("app/dedicated.bicep").text
