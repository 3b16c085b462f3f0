"""No spelling of an address that is not public gets past the check."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.kit.addresses import AllowedPlaces, is_public, parse

PRIVATE = [
    ip_network(it)
    for it in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
               "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4")
]  # fmt: skip
PRIVATE6 = [
    ip_network(it)
    for it in ("::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "2002::/16",
               "2001::/32", "64:ff9b:1::/48")
]  # fmt: skip


def inside(networks):
    return st.sampled_from(networks).flatmap(
        lambda it: st.integers(int(it.network_address), int(it.broadcast_address))
    )


@given(inside(PRIVATE))
def test_private_ipv4_in_every_form(number: int) -> None:
    plain = IPv4Address(number)
    assert not is_public(parse(str(plain)))
    assert not is_public(parse(f"::ffff:{plain}"))
    assert not is_public(parse(str(IPv6Address((0x64FF9B << 96) | number))))
    assert not is_public(parse(str(IPv6Address((0x2002 << 112) | (number << 80)))))


@given(inside(PRIVATE6))
def test_private_ipv6(number: int) -> None:
    assert not is_public(parse(str(IPv6Address(number))))


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "fe80::1%eth0"]
)
def test_what_clouds_tell_their_machines(address: str) -> None:
    assert not is_public(parse(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    assert is_public(parse(address))


class TestAllowedPlaces:
    def test_a_network(self) -> None:
        allowed = AllowedPlaces(["10.1.0.0/16", "::1"])
        assert allowed.may_connect("a.example", parse("10.1.2.3"))
        assert allowed.may_connect("a.example", parse("::ffff:10.1.2.3"))
        assert allowed.may_connect("localhost", parse("::1"))
        assert not allowed.may_connect("a.example", parse("10.2.0.1"))

    def test_a_host(self) -> None:
        allowed = AllowedPlaces(["NAS.local"])
        assert allowed.may_connect("nas.local.", parse("192.168.1.9"))
        assert not allowed.may_connect("other.local", parse("192.168.1.9"))
