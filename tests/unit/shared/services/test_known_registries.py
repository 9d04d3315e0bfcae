"""Which registry an event is from: looked up, never believed."""

import pytest

from shared.domain.registry_resources import RegistryResource, stand_in
from shared.services.known_registries import KnownRegistries, RegistryRefused

PREFIX = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/"
WATCHED = KnownRegistries.of(
    ["contoso.azurecr.io", "contosodev.azurecr.io", "hashed-a1b2.azurecr.io", "http://127.0.0.1:5055"]
)


@pytest.mark.parametrize(
    ("name", "claimed", "registry"),
    [
        ("contoso", "contoso.azurecr.io", "contoso.azurecr.io"),
        ("Contoso", None, "contoso.azurecr.io"),
        ("contoso/", None, "contoso.azurecr.io"),
        ("hashed", "hashed-a1b2.azurecr.io", "hashed-a1b2.azurecr.io"),
        ("local", "127.0.0.1:5055", "127.0.0.1:5055"),
        ("local", None, "127.0.0.1:5055"),
    ],
)
def test_a_watched_registry_is_found_by_the_name_of_its_resource(name: str, claimed: str | None, registry: str) -> None:
    assert WATCHED.of_event(PREFIX + name, claimed) == registry


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("fabrikam", None),
        ("fabrikam", "contoso.azurecr.io"),
        ("contoso", "contosodev.azurecr.io"),
        ("contoso", "contoso.azurecr.io.evil.example"),
        ("contos", None),
        ("", None),
        ("127.0.0.1:5055", None),
        ("contoso", "127.0.0.1:5055"),
    ],
)
def test_anything_else_is_refused(name: str, claimed: str | None) -> None:
    with pytest.raises(RegistryRefused, match="add its login server to REGISTRIES"):
        WATCHED.of_event(PREFIX + name, claimed)


def test_a_name_that_fits_two_registries_is_refused_unless_the_event_says_which() -> None:
    known = KnownRegistries.of(["app.azurecr.io", "app-x1.azurecr.io"])
    with pytest.raises(RegistryRefused):
        known.of_event(PREFIX + "app", None)
    assert known.of_event(PREFIX + "app", "app-x1.azurecr.io") == "app-x1.azurecr.io"


def test_only_exact_login_servers_are_allowed() -> None:
    assert WATCHED.allowed("contoso.azurecr.io")
    assert not WATCHED.allowed("Contoso.azurecr.io")
    assert not WATCHED.allowed("azurecr.io")


def test_a_registry_is_the_resource_that_it_is_known_to_be_or_one_that_stands_for_it() -> None:
    contoso = RegistryResource("contoso.azurecr.io", "1", "g", "Contoso")
    known = KnownRegistries.of(["contoso.azurecr.io", "app.azurecr.io"], {contoso.login_server: contoso})
    assert known.login_servers == ("contoso.azurecr.io", "app.azurecr.io")
    assert known.resource("contoso.azurecr.io", "2") == contoso
    assert known.resource("app.azurecr.io", "2") == stand_in("app.azurecr.io", "2")
