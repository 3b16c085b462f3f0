"""Which addresses of the internet Kith may connect to on somebody else's word.

What counts is the address a name resolves to, not how it is written: `2130706433`, `0x7f.1`, `0177.0.0.1`
and `::ffff:127.0.0.1` all come here as 127.0.0.1.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Inside this one an IPv4 address is carried in the last 32 bits (NAT64).
_TRANSLATED = IPv6Network("64:ff9b::/96")
# Public by their numbers, yet what a cloud tells its own machines, keys among it, or tunnels anywhere.
_NEVER: tuple[Network, ...] = (
    IPv4Network("168.63.129.16/32"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2001::/23"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("100::/64"),
    IPv6Network("fec0::/10"),
)


def parse(text: str) -> Address:
    """An address as the resolver says it; what IPv6 says of an IPv4 address is that address."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether it belongs to a machine of the internet at large, and to one machine only."""
    is_special = (
        address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
        or address.is_reserved or address.is_unspecified
    )  # fmt: skip
    return address.is_global and not is_special and not any(_holds(it, address) for it in _NEVER)


class AllowedPlaces:
    """Hosts by name, and networks, that may be connected to although they are not public."""

    def __init__(self, places: Sequence[str] = ()) -> None:
        self._networks: list[Network] = []
        self._hosts: set[str] = set()
        for place in places:
            try:
                self._networks.append(ip_network(place.strip("[]"), strict=False))
            except ValueError:
                self._hosts.add(place.lower().rstrip("."))

    def may_connect(self, host: str, address: Address) -> bool:
        if is_public(address) or host.lower().rstrip(".") in self._hosts:
            return True
        return any(_holds(network, address) for network in self._networks)


def _holds(network: Network, address: Address) -> bool:
    return network.version == address.version and address in network
