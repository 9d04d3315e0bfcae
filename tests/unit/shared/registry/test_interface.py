import tomllib
from pathlib import Path

from shared.registry.allowlist import Allowlist
from shared.registry.client import RegistryClient
from shared.registry.interface import USER_AGENT, BasicCredential, ImageRegistry


def test_the_user_agent_names_the_version_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text())["project"]
    assert f"plimsoll-scanner/{project['version']}" == USER_AGENT


def test_a_password_does_not_show() -> None:
    credential = BasicCredential("robot", "open sesame")
    assert "sesame" not in f"{credential} {credential!r}"


def test_the_client_offers_the_interface() -> None:
    registry: ImageRegistry = RegistryClient(Allowlist([]))
    assert registry is not None
