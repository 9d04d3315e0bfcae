"""What an image says of its base: taken only where it is a reference or a digest."""

from typing import Any

import pytest

from shared.domain.base_notes import stated_base
from shared.domain.events import StatedBase
from tests.support.examples import digest

NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"


def test_name_and_digest_are_read() -> None:
    assert stated_base({NAME: "debian:12", DIGEST: digest(1), "other": "x"}) == StatedBase("debian:12", digest(1))


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak", "\x1b[31m", "é", "x" * 301, 7, None, ["debian"]])
def test_what_is_no_reference_and_no_digest_is_left_out(value: Any) -> None:
    assert stated_base({NAME: value, DIGEST: value}) is None
    assert stated_base({NAME: value, DIGEST: digest(1)}) == StatedBase("", digest(1))


def test_an_image_that_says_nothing_has_none() -> None:
    assert stated_base({}) is None
