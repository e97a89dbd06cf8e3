"""Which addresses are of the public internet."""

import pytest

from store.domain.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "93.184.215.14", "172.32.0.1", "11.0.0.1", "100.128.0.1"),
        *("2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888"),
    ],
)
def test_what_is_of_the_public_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # This machine, its network, its neighbours, and the clouds' metadata.
        *("127.0.0.1", "127.8.9.1", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.1"),
        *("192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16.", "fd00:ec2::254"),
        *(
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fdff::1",
            "fec0::1",
            "2606:4700::1%1",
        ),
        # What registries keep for protocols, benchmarks, documentation, later and everybody.
        *("192.0.0.8", "192.0.0.9", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "240.0.0.1"),
        *("255.255.255.255", "224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),
        *("2001:db8::1", "3fff::1", "5f00::1", "100::1", "2001:2::1", "2001:20::1", "4000::1"),
        # What carries an address of IPv4, public or not.
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "2002:7f00:1::"),
        *("2002:808:808::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2620:4f:8000::1"),
        # What is no address as a resolver answers one.
        *("", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "1.1.1", "1.1.1.1 "),
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert not is_public(address)
