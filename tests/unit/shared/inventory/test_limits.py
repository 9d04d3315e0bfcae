import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.limits import Meter, ScanLimits


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_breach_names_the_limit_the_value_and_the_layer() -> None:
    meter = Meter(ScanLimits(inflated_bytes=100), "sha256:abc")
    meter.inflated(100)

    with pytest.raises(
        ScanFailure, match=r"layer sha256:abc exceeds the limit inflated bytes: more than 100"
    ) as caught:
        meter.inflated(1)

    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED
    assert not caught.value.retryable


def test_the_ratio_counts_only_beyond_the_free_bytes() -> None:
    meter = Meter(ScanLimits(ratio=10, ratio_free_bytes=1000), "sha256:abc")
    meter.taken(10)
    meter.inflated(1000)

    with pytest.raises(ScanFailure, match="inflate ratio: 10 bytes"):
        meter.inflated(1)


def test_a_ratio_within_the_limit_is_fine_however_long_the_layer_is() -> None:
    meter = Meter(ScanLimits(ratio=10, ratio_free_bytes=10), "sha256:abc")
    for _ in range(100):
        meter.taken(100)
        meter.inflated(1000)


@pytest.mark.parametrize("look", [lambda meter: meter.taken(0), lambda meter: meter.inflated(0)])
def test_time_runs_out_whether_bytes_come_in_or_go_out(look) -> None:  # type: ignore[no-untyped-def]
    clock = Clock()
    meter = Meter(ScanLimits(seconds=5), "sha256:abc", clock)
    clock.now = 5.0
    look(meter)
    clock.now = 5.1

    with pytest.raises(ScanFailure, match="seconds: more than 5 seconds"):
        look(meter)


def test_one_large_file_and_many_small_ones_are_different_breaches() -> None:
    meter = Meter(ScanLimits(kept_file_bytes=10, kept_bytes=25), "sha256:abc")
    meter.kept_file(b"ab", 10)
    with pytest.raises(ScanFailure, match="kept file size: b'big' has 11 bytes, 10 are read"):
        meter.kept_file(b"big", 11)
    with pytest.raises(ScanFailure, match="kept bytes: more than 25 bytes"):
        meter.kept_file(b"abcd", 10)


def test_packages_are_counted() -> None:
    meter = Meter(ScanLimits(packages=2), "sha256:abc")
    meter.packages(2)
    with pytest.raises(ScanFailure, match="packages: more than 2"):
        meter.packages(1)
