"""Which network addresses are public: all others lead into this machine or a private network."""

import ipaddress
from collections.abc import Iterator

from rag.errors import ArticleError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that has been given to anyone so far
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # the way to an IPv4 address where only IPv6 is spoken
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")  # before the IPv4 address that the last four bytes are


class PrivateAddressError(ArticleError):
    """The address leads into this machine or a private network."""


def require_public(host: str, address: str) -> None:
    """Refuse an address that is not public, or that carries an IPv4 address that is not.

    Args:
        host: The name that led to it.
        address: As the resolver wrote it.

    Raises:
        PrivateAddressError: It is refused.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if not all(_is_public(one) for one in (parsed, *_carried(parsed))):
        raise PrivateAddressError(
            "Địa chỉ {host} trỏ vào máy này hoặc mạng nội bộ ({address}).",
            "Hãy đặt HOIDAP_WEB_ALLOW_PRIVATE=true nếu bạn tin trang này.",
            host=host,
            address=address,
        )


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _NAT64:
        # Elsewhere lie loopback, link-local, site-local, "IPv4-compatible" ones (::127.0.0.1) and private NAT64.
        return address in _GLOBAL_UNICAST and address not in _DOCUMENTATION and address.is_global
    return address.is_global and not address.is_multicast


def _carried(address: _Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to in the end."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address.packed[8:12] in _ISATAP:
        carried.append(ipaddress.IPv4Address(address.packed[-4:]))
    yield from (one for one in carried if one is not None)
