"""The route table: templates of ASP.NET Core, in the order in which they are tried."""

import pytest

from local.host.errors import HostRefused
from local.host.functions import Function, HttpTrigger
from local.host.routes import RouteTable


def function(name: str, route: str, *methods: str) -> Function:
    return Function(name, name, "req", HttpTrigger(route, frozenset(methods)), {}, None)


def table(*routes: str, prefix: str = "") -> RouteTable:
    return RouteTable([function(route, route) for route in routes], prefix)


def find(routes: RouteTable, path: str, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    found = routes.find(method, path)
    return (found[0].name, found[1]) if found else None


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("api/images", "/api/images", {}),
        ("api/images", "/API/Images/", {}),
        ("/api/images/", "/api/images", {}),
        ("/", "/", {}),
        ("{a}/{b}", "/127.0.0.1:5055/sha256:ab@c", {"a": "127.0.0.1:5055", "b": "sha256:ab@c"}),
        ("{a}", "/x%2Fy%20z", {"a": "x%2Fy z"}),
        ("{a}", "/x%2fy", {"a": "x%2fy"}),
        ("{a}", "/100%25", {"a": "100%"}),
        ("{a?}", "/", {}),
        ("p/{a?}", "/p", {}),
        ("p/{a?}", "/p/1", {"a": "1"}),
        ("p/{a=5}", "/p", {"a": "5"}),
        ("p/{a=5}", "/p/6", {"a": "6"}),
        ("{*rest}", "/", {}),
        ("{*rest}", "/a/b/c", {"rest": "a/b/c"}),
        ("p/{**rest}", "/p/a/b/", {"rest": "a/b/"}),
        ("p/{*rest}", "/p", {}),
        ("{id:int}", "/-12", {"id": "-12"}),
        ("{id:guid}", "/0f8fad5b-d9cb-469f-a165-70867728950e", {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"}),
        ("{id:int?}", "/", {}),
        ("{x:length(2)}", "/ab", {"x": "ab"}),
        ("{x:length(2,3)}", "/abc", {"x": "abc"}),
        ("{x:regex(^[a-c]+$)}/y", "/abc/y", {"x": "abc"}),
        ("{x:alpha:maxlength(3)}", "/abc", {"x": "abc"}),
        ("v{major}.{minor}.json", "/v1.2.json", {"major": "1", "minor": "2"}),
        ("{sub-id}", "/1", {"sub-id": "1"}),
        ("a.b", "/a.b", {}),
    ],
)
def test_a_template_matches_and_gives_values(template: str, path: str, values: dict[str, str]) -> None:
    assert find(table(template), path) == (template, values)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("api/images", "/api"),
        ("api/images", "/api/images/x"),
        ("api/images", "/xapi/images"),
        ("a.b", "/axb"),
        ("{a}", "/"),
        ("{a}", "/x/y"),
        ("{id:int}", "/x"),
        ("{id:int}", "/12x"),
        ("{x:length(2)}", "/abc"),
        ("{x:regex(^[a-c]+$)}", "/abd"),
        ("{x:alpha:maxlength(3)}", "/abcd"),
        ("p/{*rest}", "/pa"),
    ],
)
def test_a_template_does_not_match(template: str, path: str) -> None:
    assert find(table(template), path) is None


@pytest.mark.parametrize(
    ("path", "winner"),
    [
        ("/images/top", "images/top"),
        ("/images/12", "images/{id:int}"),
        ("/images/x", "images/{id}"),
        ("/images", "images"),
        ("/images/x/y", "{*rest}"),
        ("/images/x/tags", "images/{id}/tags"),
        ("/other", "{*rest}"),
    ],
)
def test_the_most_exact_template_wins_whatever_the_order(path: str, winner: str) -> None:
    routes = ["{*rest}", "images/{id}", "images/{id}/tags", "images/{id:int}", "images/top", "images"]
    for order in (routes, routes[::-1]):
        found = find(table(*order), path)
        assert found
        assert found[0] == winner


def test_a_template_that_ends_is_before_one_whose_next_part_may_be_missing() -> None:
    assert find(table("p/{a?}", "p"), "/p") == ("p", {})


def test_methods_choose_between_functions_of_one_route_and_the_wrong_one_finds_nothing() -> None:
    routes = RouteTable([function("read", "rules", "GET"), function("write", "rules", "POST", "PUT")], "")
    assert [find(routes, "/rules", method) for method in ("GET", "PUT")] == [("read", {}), ("write", {})]
    assert find(routes, "/rules", "DELETE") is None
    assert find(routes, "/rules", "HEAD") is None


def test_a_function_without_methods_takes_all() -> None:
    assert find(table("x"), "/x", "PROPFIND") == ("x", {})


def test_the_prefix_comes_first() -> None:
    routes = table("x", prefix="api")
    assert find(routes, "/api/x")
    assert not find(routes, "/x")


@pytest.mark.parametrize("route", ["admin/x", "runtime/webhooks/x", "{a", "{a:unknown}", "{a:length(x)}", "{a}/{a}"])
def test_a_route_that_cannot_be_served_is_refused_with_the_name_of_its_function(route: str) -> None:
    with pytest.raises(HostRefused, match=r"^function f has the route"):
        RouteTable([function("f", route)], "")
