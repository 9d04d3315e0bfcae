import pytest

from shared.registry.addresses import Reach, reach_of, reach_of_host


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("20.60.1.1", Reach.PUBLIC),
        ("2603:1030::1", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.9.9.9", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("0.0.0.0", Reach.LOOPBACK),
        ("::", Reach.LOOPBACK),
        ("169.254.169.254", Reach.NEVER),
        ("169.254.1.1", Reach.NEVER),
        ("fe80::1%eth0", Reach.NEVER),
        ("168.63.129.16", Reach.NEVER),
        ("224.0.0.1", Reach.NEVER),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("::ffff:10.0.0.1", Reach.PRIVATE),
        ("::ffff:169.254.169.254", Reach.NEVER),
        ("64:ff9b::7f00:1", Reach.LOOPBACK),
        ("64:ff9b::a9fe:a9fe", Reach.NEVER),
        ("64:ff9b::143c:101", Reach.PUBLIC),
        ("2002:7f00:1::", Reach.LOOPBACK),
        ("2002:a83f:8110::", Reach.NEVER),
    ],
)
def test_an_address_is_classified_by_what_it_leads_to(address: str, expected: Reach) -> None:
    assert reach_of(address) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1"])
def test_other_spellings_of_loopback_are_loopback(host: str) -> None:
    assert reach_of_host(host) is Reach.LOOPBACK


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "nowhere.invalid", "zero\x00byte"])
def test_a_host_that_does_not_resolve_is_an_error_of_the_network(host: str) -> None:
    with pytest.raises(OSError, match=r".+"):
        reach_of_host(host)
