"""What an image says about the image that it was built on: somebody's remark, not a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.domain.events import StatedBase
from shared.domain.references import is_digest

_NAME = "org.opencontainers.image.base.name"
_DIGEST = "org.opencontainers.image.base.digest"
_REFERENCE = re.compile(r"[!-~]{1,300}", re.ASCII)


def stated_base(remarks: Mapping[str, object]) -> StatedBase | None:
    """Read the base image from annotations or labels; what is no reference, or no digest, is left out.

    Source: OCI Image Specification 1.1, "Annotations", "Pre-Defined Annotation Keys".
    """
    name, digest = remarks.get(_NAME), remarks.get(_DIGEST)
    found = StatedBase(
        name=name if isinstance(name, str) and _REFERENCE.fullmatch(name) else "",
        digest=digest if isinstance(digest, str) and is_digest(digest) else "",
    )
    return found if found.name or found.digest else None
