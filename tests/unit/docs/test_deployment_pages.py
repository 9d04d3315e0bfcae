"""The pages on deployment name what exists: tests, files, settings of azd, outputs."""

import json
import re
from pathlib import Path

import pytest

from tests.support.bicep import template

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("docs/DEPLOY.md", "docs/VERIFIED.md", "SECURITY.md", "CHANGELOG.md", "infra/README.md")
TEXTS = {name: (ROOT / name).read_text() for name in PAGES}
NAMED = sorted(
    {path for text in TEXTS.values() for path in re.findall(r"`((?:tests|docs|infra)/[\w/.-]*)`", text) if path}
)


@pytest.mark.parametrize("path", NAMED)
def test_every_file_that_a_page_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_there(page: str) -> None:
    links = re.findall(r"\]\(((?!https?:|#)[^)#]+)", TEXTS[page])
    assert all((ROOT / page).parent.joinpath(link).exists() for link in links), links


def test_what_azd_takes_from_its_environment_is_told_and_nothing_else() -> None:
    """The client id is set in the steps for sign-in."""
    taken = set(re.findall(r"\$\{(PLIMSOLL_\w+)", (ROOT / "infra/main.parameters.json").read_text()))
    told = set(re.findall(r"PLIMSOLL_\w+", TEXTS["docs/DEPLOY.md"]))
    assert told - set(template("main.bicep").part("outputs")) == taken


def test_the_table_of_infra_names_every_file() -> None:
    named = set(
        re.findall(r"`([\w.-]+)`", "\n".join(re.findall(r"^\| (.*?) \|", TEXTS["infra/README.md"], re.MULTILINE)))
    )
    assert {path.name for path in (ROOT / "infra").iterdir() if path.is_file()} - named == {"README.md"}


def test_the_container_for_development_sets_the_project_up() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert "3.13" in container["image"]
    assert container["postCreateCommand"] == "sh local/setup.sh test"
    assert container["forwardPorts"] == [7071, 5055]
