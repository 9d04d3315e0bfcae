"""The notifications that docker-registry sends, parsed from JSON that is not trusted.

Shape: https://distribution.github.io/distribution/about/notifications/ ("Events").
"""

import msgspec

MEDIA_TYPE = "application/vnd.docker.distribution.events.v1+json"

_MANIFEST_MEDIA_TYPES = frozenset(
    {
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
    }
)


class InvalidNotification(ValueError):
    """A body that is not an envelope of registry events."""


class Target(msgspec.Struct, frozen=True, rename="camel"):
    """What was pushed, pulled or deleted; a deletion names a digest or a tag and nothing else."""

    repository: str
    digest: str = ""
    tag: str = ""
    media_type: str = ""
    size: int = 0
    length: int = 0

    @property
    def is_manifest(self) -> bool:
        """Say whether this is an image or an index rather than a blob."""
        return self.media_type in _MANIFEST_MEDIA_TYPES


class Request(msgspec.Struct, frozen=True):
    """The request that caused an event."""

    id: str = ""
    addr: str = ""
    host: str = ""
    method: str = ""
    useragent: str = ""


class Actor(msgspec.Struct, frozen=True):
    """Who made the request; without a name on a registry that asks for none."""

    name: str = ""


class Notification(msgspec.Struct, frozen=True):
    """One event of the registry; ``id`` stays the same when the registry sends it again."""

    id: str
    timestamp: str
    action: str
    target: Target
    request: Request = Request()
    actor: Actor = Actor()


class _Envelope(msgspec.Struct, frozen=True):
    events: list[Notification]


_DECODER = msgspec.json.Decoder(_Envelope)


def parse_notifications(body: bytes) -> list[Notification]:
    """Return the events of an envelope in their order, or raise InvalidNotification."""
    try:
        return _DECODER.decode(body).events
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidNotification(f"not an envelope of registry events: {error}") from error
