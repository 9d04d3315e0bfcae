import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.links import LinkBudget, LinkResolver


@pytest.mark.parametrize(
    ("links", "path", "place"),
    [
        ({}, "a/b", "a/b"),
        ({"lib": "usr/lib"}, "lib/x", "usr/lib/x"),
        ({"lib": "/usr/lib"}, "lib/x", "usr/lib/x"),
        ({"a/b": "../c"}, "a/b/x", "c/x"),
        ({"a/b": "../../../c"}, "a/b/x", "c/x"),
        ({"a": "b", "b": "c"}, "a/x", "c/x"),
        ({"a": "./b//c/."}, "a/x", "b/c/x"),
        ({"a": "a"}, "a/x", None),
        ({"a": "b", "b": "a"}, "a/x", None),
        ({"a": "a/b"}, "a/x", None),
        ({"a": ""}, "a/x", "x"),
    ],
)
def test_folders_are_followed_inside_the_image(links: dict[str, str], path: str, place: str | None) -> None:
    assert LinkResolver(links).placed(path) == place


def test_the_link_itself_is_followed_only_when_resolved() -> None:
    resolver = LinkResolver({"bin/sh": "dash", "bin": "usr/bin", "usr/bin/sh": "dash"})
    assert resolver.placed("bin/sh") == "usr/bin/sh"
    assert resolver.resolved("bin/sh") == "usr/bin/dash"


def test_as_many_links_as_linux_follows_are_followed_and_no_more() -> None:
    chain = {f"l{number}": f"l{number + 1}" for number in range(50)}
    assert LinkResolver(chain).resolved("l10") == "l50"
    assert LinkResolver(chain).resolved("l9") is None


def test_links_that_would_cost_hours_are_a_named_breach() -> None:
    long_way = "/".join(["d" * 200 + "/.."] * 1000)
    budget = LinkBudget()
    resolvers = (LinkResolver({"l": f"{long_way}/{number}"}, budget) for number in range(2000))
    with pytest.raises(ScanFailure, match="link lookups") as caught:
        [resolver.resolved("l") for resolver in resolvers]
    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED


def test_deep_folders_that_would_cost_hours_are_a_named_breach_even_without_a_link_among_them() -> None:
    resolver = LinkResolver({"some": "link"})
    paths = (f"{number}/" + "a/" * 2040 + "x" for number in range(1000))
    with pytest.raises(ScanFailure, match="link lookups"):
        list(map(resolver.placed, paths))


def test_a_hundred_thousand_usual_paths_are_within_the_limit() -> None:
    resolver = LinkResolver({"lib": "usr/lib"})
    for number in range(100_000):
        assert resolver.placed(f"lib/node_modules/package-{number}/node_modules/other/dist/lib/index.js")
