"""What differs between the findings of two images: those that are fixed, new and unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shared.domain.findings import Finding
from shared.domain.image_health import JudgedFinding

type Flaw = tuple[str, str, str]
"""A flaw (its CVE, else its advisory) in a package of an ecosystem, in whichever version and place."""


class Comparison(msgspec.Struct, frozen=True, rename="camel"):
    """The findings of two images, each in the order of its report; of what is in both, as the newer one has them."""

    fixed: tuple[JudgedFinding, ...]
    new: tuple[JudgedFinding, ...]
    unchanged: tuple[JudgedFinding, ...]


def compare(older: Sequence[JudgedFinding], newer: Sequence[JudgedFinding]) -> Comparison:
    """Compare the findings of two images by flaw and package, so that another version of it is still the same flaw."""
    before, after = _by_flaw(older), _by_flaw(newer)
    return Comparison(
        fixed=tuple(one for flaw, group in before.items() if flaw not in after for one in group),
        new=tuple(one for flaw, group in after.items() if flaw not in before for one in group),
        unchanged=tuple(one for flaw, group in after.items() if flaw in before for one in group),
    )


def _by_flaw(judged: Sequence[JudgedFinding]) -> Mapping[Flaw, list[JudgedFinding]]:
    found: dict[Flaw, list[JudgedFinding]] = {}
    for one in judged:
        found.setdefault(flaw_of(one.finding), []).append(one)
    return found


def flaw_of(finding: Finding) -> Flaw:
    """Give what makes findings of two images the same."""
    return finding.cve or finding.advisory, finding.package.ecosystem, finding.package.name


def origin_of(finding: Finding) -> Flaw:
    """Give the same by the source of the package: a newer release often has the flaw in a package of another name.

    ``libssl1.1`` of Debian 11 and ``libssl3`` of Debian 12 are both built from ``openssl``.
    """
    package = finding.package
    return finding.cve or finding.advisory, package.ecosystem, package.source or package.name
