"""The name of an image on the command line: registry, repository and tag."""

from typing import NamedTuple

from shared.domain.references import InvalidReference, parse_registry, parse_repository, parse_tag


class ImageName(NamedTuple):
    """An image in a registry that asks for no authentication; one on this machine is reached without TLS."""

    host: str
    repository: str
    tag: str

    @property
    def url(self) -> str:
        """The base address of the registry, as the setting REGISTRIES has it."""
        local = self.host.partition(":")[0] in ("127.0.0.1", "localhost")
        return f"{'http' if local else 'https'}://{self.host}"

    def __str__(self) -> str:
        return f"{self.host}/{self.repository}:{self.tag}"


def parse_image_name(text: str) -> ImageName:
    """Parse a name like ``127.0.0.1:5055/team/app:1.0``, or raise InvalidReference."""
    host, slash, rest = text.partition("/")
    repository, colon, tag = rest.rpartition(":")
    if not slash or not colon:
        raise InvalidReference(f"{ascii(text)[:200]} is no image name such as 127.0.0.1:5055/team/app:1.0")
    return ImageName(parse_registry(host), parse_repository(repository), parse_tag(tag))
