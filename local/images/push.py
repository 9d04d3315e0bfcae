"""Pushing images to a registry without authentication, byte for byte.

Source: OCI Distribution Specification 1.1, "Push" and "Content management".
"""

from collections.abc import Mapping
from urllib.parse import urljoin

import urllib3

from local.images.image import Image, ImageIndex

_TIMEOUT_SECONDS = 60.0


class PushRefused(Exception):
    """The registry did not take, or did not delete, what was sent to it."""


def push(base_url: str, repository: str, content: Image | ImageIndex, tag: str | None = None) -> str:
    """Push an image, or an index with its images, and return its digest.

    ``base_url`` is like ``http://127.0.0.1:5055``. Without a tag the manifest is reachable by digest only.
    Raises PushRefused.
    """
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT_SECONDS) as pool:
        target = _Repository(pool, f"{base_url.rstrip('/')}/v2/{repository}")
        if isinstance(content, ImageIndex):
            for image in content.images:
                target.put_image(image, image.digest)
            target.put_manifest(content, tag or content.digest)
        else:
            target.put_image(content, tag or content.digest)
    return content.digest


def delete_manifest(base_url: str, repository: str, digest: str) -> None:
    """Delete a manifest, and with it every tag that points at it. Raises PushRefused."""
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT_SECONDS) as pool:
        target = _Repository(pool, f"{base_url.rstrip('/')}/v2/{repository}")
        target.send("DELETE", f"manifests/{digest}", 202)


class _Repository:
    def __init__(self, pool: urllib3.PoolManager, url: str) -> None:
        self._pool = pool
        self._url = url

    def put_image(self, image: Image, reference: str) -> None:
        for digest, blob in image.blobs.items():
            self._put_blob(digest, blob)
        self.put_manifest(image, reference)

    def put_manifest(self, content: Image | ImageIndex, reference: str) -> None:
        headers = {"Content-Type": content.media_type}
        answer = self.send("PUT", f"manifests/{reference}", 201, content.manifest, headers)
        stored = answer.headers.get("Docker-Content-Digest")
        if stored != content.digest:
            raise PushRefused(f"{self._url} stored {content.digest} as {stored}: the bytes were changed on the way")

    def _put_blob(self, digest: str, blob: bytes) -> None:
        if self._request("HEAD", f"{self._url}/blobs/{digest}").status == 200:
            return
        upload = urljoin(f"{self._url}/", self.send("POST", "blobs/uploads/", 202).headers["Location"])
        separator = "&" if "?" in upload else "?"
        headers = {"Content-Type": "application/octet-stream"}
        self.send("PUT", f"{upload}{separator}digest={digest}", 201, blob, headers)

    def send(
        self,
        method: str,
        path: str,
        expected: int,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        url = urljoin(f"{self._url}/", path)
        answer = self._request(method, url, body, headers)
        if answer.status != expected:
            said = ascii(answer.data[:300])
            raise PushRefused(f"{method} {url} was answered with {answer.status} instead of {expected}: {said}")
        return answer

    def _request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(method, url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise PushRefused(f"{method} {url} failed: {error}. Is the registry running?") from error
