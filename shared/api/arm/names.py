"""Names of sub-assessments: GUIDs that stay the same for as long as an image has a finding.

The first half of a name comes from the image and its repository and the second from the finding, so that a name
leads to its image without a search through all findings. RFC 9562, section 5.8, leaves such a layout to its maker
(version 8).
"""

from __future__ import annotations

import hashlib


class SubAssessmentNames:
    """The names of all sub-assessments of an image in a repository."""

    def __init__(self, registry: str, repository: str, digest: str) -> None:
        text = _hex(registry, repository, digest)
        self._start = f"{text[:8]}-{text[8:12]}-8{text[12:15]}-"

    def name(self, finding_id: str) -> str:
        """Give the name of a finding: 36 characters."""
        text = _hex(finding_id)
        variant = "89ab"[int(text[0], 16) & 3]
        return f"{self._start}{variant}{text[1:4]}-{text[4:16]}"

    def may_hold(self, name: str) -> bool:
        """Say whether a name is one of a finding of this image."""
        return name.startswith(self._start)


def _hex(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
