"""Until when distributions publish security advisories for their releases, so far as their makers have fixed a day.

A release that is missing here, and a rolling distribution, is one of which nothing is said. Sources, read in 2026-11:

- Debian: https://wiki.debian.org/LTS, as OSV and Debian's security tracker cover Long Term Support and not the paid
  Extended LTS; Ubuntu: https://ubuntu.com/about/release-cycle, the standard support; days of both from the package
  ``distro-info-data``.
- Alpine: https://alpinelinux.org/releases/. AlmaLinux: https://wiki.almalinux.org/release-notes/.
- Rocky Linux: https://wiki.rockylinux.org/rocky/version/. CentOS: https://www.centos.org/cl-vs-cs/.
- Red Hat: https://access.redhat.com/support/policy/updates/errata, without the paid extended support.
- Fedora: https://docs.fedoraproject.org/en-US/releases/eol/. openSUSE: https://en.opensuse.org/Lifetime.
- Azure Linux, CBL-Mariner: https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle.
"""

from datetime import UTC, date, datetime, time, timedelta

from shared.domain.packages import Distribution

# The last day of support, by the ID and the beginning of the VERSION_ID in os-release. CentOS 8 and CentOS Stream 8
# have the same names there: the day is that of the later one.
_TABLE = """
debian: 6=2016-02-29 7=2018-05-31 8=2020-06-30 9=2022-06-30 10=2024-06-30 11=2026-08-31 12=2028-06-30 13=2030-06-30
ubuntu: 12.04=2017-04-28 12.10=2014-05-16 13.04=2014-01-27 13.10=2014-07-17 14.04=2019-04-25 14.10=2015-07-23
  15.04=2016-02-04 15.10=2016-07-28 16.04=2021-04-30 16.10=2017-07-20 17.04=2018-01-13 17.10=2018-07-19
  18.04=2023-05-31 18.10=2019-07-18 19.04=2020-01-23 19.10=2020-07-17 20.04=2025-05-29 20.10=2021-07-22
  21.04=2022-01-20 21.10=2022-07-14 22.04=2027-06-01 22.10=2023-07-20 23.04=2024-01-25 23.10=2024-07-11
  24.04=2029-05-31 24.10=2025-07-10 25.04=2026-01-15 25.10=2026-07-09 26.04=2031-05-29
alpine: 3.0=2016-05-01 3.1=2016-11-01 3.2=2017-05-01 3.3=2017-11-01 3.4=2018-05-01 3.5=2018-11-01 3.6=2019-05-01
  3.7=2019-11-01 3.8=2020-05-01 3.9=2020-11-01 3.10=2021-05-01 3.11=2021-11-01 3.12=2022-05-01 3.13=2022-11-01
  3.14=2023-05-01 3.15=2023-11-01 3.16=2024-05-23 3.17=2024-11-22 3.18=2025-05-09 3.19=2025-11-01 3.20=2026-04-01
  3.21=2026-11-01 3.22=2027-05-01 3.23=2027-11-01
almalinux: 8=2029-03-01 9=2032-05-31 10=2035-05-31
rocky: 8=2029-05-31 9=2032-05-31 10=2035-05-31
rhel: 5=2017-03-31 6=2020-11-30 7=2024-06-30 8=2029-05-31 9=2032-05-31 10=2035-05-31
centos: 6=2020-11-30 7=2024-06-30 8=2024-05-31 9=2027-05-31
fedora: 30=2020-05-26 31=2020-11-24 32=2021-05-25 33=2021-11-30 34=2022-06-07 35=2022-12-13 36=2023-05-16
  37=2023-12-05 38=2024-05-21 39=2024-11-26 40=2025-05-13 41=2025-12-15 42=2026-05-13
mariner: 1.0=2023-08-31 2.0=2025-07-31
opensuse-leap: 42.1=2017-05-17 42.2=2018-01-26 42.3=2019-07-01 15.0=2019-12-03 15.1=2021-02-02 15.2=2022-01-04
  15.3=2022-12-31 15.4=2023-12-07 15.5=2024-12-31 15.6=2026-04-30 16.0=2027-10-31
"""
_LAST_DAYS = {
    os_id: {release: date.fromisoformat(day) for release, _, day in (pair.partition("=") for pair in pairs.split())}
    for os_id, _, pairs in (line.partition(": ") for line in _TABLE.strip().replace("\n  ", " ").splitlines())
}

_NAMES = {
    "debian": "Debian",
    "ubuntu": "Ubuntu",
    "alpine": "Alpine",
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "rhel": "Red Hat Enterprise Linux",
    "centos": "CentOS",
    "fedora": "Fedora",
    "mariner": "CBL-Mariner",
    "opensuse-leap": "openSUSE Leap",
}
_EXTENDED = {"ubuntu": "Ubuntu Pro", "rhel": "Extended Life Cycle Support"}


def end_of_life_gaps(distribution: Distribution | None, on: date) -> tuple[str, ...]:
    """Say that a release is past its last day of support (UTC), and so what its advisories leave open."""
    found = _last_day(distribution) if distribution else None
    if distribution is None or found is None or on <= found[1]:
        return ()
    release, last_day = found
    extended = _EXTENDED.get(distribution.id)
    outside = f" outside of {extended}" if extended else ""
    past = f"{_NAMES[distribution.id]} {release} has been past its end of life since {last_day}"
    return (f"{past}: no more advisories are published{outside}",)


def end_of_life(distribution: Distribution) -> datetime | None:
    """Return the moment from which on a release is past its last day of support; None where no day is known."""
    found = _last_day(distribution)
    return datetime.combine(found[1] + timedelta(days=1), time(), UTC) if found else None


def _last_day(distribution: Distribution) -> tuple[str, date] | None:
    days = _LAST_DAYS.get(distribution.id, {})
    release = distribution.version_id
    while release and release not in days:
        release = release.rpartition(".")[0]
    return (release, days[release]) if release else None
