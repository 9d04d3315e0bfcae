"""Text of strangers: what images, advisories and registries say must not be obeyed by a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: object) -> str:
    """Return text of one line in which nothing is left for a terminal to obey; nothing at all for None.

    Control characters, escape sequences, line ends, marks that turn the direction of writing, and halves of surrogate
    pairs become escapes such as ``\\x1b``: whatever Unicode calls no printable character.
    """
    if value is None:
        return ""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in str(value))


def moment(time: str | None) -> str:
    """Return a time of an answer (RFC 3339, UTC) to the second, - for none."""
    return f"{plain(time)[:19]}Z" if time else "-"


def short(digest: str) -> str:
    """Return the part of a digest that tells images of a registry apart."""
    return plain(digest.partition(":")[2][:12])


def pull_name(image: Mapping[str, Any]) -> str:
    """Return the name by which one pulls an image: its registry and repository, and a tag if it has one."""
    return plain(f"{image['registry']}/") + local_name(image)


def local_name(image: Mapping[str, Any]) -> str:
    """Return the name of an image within its registry: its repository, and a tag if it has one."""
    tags = image["tags"]
    return plain(f"{image['repository']}:{tags[0]}" if tags else image["repository"])


def counted(count: int, thing: str) -> str:
    """Return a number of things in words, such as ``1 image`` and ``2,000 images``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
