from shared.inventory.fingerprints import fingerprint, number, numbers


def test_fingerprints_are_the_same_for_ever() -> None:
    assert fingerprint(b"var/lib/dpkg/status").hex() == "5c0dc280f6cf853a"
    assert len(fingerprint(b"")) == 8


def test_joined_fingerprints_come_apart_again() -> None:
    packed = b"".join(map(fingerprint, (b"a", b"b", b"a")))
    assert list(numbers(packed)) == [number("a"), number("b"), number("a")]


def test_bytes_that_are_left_over_are_dropped() -> None:
    assert list(numbers(fingerprint(b"a") + b"123")) == [number("a")]
    assert list(numbers(b"")) == []
