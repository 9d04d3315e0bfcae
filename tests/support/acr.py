"""A stand-in for Azure Container Registry that speaks its protocol over real sockets on 127.0.0.1.

It knows the token exchange, redirects blobs to a storage server on another port, serves ranges, and fails on demand.
Every request is recorded. Source: the documentation of Azure Container Registry, "AAD-OAuth".
"""

import base64
import contextlib
import datetime
import ipaddress
import json
import re
import socket
import ssl
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.images.image import Image, ImageIndex

ENTRA_TOKEN = "entra-token-of-the-scanner"
ACR_TIME = "2026-11-02T10:00:00.123456Z"
_IDLE_SECONDS = 120


class Received(NamedTuple):
    """A request as it arrived; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes = b""


class Reply(NamedTuple):
    """An answer; with ``cut`` the connection is dropped after that many bytes of the body."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    cut: int | None = None


type Answerer = Callable[[Received], Reply]


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self._connections.append(connection)
        return connection, address

    def hang_up(self) -> None:
        """End every connection, so that no thread waits for another request on it."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print what went wrong, unless the client just hung up: some tests are about that."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()


class RecordingServer:
    """An HTTP/1.1 server that records what it receives and answers with a function."""

    def __init__(self, answerer: Answerer, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self._server = _QuietServer(_handler(answerer, self.received))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def seen(self, prefix: str) -> list[Received]:
        """Return the requests whose path begins so."""
        return [request for request in self.received if request.path.startswith(prefix)]

    def close(self) -> None:
        """End the server and its connections."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AcrStandIn:
    """One registry with its storage: ``registry`` and ``storage`` are its two servers.

    ``faults`` are answered first, one for each request whose path begins so. ``cuts`` are the numbers of bytes after
    which the next downloads from storage break. ``redirect`` is where blobs are, with ``{digest}`` inside.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.faults: list[tuple[str, Reply]] = []
        self.cuts: list[int] = []
        self.ignore_ranges = False
        self.anonymous = False
        self.storage_refusal: Reply | None = None
        self.token_seconds = 3600.0
        self.page_size = 2
        # Every connection has a thread: two requests at once must not get the same fault, cut or token.
        self._lock = threading.Lock()
        self._manifests: dict[str, tuple[str, bytes, str]] = {}
        self._blobs: dict[str, bytes] = {}
        self._refresh_tokens: set[str] = set()
        self._access_tokens: dict[str, str] = {}
        self._numbers = count()
        self.storage = RecordingServer(self._answer_storage, tls)
        self.registry = RecordingServer(self._answer_registry, tls)
        self.host = self.registry.host
        self.realm = f"{self.registry.url}/oauth2/token"
        self.redirect = f"{self.storage.url}/blobs/{{digest}}?sig=secret"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.registry.close()
        self.storage.close()

    def add(self, repository: str, content: Image | ImageIndex, tag: str) -> None:
        """Put an image into a repository, without the work of a push."""
        for image in content.images if isinstance(content, ImageIndex) else (content,):
            self._blobs.update(image.blobs)
            self._manifests[f"{repository}/manifests/{image.digest}"] = (*image[1:2], image.manifest, image.digest)
        for reference in (tag, content.digest):
            key = f"{repository}/manifests/{reference}"
            self._manifests[key] = (content.media_type, content.manifest, content.digest)

    def remove(self, repository: str, *references: str) -> None:
        """Take tags and digests out of a repository."""
        for reference in references:
            del self._manifests[f"{repository}/manifests/{reference}"]

    def revoke(self) -> None:
        """Reject every access token given so far."""
        self._access_tokens.clear()

    def _answer_registry(self, request: Received) -> Reply:
        with self._lock:
            return self._answer(request)

    def _answer(self, request: Received) -> Reply:
        for number, (prefix, reply) in enumerate(self.faults):
            if request.path.startswith(prefix):
                del self.faults[number]
                return reply
        path = urlsplit(request.path).path
        if path == "/oauth2/exchange":
            return self._exchange(request)
        if path == "/oauth2/token":
            return self._token(request)
        if path.startswith("/acr/v1/"):
            return self._listing(request, path.removeprefix("/acr/v1/"))
        repository, _, rest = path.removeprefix("/v2/").rpartition("/")[0].rpartition("/")
        if refusal := self._refusal(request, f"repository:{repository}:pull"):
            return refusal
        if rest == "blobs":
            digest = path.rpartition("/")[2]
            known = digest in self._blobs
            return Reply(307, headers={"Location": self.redirect.format(digest=digest)}) if known else Reply(404)
        return self._manifest(path.removeprefix("/v2/"))

    def _refusal(self, request: Received, scope: str) -> Reply | None:
        if self._access_tokens.get(request.headers.get("authorization", "")) == scope:
            return None
        challenge = f'Bearer realm="{self.realm}",service="{self.host}",scope="{scope}"'
        return Reply(401, headers={"WWW-Authenticate": challenge})

    def _listing(self, request: Received, path: str) -> Reply:
        """Answer with a page of the REST API: ``_catalog``, ``{name}/_tags`` or ``{name}/_manifests``."""
        repository, _, kind = path.rpartition("/")
        scope = "registry:catalog:*" if kind == "_catalog" else f"repository:{repository}:metadata_read"
        if refusal := self._refusal(request, scope):
            return refusal
        entries = self._entries(repository, kind)
        if not entries:
            return Reply(404, b'{"errors":[{"code":"NAME_UNKNOWN"}]}')
        query = dict(parse_qsl(urlsplit(request.path).query))
        rest = [name for name in sorted(entries) if name > query.get("last", "")]
        shown = rest[: min(self.page_size, int(query.get("n", "100")))]
        field = {"_catalog": "repositories", "_tags": "tags", "_manifests": "manifests"}[kind]
        body = {"registry": self.host, "imageName": repository, field: [entries[name] for name in shown]}
        more = (
            {"Link": f'</acr/v1/{path}?last={shown[-1]}&n=100&orderby=>; rel="next"'} if len(rest) > len(shown) else {}
        )
        return Reply(200, json.dumps(body).encode(), more)

    def _entries(self, repository: str, kind: str) -> dict[str, object]:
        held = {tuple(key.split("/manifests/")): found for key, found in self._manifests.items()}
        if kind == "_catalog":
            return {name: name for name, _ in held}
        time_of_all = {"createdTime": ACR_TIME, "lastUpdateTime": ACR_TIME}
        here = {reference: found for (name, reference), found in held.items() if name == repository}
        if kind == "_tags":
            return {
                reference: {"name": reference, "digest": found[2], "signed": False, **time_of_all}
                for reference, found in here.items()
                if not reference.startswith("sha256:")
            }
        return {
            reference: {"digest": reference, "imageSize": 1, "mediaType": found[0], **time_of_all}
            for reference, found in here.items()
            if reference.startswith("sha256:")
        }

    def _manifest(self, key: str) -> Reply:
        if key not in self._manifests:
            return Reply(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
        media_type, body, digest = self._manifests[key]
        return Reply(200, body, {"Content-Type": media_type, "Docker-Content-Digest": digest})

    def _exchange(self, request: Received) -> Reply:
        expected = {"grant_type": "access_token", "service": self.host, "access_token": ENTRA_TOKEN}
        if request.method != "POST" or request.form != expected:
            return Reply(401)
        self._refresh_tokens.add(token := _jwt(3 * 3600.0, next(self._numbers)))
        return Reply(200, json.dumps({"refresh_token": token}).encode())

    def _token(self, request: Received) -> Reply:
        query = dict(parse_qsl(urlsplit(request.path).query))
        if request.method == "GET":
            allowed, scope = self.anonymous and "authorization" not in request.headers, query.get("scope", "")
        else:
            fields = request.form
            allowed = fields.get("grant_type") == "refresh_token" and fields.get("service") == self.host
            allowed = allowed and fields.get("refresh_token") in self._refresh_tokens
            scope = fields.get("scope", "")
        if not allowed:
            return Reply(401)
        token = _jwt(self.token_seconds, next(self._numbers))
        self._access_tokens[f"Bearer {token}"] = scope
        return Reply(200, json.dumps({"access_token": token}).encode())

    def _answer_storage(self, request: Received) -> Reply:
        body = self._blobs.get(urlsplit(request.path).path.removeprefix("/blobs/"))
        if body is None or self.storage_refusal:
            return self.storage_refusal or Reply(404)
        with self._lock:
            cut = self.cuts.pop(0) if self.cuts else None
        match = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if not match or self.ignore_ranges:
            return Reply(200, body, cut=cut)
        start = int(match[1])
        if start >= len(body):
            return Reply(416)
        headers = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        return Reply(206, body[start:], headers, cut)


def make_tls(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for 127.0.0.1; return the context of a server, and the file that makes clients trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test registry")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = directory / "certificate.pem", directory / "key.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted


def _jwt(seconds: float, number: int) -> str:
    claims = {"exp": time.time() + seconds, "jti": number}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.signature"


def _handler(answerer: Answerer, received: list[Received]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _IDLE_SECONDS
        # Without it, the body of an answer waits for the acknowledgement of its headers.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            request = Received(self.command, self.path, headers, dict(parse_qsl(body.decode())), body)
            received.append(request)
            self._send(answerer(request))

        do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by http.server
            """Keep quiet: requests are recorded."""

    return Handler


def silent_listener() -> socket.socket:
    """Listen on a free port of 127.0.0.1 and never answer: whoever connects is seen by ``was_contacted``."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    return listener


def was_contacted(listener: socket.socket) -> bool:
    """Say whether anybody connected to a silent listener."""
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True
