"""What differs between the findings of two images: those that are fixed, new and unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

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
        package = one.finding.package
        key = one.finding.cve or one.finding.advisory, package.ecosystem, package.name
        found.setdefault(key, []).append(one)
    return found
