"""Whether an image that was named can be pulled, found out before anything is measured."""

from benchmarks.failures import CannotRun
from benchmarks.image_name import ImageName
from benchmarks.subjects.scan import open_image
from shared.domain.failures import ScanFailure
from shared.services.pull_image import NotAnImage


def require_image(name: ImageName) -> None:
    """Read the manifest and the configuration of an image, or raise CannotRun."""
    try:
        open_image(name)
    except (ScanFailure, NotAnImage) as error:
        raise CannotRun(f"{name} cannot be scanned, name another image with --image: {error}") from error
