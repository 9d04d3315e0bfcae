"""What a hostile image is in the tests: how it is made, and what the service has to answer."""

from collections.abc import Callable
from dataclasses import dataclass

from local.images.image import Image, build_image
from local.images.layers import Layer, sha256
from shared.domain.image_health import Health
from tests.support.docker_registry import DockerRegistry
from tests.support.made_images import debian_layer

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
PLAIN = "application/vnd.oci.image.layer.v1.tar"

NOT_ASSESSED, UNHEALTHY = Health.NOT_ASSESSED, Health.UNHEALTHY


@dataclass(frozen=True)
class Case:
    """One hostile image; ``reason`` must be part of the reason that is shown, ``after`` spoils what was pushed."""

    name: str
    make: Callable[[], Image]
    health: Health
    reason: str = ""
    after: Callable[[DockerRegistry, Image], None] | None = None


FLAWED, SOUND = {"openssl": "3.0.1-1"}, {"openssl": "3.0.15-1"}
"""Packages with a known flaw, and without."""


def over_base(*layers: Layer, flawed: bool = False) -> Image:
    """Make an image of hostile layers over a sound Debian, which looks healthy once they are overlooked.

    One that is ``flawed`` is for layers that are only odd: the flaw below them has to be found.
    """
    return build_image([debian_layer(FLAWED if flawed else SOUND), *layers])


def layer_of(archive: bytes, media_type: str = PLAIN, blob: bytes | None = None) -> Layer:
    """Make a layer of an archive, or of a blob that claims to hold it."""
    stored = archive if blob is None else blob
    return Layer(media_type, stored, sha256(stored), sha256(archive))
