"""How many images are healthy, and what follows for the status of a registry and for the secure score.

An image that could not be assessed earns nothing: it counts as unhealthy, so that a scan that fails never makes a
registry or a score look better. Unsupported images have no influence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from shared.domain.image_health import Health, ImageHealth


class Tally(NamedTuple):
    """Images by health."""

    healthy: int
    unhealthy: int
    not_assessed: int
    unsupported: int

    @classmethod
    def of(cls, images: Iterable[ImageHealth]) -> Tally:
        """Count images."""
        counts = Counter(image.health for image in images)
        return cls(
            healthy=counts[Health.HEALTHY],
            unhealthy=counts[Health.UNHEALTHY],
            not_assessed=counts[Health.NOT_ASSESSED],
            unsupported=counts[Health.UNSUPPORTED],
        )

    @property
    def counted(self) -> int:
        """The images that have an influence."""
        return self.healthy + self.unhealthy + self.not_assessed

    def healthy_share(self, parts: int) -> int:
        """Give how many of some equal parts the healthy images make, rounded down; 0 where none counts.

        Rounded down, so that one bad image among thousands is still seen.
        """
        return parts * self.healthy // self.counted if self.counted else 0

    @property
    def status(self) -> dict[str, str]:
        """The status of an assessment of these images."""
        if self.unhealthy:
            return _status("Unhealthy", "", f"{self.unhealthy} of {self.counted} images are unhealthy")
        if self.not_assessed:
            return _status("Unhealthy", "NotAssessed", f"{self.not_assessed} of {self.counted} images are not assessed")
        if self.healthy:
            return _status("Healthy", "", "")
        if self.unsupported:
            return _status("NotApplicable", "Unsupported", f"none of {self.unsupported} images is supported")
        return _status("NotApplicable", "NoImages", "no image of this registry is known")


def _status(code: str, cause: str, description: str) -> dict[str, str]:
    return {"code": code, "cause": cause, "description": description}
