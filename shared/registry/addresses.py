"""How far an address may lead: the guard against being sent to places that only this machine can reach.

A registry chooses where its blobs are downloaded from, and so could point the scanner at an internal service
or at the cloud's metadata address. A redirect may lead no deeper into the network than the registry itself lies:
a public registry to public addresses only, a registry behind a private endpoint also to private ones.
"""

import ipaddress
import socket
from enum import IntEnum

type IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Azure's platform address (DNS, health probes, the agent's secrets): public by its number, never by its meaning.
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
_PLATFORM = ipaddress.ip_address("168.63.129.16")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Reach(IntEnum):
    """Classes of addresses, from open to closed; ``NEVER`` is reached by nothing."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2
    NEVER = 3


def reach_of(address: str) -> Reach:
    """Classify a numeric IP address; one that carries an IPv4 address inside is classified by that one."""
    ip = _inner(ipaddress.ip_address(address.partition("%")[0]))
    # The unspecified address 0.0.0.0 connects to this machine.
    if ip.is_loopback or ip.is_unspecified:
        return Reach.LOOPBACK
    if ip.is_link_local or ip.is_multicast or ip == _PLATFORM:
        return Reach.NEVER
    return Reach.PUBLIC if ip.is_global else Reach.PRIVATE


def reach_of_host(host: str) -> Reach:
    """Resolve a host name or address and return the most closed class among its addresses. Raises OSError."""
    name = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except ValueError as error:
        # What the name service cannot even be asked for: a label too long, a zero byte.
        raise OSError(f"{ascii(name)[:100]} is no host name") from error
    return max(reach_of(str(entry[4][0])) for entry in found)


def _inner(ip: IPAddress) -> IPAddress:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
