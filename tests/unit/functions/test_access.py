"""Every route of the app for every kind of caller: what is open, and what needs which role."""

import azure.functions as func
import pytest

from shared import bootstrap
from shared.domain.roles import Role
from shared.settings import Settings
from tests.support.examples import REGISTRY, digest
from tests.support.memory_app import MemoryApp
from tests.support.principals import SIGNED_IN_BY, principal
from tests.support.routes import routes

ANYBODY = {"dashboard", "dashboard_file"}
WRITES = {"change_plan", "request_scan", "make_rule", "change_rule", "remove_rule", "import_openvex"}
ASKED_BY_POST = {"preview_rule", "query_resources", "what_if"}  # what only reads, although it is asked by POST

# Callers: the settings, the header, and who they are to the service.
SIGNED_IN = Settings(registries=(REGISTRY,), sign_in=True, function_key_role=Role.ADMIN)
CALLERS: dict[str, tuple[Settings, str | None, Role | int]] = {
    "a key that gives nothing": (Settings(function_key_role=None), None, 403),
    "a key that gives nothing, with a forged user": (
        Settings(function_key_role=None),
        principal("Security Admin", name="me"),
        403,
    ),
    "a key as it is by default": (Settings(registries=(REGISTRY,)), None, Role.READER),
    "a key as it is by default, with a forged user": (
        Settings(registries=(REGISTRY,)),
        principal("Security Admin", name="me"),
        Role.READER,
    ),
    "a key of administrators": (Settings(registries=(REGISTRY,), function_key_role=Role.ADMIN), None, Role.ADMIN),
    "nobody": (SIGNED_IN, None, 401),
    "a header that cannot be read": (SIGNED_IN, "%%%", 401),
    "a user without claims": (SIGNED_IN, principal(), 401),
    "a user without a role": (SIGNED_IN, principal(name="me"), 403),
    "a user with another role": (SIGNED_IN, principal("Global Reader", name="me"), 403),
    "a reader": (SIGNED_IN, principal("Security Reader", name="me"), Role.READER),
    "an administrator": (SIGNED_IN, principal("Security Admin", name="me"), Role.ADMIN),
}


ROUTES = routes()


def status(name: str, settings: Settings, header: str | None) -> int:
    route = ROUTES[name]
    params = {
        "registry": REGISTRY,
        "digest": digest(1),
        "id": "x",
        "scan_id": "x",
        "name": "index.html",
        "older": digest(2),
    }
    headers = {"Content-Type": "application/json"} | ({SIGNED_IN_BY: header} if header is not None else {})
    req = func.HttpRequest(
        route.methods[0], "https://host/api", headers=headers, params={}, route_params=params, body=b"{}"
    )
    return int(route.handler(req).status_code)


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_open_to_those_who_have_its_role(name: str, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, header, role = CALLERS[who]
    monkeypatch.setattr(bootstrap, "_app", MemoryApp(settings))
    needed = Role.ADMIN if name in WRITES else Role.READER
    found = status(name, settings, header)
    if name in ANYBODY or (isinstance(role, Role) and role.covers(needed)):
        assert found not in (401, 403, 415, 500)
    else:
        assert found == (403 if isinstance(role, Role) else role)


def test_the_tables_above_name_functions_that_there_are() -> None:
    assert set(ROUTES) >= ANYBODY | WRITES


def test_what_writes_is_everything_that_is_neither_read_nor_open() -> None:
    """A new route that is not a GET is one for administrators until somebody says otherwise."""
    assert {name for name, route in ROUTES.items() if route.methods != ("GET",)} == WRITES | ASKED_BY_POST
