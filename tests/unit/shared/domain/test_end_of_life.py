"""Releases that get no more advisories, at the days around the last one."""

from datetime import date, timedelta

import pytest

from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.packages import Distribution

LAST_DAYS = [
    ("debian", "10", "2024-06-30", "Debian 10"),
    ("debian", "11", "2026-08-31", "Debian 11"),
    ("debian", "12.5", "2028-06-30", "Debian 12"),
    ("alpine", "3.19.1", "2025-11-01", "Alpine 3.19"),
    ("alpine", "3.9.6", "2020-11-01", "Alpine 3.9"),
    ("almalinux", "8.10", "2029-03-01", "AlmaLinux 8"),
    ("rocky", "9.4", "2032-05-31", "Rocky Linux 9"),
    ("centos", "7", "2024-06-30", "CentOS 7"),
    ("fedora", "39", "2024-11-26", "Fedora 39"),
    ("mariner", "2.0", "2025-07-31", "CBL-Mariner 2.0"),
    ("opensuse-leap", "15.5", "2024-12-31", "openSUSE Leap 15.5"),
]


def _gaps(os_id: str, version: str, on: date) -> tuple[str, ...]:
    return end_of_life_gaps(Distribution(os_id, version, ""), on)


@pytest.mark.parametrize(("os_id", "version", "last_day", "shown"), LAST_DAYS)
def test_a_release_is_past_its_end_of_life_from_the_day_after_its_last_one(
    os_id: str, version: str, last_day: str, shown: str
) -> None:
    last = date.fromisoformat(last_day)
    assert _gaps(os_id, version, last - timedelta(days=1)) == ()
    assert _gaps(os_id, version, last) == ()
    assert _gaps(os_id, version, last + timedelta(days=1)) == (
        f"{shown} has been past its end of life since {last_day}: no more advisories are published",
    )


def test_support_that_is_paid_for_is_said_to_be_another_matter() -> None:
    on = date(2025, 6, 1)
    assert _gaps("ubuntu", "20.04", on) == (
        "Ubuntu 20.04 has been past its end of life since 2025-05-29:"
        " no more advisories are published outside of Ubuntu Pro",
    )
    assert _gaps("rhel", "7.9", on) == (
        "Red Hat Enterprise Linux 7 has been past its end of life since 2024-06-30:"
        " no more advisories are published outside of Extended Life Cycle Support",
    )


@pytest.mark.parametrize(
    ("os_id", "version"),
    [
        ("debian", ""),
        ("debian", "99"),
        ("debian", "1"),
        ("alpine", "3.21_alpha20240807"),
        ("alpine", "3"),
        ("wolfi", "20230201"),
        ("chainguard", "20230214"),
        ("opensuse-tumbleweed", "20260901"),
        ("acme", "1"),
        ("", ""),
    ],
)
def test_of_other_releases_nothing_is_said(os_id: str, version: str) -> None:
    assert _gaps(os_id, version, date(2100, 1, 1)) == ()


def test_of_an_image_without_a_distribution_nothing_is_said() -> None:
    assert end_of_life_gaps(None, date(2100, 1, 1)) == ()
