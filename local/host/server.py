"""The HTTP server: uvicorn on 127.0.0.1, stopped by the host and not by its own signal handlers."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn

from local.host.errors import HostRefused
from local.host.http import HttpFront

_ADDRESS = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """Reserve a port of 127.0.0.1 without listening yet; raises ``HostRefused`` if it is in use."""
    # Without the protocol spelt out, asyncio leaves TCP_NODELAY off, and every answer is 40 ms late.
    address = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        address.bind((_ADDRESS, port))
    except OSError as error:
        address.close()
        raise _refusal(port, error) from error
    return address


async def serve_http(address: socket.socket, front: HttpFront, stop: asyncio.Event, drain_seconds: int) -> None:
    """Serve until ``stop`` is set, then for ``drain_seconds`` let the requests under way end."""
    try:
        address.listen()
    except OSError as error:
        raise _refusal(address.getsockname()[1], error) from error
    config = uvicorn.Config(
        front,
        http="httptools",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=drain_seconds,
    )
    server = _Server(config)
    stopping = asyncio.create_task(_stop(server, stop))
    try:
        await server.serve(sockets=[address])
    finally:
        stopping.cancel()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the host, which has more to stop than this server."""
        yield


async def _stop(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def _refusal(port: int, error: OSError) -> HostRefused:
    if error.errno == errno.EADDRINUSE:
        return HostRefused(f"port {port} is in use: pass --port or stop the other program")
    return HostRefused(f"port {port} cannot be used: {error.strerror}")
