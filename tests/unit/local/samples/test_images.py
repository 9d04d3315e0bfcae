"""The sample images are what the first start promises."""

import json

from local.images.image import ImageIndex
from local.samples.images import build_samples


def test_there_is_a_sample_for_every_answer() -> None:
    names = [f"{sample.repository}:{sample.tag}" for sample in build_samples()]
    expected = [
        "samples/shop:1.0",
        "samples/shop:1.1",
        "samples/tools:1.0",
        "samples/legacy:1.0",
        "samples/mystery:1.0",
    ]
    assert names == expected


def test_every_call_makes_the_same_images() -> None:
    assert build_samples() == build_samples()


def test_the_upgraded_shop_keeps_the_first_layer_and_adds_one() -> None:
    old, new = (json.loads(image.manifest) for sample in build_samples()[:2] for image in sample.images)
    assert new["layers"][:1] == old["layers"]
    assert len(new["layers"]) == 2


def test_the_tools_are_an_index_of_two_platforms() -> None:
    tools = build_samples()[2]
    assert isinstance(tools.content, ImageIndex)
    assert [str(image.platform) for image in tools.images] == ["linux/amd64", "linux/arm64"]


def test_the_legacy_image_is_for_windows() -> None:
    (legacy,) = build_samples()[3].images
    assert (legacy.platform.os, legacy.platform.os_version) == ("windows", "10.0.20348.2227")
