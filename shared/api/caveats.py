"""What has to be known of an answer, besides what it says: a header of every answer, and a field of JSON bodies."""

from __future__ import annotations

from typing import Any

import msgspec

CAVEAT_HEADER = "X-Plimsoll-Caveat"
CAVEAT = "caveat"
ABOUT = "What has to be known of the whole answer: that the plan is off. It is there only where there is something."


def with_caveat(body: Any, caveat: str) -> Any:
    """Give a body with what has to be known of it, as it is where there is nothing."""
    return {**msgspec.to_builtins(body), **caveat_property(caveat)} if caveat else body


def caveat_property(caveat: str) -> dict[str, str]:
    """Give what has to be known as a property among others; none where there is nothing."""
    return {CAVEAT: caveat} if caveat else {}


def caveat_headers(caveat: str) -> dict[str, str]:
    """Give the header that says what has to be known of an answer; none where there is nothing."""
    return {CAVEAT_HEADER: caveat} if caveat else {}
