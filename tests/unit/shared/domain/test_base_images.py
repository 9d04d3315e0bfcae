"""Base images: told from the layers of all images that are known, and never beyond what these say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.base_images import BaseKind, Family, Kin
from shared.domain.events import StatedBase
from shared.domain.image import ImageState
from shared.domain.image_health import image_health
from shared.domain.lineage import LayerFindings, Lineage, TagSpan
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, START, at, digest

ELSEWHERE = "fabrikam.azurecr.io"
MOVED = TagSpan("debian", "12", at(9))
NAMED = TagSpan("debian", "12", None)


def kin(number: int, layers: str, repository: str = "app", **changes: Any) -> Kin:
    """Make an image; each letter is a layer."""
    about = ImageId(changes.pop("registry", REGISTRY), digest(number))
    shown = msgspec.structs.replace(
        image_health(about, ImageState(), (), Severity.LOW, START),
        repository=repository,
        first_seen=changes.pop("first_seen", START),
        platform=changes.pop("platform", "linux/amd64"),
    )
    listed = changes.pop("listed", True)
    return Kin(shown, Lineage(tuple(map(LayerFindings, layers)), **changes), listed)


def told(image: Kin, *others: Kin) -> tuple[BaseKind, int, str] | None:
    base = Family([image, *others]).base_of(image)
    return (base.kind, base.layers, base.digest) if base else None


def test_the_longest_leading_layers_that_are_a_whole_image_are_the_base() -> None:
    image, small, large = kin(1, "abcd"), kin(2, "a", "debian"), kin(3, "abc", "python")
    assert told(image, small, large) == (BaseKind.IMAGE, 3, digest(3))
    assert told(image, small) == (BaseKind.IMAGE, 1, digest(2))


def test_an_image_with_all_the_same_layers_or_more_is_no_base() -> None:
    assert told(kin(1, "ab"), kin(2, "ab", "other"), kin(3, "abc", "third")) is None


def test_of_equal_bases_that_of_the_same_registry_and_then_one_that_is_still_there_is_told() -> None:
    image, far = kin(1, "ab"), kin(2, "a", "a-first", registry=ELSEWHERE)
    gone, near = kin(3, "a", "debian", listed=False), kin(4, "a", "python")
    assert told(image, far, gone, near) == (BaseKind.IMAGE, 1, digest(4))
    assert told(image, far, gone) == (BaseKind.IMAGE, 1, digest(3))
    assert told(image, far) == (BaseKind.IMAGE, 1, digest(2))


def test_else_the_layers_that_another_repository_has_too_are_the_base() -> None:
    assert told(kin(1, "abcx"), kin(2, "abcy", "mail"), kin(3, "az", "shop")) == (BaseKind.SHARED, 3, digest(2))


def test_what_only_the_same_repository_shares_is_no_base() -> None:
    assert told(kin(1, "abx"), kin(2, "aby")) is None


def test_what_was_built_on_an_image_tells_nothing_of_the_base_of_that_image() -> None:
    assert told(kin(1, "ab", "base"), kin(2, "abx", "shop"), kin(3, "aby", "mail")) is None


def test_a_tag_that_moved_on_to_the_image_itself_names_no_newer_base_of_it() -> None:
    image = kin(1, "abx", "debian", tags=(NAMED,), first_seen=at(9))
    base = Family([image, kin(2, "ab", "debian", tags=(MOVED,))]).base_of(image)
    assert base is not None
    assert (base.digest, base.newer) == (digest(2), None)


def test_what_an_image_says_comes_before_shared_layers_and_after_an_image_that_is_known() -> None:
    image = kin(1, "abx", stated=StatedBase("debian:12"))
    other, base = kin(2, "aby", "mail"), kin(3, "a", "debian")
    assert told(image, other, base) == (BaseKind.IMAGE, 1, digest(3))
    assert told(image, other) == (BaseKind.STATED, 2, digest(2))
    assert told(image) == (BaseKind.STATED, 0, "")


def test_without_layers_on_record_nothing_is_said() -> None:
    assert told(kin(1, ""), kin(2, "", "debian"), kin(3, "ab", "mail")) is None


NEWER = kin(3, "A", "debian", tags=(NAMED,), first_seen=at(5))


def newer_than_base(*owners: Kin, tags: tuple[TagSpan, ...] = (MOVED,)) -> str | None:
    image, base = kin(1, "ax"), kin(2, "a", "debian", tags=tags)
    found = Family([image, base, *owners]).base_of(image)
    assert found is not None
    return found.newer.digest if found.newer else None


def test_what_the_tag_of_a_base_names_now_is_the_newer_one() -> None:
    assert newer_than_base(NEWER) == digest(3)


@pytest.mark.parametrize(
    "owner",
    [
        kin(3, "A", "debian", tags=(NAMED,), first_seen=START),
        kin(3, "A", "debian", tags=(NAMED,), first_seen=at(5), platform="linux/arm64"),
        kin(3, "A", "debian", tags=(NAMED,), first_seen=at(5), registry=ELSEWHERE),
        kin(3, "A", "debian", tags=(NAMED,), first_seen=at(5), listed=False),
        kin(3, "A", "debian", tags=(MOVED,), first_seen=at(5)),
        kin(3, "A", "debian", tags=(TagSpan("other", "12", None),), first_seen=at(5)),
    ],
    ids=["set-back", "other-platform", "other-registry", "deleted", "moved-on-too", "other-repository"],
)
def test_what_is_not_newer_is_not_told(owner: Kin) -> None:
    assert newer_than_base(owner) is None


def test_a_base_that_its_tag_still_names_has_no_newer_one() -> None:
    assert newer_than_base(NEWER, tags=(TagSpan("debian", "11", None),)) is None


def test_of_several_tags_the_one_that_moved_on_last_tells() -> None:
    edge = kin(4, "B", "debian", tags=(TagSpan("debian", "edge", None),), first_seen=at(6))
    assert newer_than_base(NEWER, edge, tags=(MOVED, TagSpan("debian", "edge", at(7)))) == digest(3)
    assert newer_than_base(NEWER, edge, tags=(MOVED, TagSpan("debian", "edge", at(11)))) == digest(4)


LAYERS = st.text("ab", max_size=4)


@given(st.lists(st.tuples(LAYERS, st.sampled_from(["one", "two", "three"])), min_size=1, max_size=7), st.randoms())
def test_the_base_is_what_a_comparison_with_every_image_says_in_whichever_order(
    images: list[tuple[str, str]], random: Any
) -> None:
    everyone = [kin(number, layers, repository) for number, (layers, repository) in enumerate(images)]
    family = Family(random.sample(everyone, len(everyone)))
    for number, (layers, repository) in enumerate(images):
        base = family.base_of(everyone[number])
        proper = [layers[:size] for size in range(len(layers) - 1, 0, -1)]
        whole = [part for part in proper if part in {other for other, _ in images}]
        shared = [part for part in proper if _shared(part, layers, repository, images)]
        expected = (BaseKind.IMAGE, len(whole[0])) if whole else (BaseKind.SHARED, len(shared[0])) if shared else None
        assert (base and (base.kind, base.layers)) == expected


def _shared(part: str, layers: str, repository: str, images: list[tuple[str, str]]) -> bool:
    others = [other for other, where in images if where != repository and other.startswith(part)]
    return any(not other.startswith(layers[: len(part) + 1]) for other in others)
