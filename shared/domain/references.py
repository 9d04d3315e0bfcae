"""Names of images: registries, repositories, tags and digests of a strict grammar.

Grammar: OCI Distribution Specification 1.1, "Pulling manifests"; the repository length limit is ACR's.
"""

import re
from typing import NamedTuple

_REGISTRY = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_REPOSITORY = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*", re.ASCII)
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}", re.ASCII)
_MAX_REPOSITORY = 255


class InvalidReference(ValueError):
    """A registry, repository, tag or digest that does not follow the grammar."""


class ImageId(NamedTuple):
    """What identifies an image: the login server and the digest of its platform manifest."""

    registry: str
    digest: str


def parse_registry(text: object) -> str:
    """Return a login server such as ``contoso.azurecr.io`` or ``127.0.0.1:5055``, or raise InvalidReference."""
    return _checked(text, _REGISTRY, "registry")


def parse_repository(text: object) -> str:
    """Return a repository name such as ``team/app``, or raise InvalidReference."""
    name = _checked(text, _REPOSITORY, "repository")
    if len(name) > _MAX_REPOSITORY:
        raise InvalidReference(f"repository name is longer than {_MAX_REPOSITORY} characters")
    return name


def parse_tag(text: object) -> str:
    """Return a tag such as ``v1.2``, or raise InvalidReference."""
    return _checked(text, _TAG, "tag")


def parse_digest(text: object) -> str:
    """Return a digest such as ``sha256:…`` (64 hex digits), or raise InvalidReference."""
    return _checked(text, _DIGEST, "digest")


def is_digest(text: str) -> bool:
    """Say whether a reference is a digest rather than a tag."""
    return _DIGEST.fullmatch(text) is not None


def _checked(text: object, grammar: re.Pattern[str], kind: str) -> str:
    # The length is checked first: a hostile megabyte never reaches the regular expression.
    if not isinstance(text, str) or len(text) > 512 or not grammar.fullmatch(text):
        shown = ascii(text)[:80] if isinstance(text, str) else type(text).__name__
        raise InvalidReference(f"not a valid {kind}: {shown}")
    return text
