"""How images are named on the command line, and in tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.interface import Session, WrongUse
from cli.text import local_name, plain, pull_name

if TYPE_CHECKING:
    from shared.bootstrap import App
    from shared.domain.references import ImageId

_SHORT = re.compile(r"(sha256:)?([0-9a-f]{6,63})", re.ASCII)


def naming(session: Session, images: Iterable[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], str]:
    """Return what names the images of a table: with their registry, unless a terminal would show one and the same."""
    registries = {image["registry"] for image in images}
    if len(registries) != 1 or not session.console.is_terminal:
        return pull_name
    session.remark(f"Registry: {plain(registries.pop())}")
    return local_name


def image_named(app: App, registry: str, digest: str, at: datetime | None) -> ImageId:
    """Return the image of a registry whose digest is given, or begins like that.

    Raise ImageNotFound, WrongUse where it may be several, or ApiError for what names none.
    """
    from shared.api import parameters

    begins = _SHORT.fullmatch(digest)
    if begins is None:
        return parameters.image_id(registry, digest)
    return _only_one(app, registry, f"sha256:{begins[2]}", at)


def _only_one(app: App, registry: str, begin: str, at: datetime | None) -> ImageId:
    from shared.api import parameters
    from shared.domain.references import ImageId
    from shared.services.query_images import ImageNotFound

    wanted = parameters.image_filter({"registry": registry})
    images = (answer.health for answer in app.query_images.images_matching(wanted, at))
    digests = [image.digest for image in images if image.digest.startswith(begin)]
    if not digests:
        raise ImageNotFound(f"no image of {registry} has a digest that begins with {begin}: `images` lists them")
    if len(digests) > 1:
        raise WrongUse(f"{len(digests)} images of {registry} begin with {begin}: give more of the digest")
    return ImageId(registry, digests[0])
