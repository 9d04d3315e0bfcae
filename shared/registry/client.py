"""The client for the pulling half of the OCI Distribution Specification 1.1.

Our own, on urllib3: azure-containerregistry 1.2.0 keeps no token (four requests for each one), and downloads a
blob in ranges of 4 MiB, of which every one repeats that.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from urllib3.util import parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference, is_digest, parse_digest, parse_repository, parse_tag
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.blobs import stream_blob
from shared.registry.configs import check_is_image, parse_config
from shared.registry.interface import (
    AadTokens,
    BasicCredential,
    Descriptor,
    ImageConfig,
    ImageManifest,
    IndexManifest,
)
from shared.registry.limits import DEFAULT_LIMITS, MOST_LISTING_BYTES, ManifestLimits
from shared.registry.manifests import ACCEPT, parse_manifest
from shared.registry.pools import Pools
from shared.registry.refusals import refused
from shared.registry.retries import RetryPolicy
from shared.registry.token_services import TokenServices
from shared.registry.tokens import Authenticator, pull_scope
from shared.registry.web import Answer, Request, Web, collect

_DIGEST_HEADER = "Docker-Content-Digest"


class Document(NamedTuple):
    """A whole answer: from which registry, with its status and headers, and its body."""

    endpoint: Endpoint
    answer: Answer
    body: bytes


class RegistryClient:
    """Reads manifests, configurations and blobs of allowed registries; one for the process, safe for many threads.

    ``aad`` gives tokens for Azure's registries; without it they are read anonymously. ``passwords`` are by login
    server, for registries that take no Microsoft Entra token. Implements ImageRegistry.
    """

    def __init__(
        self,
        allowlist: Allowlist,
        *,
        aad: AadTokens | None = None,
        passwords: Mapping[str, BasicCredential] | None = None,
        retries: RetryPolicy | None = None,
        limits: ManifestLimits | None = None,
    ) -> None:
        self._allowlist = allowlist
        self._retries = retries or RetryPolicy()
        self._limits = limits or DEFAULT_LIMITS
        self._pools = Pools()
        self._web = Web(self._pools)
        services = TokenServices(self._web, self._retries)
        self._authenticator = Authenticator(services, aad, passwords or {})

    def close(self) -> None:
        """Close the idle connections."""
        self._pools.close()

    def resolve(self, registry: str, repository: str, reference: str) -> str:
        """Return the digest that a tag points at now. Raises ScanFailure, InvalidReference."""
        endpoint = self._allowlist.endpoint(registry)
        path = f"manifests/{_reference(reference)}"
        answer = self._open(endpoint, repository, "HEAD", path, {"Accept": ACCEPT})
        answer.discard()
        what = _manifest_name(repository, reference)
        # Why it is forbidden is said in a body, which HEAD has not.
        if answer.status in (401, 404):
            raise refused(endpoint, answer, what, FailureReason.MANIFEST_MISSING, body=b"")
        named = _named_digest(answer)
        # Not every registry answers HEAD, or names the digest there.
        if answer.status != 200 or named is None:
            return self.manifest(registry, repository, reference).digest
        if is_digest(reference) and named != reference:
            raise _mismatch(endpoint, what)
        return named

    def manifest(self, registry: str, repository: str, reference: str) -> ImageManifest | IndexManifest:
        """Return the manifest behind a tag or digest, its digest verified. Raises ScanFailure, InvalidReference."""
        endpoint = self._allowlist.endpoint(registry)
        path = f"manifests/{_reference(reference)}"
        what = _manifest_name(repository, reference)

        def attempt() -> tuple[Answer, bytes]:
            answer = self._open_once(endpoint, repository, "GET", path, {"Accept": ACCEPT})
            if answer.status != 200:
                raise refused(endpoint, answer, what, FailureReason.MANIFEST_MISSING)
            return answer, answer.read(self._limits.manifest_bytes, what)

        answer, body = self._retries.run(attempt)
        expected = reference if is_digest(reference) else _named_digest(answer)
        algorithm = expected.partition(":")[0] if expected else "sha256"
        digest = f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"
        if expected not in (None, digest):
            raise _mismatch(endpoint, what)
        return parse_manifest(body, digest, answer.header("Content-Type"), self._limits)

    def config(self, registry: str, repository: str, manifest: ImageManifest) -> ImageConfig:
        """Return the configuration of an image, its digest verified. Raises ScanFailure, InvalidReference."""
        check_is_image(manifest, self._limits)
        what = f"configuration {repository}@{manifest.config.digest}"
        chunks = self.blob(registry, repository, manifest.config)
        return parse_config(collect(chunks, self._limits.config_bytes, what), manifest)

    def blob(self, registry: str, repository: str, descriptor: Descriptor) -> Iterator[bytes]:
        """Stream a blob with one request, resumed where a connection breaks; nothing is sent before the first chunk.

        Chunks have up to 512 KiB. What was yielded counts only once the iterator ends: a wrong digest is known
        no sooner. Raises ScanFailure, InvalidReference.
        """
        endpoint = self._allowlist.endpoint(registry)
        path = f"blobs/{parse_digest(descriptor.digest)}"
        what = f"blob {repository}@{descriptor.digest}"

        def open_at(offset: int) -> Answer:
            headers = {"Range": f"bytes={offset}-"} if offset else {}
            answer = self._open(endpoint, repository, "GET", path, headers)
            if answer.status not in ((200, 206, 416) if offset else (200,)):
                raise refused(endpoint, answer, what, FailureReason.BLOB_MISSING)
            return answer

        return stream_blob(open_at, descriptor, self._retries)

    def document(self, registry: str, path: str, scope: str, what: str, headers: Mapping[str, str]) -> Document:
        """Read what is no manifest or blob, such as a page of the catalog, whatever its status. Raises ScanFailure."""
        endpoint = self._allowlist.endpoint(registry)
        url = parse_url(endpoint.url + path)

        def attempt() -> Document:
            answer = self._authorized(endpoint, scope, Request("GET", url, headers))
            body = answer.read(MOST_LISTING_BYTES, what)
            return Document(endpoint, answer, body)

        return self._retries.run(attempt)

    def _open(self, endpoint: Endpoint, repository: str, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        return self._retries.run(lambda: self._open_once(endpoint, repository, method, path, headers))

    def _open_once(
        self, endpoint: Endpoint, repository: str, method: str, path: str, headers: Mapping[str, str]
    ) -> Answer:
        url = parse_url(f"{endpoint.url}/v2/{parse_repository(repository)}/{path}")
        return self._authorized(endpoint, pull_scope(repository), Request(method, url, headers))

    def _authorized(self, endpoint: Endpoint, scope: str, request: Request) -> Answer:
        authorization = self._authenticator.header(endpoint, scope)
        answer = self._web.follow(endpoint, _with(request, authorization))
        if answer.status != 401 or answer.foreign:
            return answer
        answer.discard()
        challenge = answer.header("WWW-Authenticate")
        authorization = self._authenticator.renewed(endpoint, scope, challenge, authorization)
        return self._web.follow(endpoint, _with(request, authorization))


def _with(request: Request, authorization: str) -> Request:
    return request._replace(headers={**request.headers, "Authorization": authorization}) if authorization else request


def _reference(text: str) -> str:
    return text if is_digest(text) else parse_tag(text)


def _manifest_name(repository: str, reference: str) -> str:
    return f"manifest {repository}{'@' if is_digest(reference) else ':'}{reference}"


def _named_digest(answer: Answer) -> str | None:
    try:
        return parse_digest(answer.header(_DIGEST_HEADER))
    except InvalidReference:
        # The header is optional (specification, "Pulling manifests"), and the digest of the bytes decides.
        return None


def _mismatch(endpoint: Endpoint, what: str) -> ScanFailure:
    text = f"{endpoint.host} sent other bytes for {what} than its digest names: check its storage, or what lies between"
    return ScanFailure(FailureReason.DIGEST_MISMATCH, text)
