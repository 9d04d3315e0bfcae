"""Connection pools: one for registries, and one for each class of addresses that a redirect may lead to."""

import socket
import ssl
import threading

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.addresses import Reach, reach_of, reach_of_host
from shared.registry.interface import USER_AGENT

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
_HOSTS = 32
_CONNECTIONS_PER_HOST = 8


class Pools:
    """Keeps connections alive for the whole process; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._managers: dict[Reach, urllib3.PoolManager] = {}
        self._tls: ssl.SSLContext | None = None

    def within(self, limit: Reach) -> urllib3.PoolManager:
        """Return the pool whose connections go no deeper into the network than ``limit``."""
        with self._lock:
            if limit not in self._managers:
                self._managers[limit] = self._make(limit)
            return self._managers[limit]

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            for manager in self._managers.values():
                # clear() alone leaves a connection open for as long as anybody holds a response of it.
                for key in manager.pools.keys():  # noqa: SIM118 - it refuses plain iteration
                    manager.pools[key].close()
                manager.clear()

    def _make(self, limit: Reach) -> urllib3.PoolManager:
        # One TLS context for all: urllib3 would load the certificates of the system for every connection.
        self._tls = self._tls or _tls_context()
        manager = urllib3.PoolManager(
            num_pools=_HOSTS,
            maxsize=_CONNECTIONS_PER_HOST,
            headers={"User-Agent": USER_AGENT},
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
            ssl_context=self._tls,
        )
        manager.pool_classes_by_scheme = _guarded_pools(limit)
        return manager


def _tls_context() -> ssl.SSLContext:
    context = urllib3.util.create_urllib3_context()
    context.load_default_certs()
    return context


def _guarded_pools(limit: Reach) -> dict[str, type[HTTPConnectionPool]]:
    class GuardedPlain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            _check_host(self.host, limit)
            return _checked_peer(super()._new_conn(), limit)

    class GuardedTls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            _check_host(self.host, limit)
            return _checked_peer(super()._new_conn(), limit)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = GuardedPlain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = GuardedTls

    return {"http": PlainPool, "https": TlsPool}


def _check_host(host: str, limit: Reach) -> None:
    # Before connecting, so that a forbidden address is not even probed.
    try:
        found = reach_of_host(host)
    except OSError:
        # A name that does not resolve is reported by the connection itself, with its cause.
        return
    if found > limit:
        raise _forbidden(host)


def _checked_peer(connected: socket.socket, limit: Reach) -> socket.socket:
    # And after: a hostile name server may give another address when the name is resolved again.
    peer = str(connected.getpeername()[0])
    if reach_of(peer) > limit:
        connected.close()
        raise _forbidden(peer)
    return connected


def _forbidden(host: str) -> ScanFailure:
    return ScanFailure(
        FailureReason.REGISTRY_NOT_ALLOWED,
        f"the registry sent the scanner to {ascii(host)[:100]}, an address deeper in the network than its own: "
        "not followed",
    )
