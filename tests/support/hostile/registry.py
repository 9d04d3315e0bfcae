"""A registry that answers with whatever a test gives it: any bytes under any digest."""

from local.images.image import Image
from tests.support.acr import Received, RecordingServer, Reply


class LyingRegistry:
    """Serves manifests by reference with a media type of its choice, and blobs by digest."""

    def __init__(self) -> None:
        self._answers: dict[str, Reply] = {}
        self._server = RecordingServer(self._answer)
        self.host = self._server.host

    def add_manifest(self, reference: str, body: bytes, media_type: str) -> None:
        """Answer requests for a manifest, whatever its digest is."""
        self._answers[f"manifests/{reference}"] = Reply(200, body, {"Content-Type": media_type})

    def add(self, image: Image) -> None:
        """Answer requests for an image as an honest registry does."""
        self.add_manifest(image.digest, image.manifest, image.media_type)
        self._answers |= {f"blobs/{digest}": Reply(200, blob) for digest, blob in image.blobs.items()}

    def close(self) -> None:
        """End the server."""
        self._server.close()

    def _answer(self, request: Received) -> Reply:
        kind, _slash, reference = request.path.rpartition("/")
        return self._answers.get(f"{kind.rpartition('/')[2]}/{reference}", Reply(404))
