"""Where webhooks may be sent: to https addresses in the world, never into the house's own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

NAT64 = IPv6Network("64:ff9b::/96")
OWN_NAMES = (".localhost", ".local", ".internal", ".intranet", ".home.arpa")
"""Ends of names that no public server has."""
LONGEST = 2000


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of the public internet's, also when it is wrapped into another."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _wrapped(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, translated or tunnelled."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def fault_of(url: str, *, internal_allowed: bool) -> str | None:
    """What keeps this from being an endpoint's address, as far as the address alone tells; None for a good one.

    What its name resolves to is looked at whenever something is sent.
    """
    if len(url) > LONGEST or any(not "!" <= letter <= "~" for letter in url):
        return f"should be at most {LONGEST} visible ASCII characters"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "should be an address"
    if parts.scheme != "https" and not (internal_allowed and parts.scheme == "http"):
        return "should begin with https://"
    if not host or parts.username is not None or parts.fragment or "@" in parts.netloc:
        return "should name a host, and neither user nor fragment"
    return None if internal_allowed else _fault_of_host(host)


def _fault_of_host(host: str) -> str | None:
    name = f".{host.rstrip('.').lower()}"
    if name.endswith(OWN_NAMES) or ("." not in name[1:] and ":" not in host):
        return f"names {host}, which is no host of the public internet"
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return None if is_public(address) else f"names {host}, which is no address of the public internet"
