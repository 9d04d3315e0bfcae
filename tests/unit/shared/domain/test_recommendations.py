"""Recommendations: what to do in one line, what fixes most of the worst first, and nothing that is not so."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.base_advice import ImageBase, image_base
from shared.domain.base_images import BaseImage, BaseKind, NewerBase
from shared.domain.exploits import Exploits
from shared.domain.findings import Finding
from shared.domain.image import ImageState
from shared.domain.image_health import Health, image_health
from shared.domain.recommendations import MOST_IMAGES, Kind, Need, Recommendation, grouped, made
from shared.domain.severity import Severity
from shared.domain.upgrades import UpgradeKey, upgrades
from tests.support.examples import REGISTRY, START, digest, finding, image_id, package

BASE = BaseImage(BaseKind.IMAGE, 3, digest(800), REGISTRY, "debian", ("12",), digest(70))
NEWER = NewerBase(REGISTRY, "debian", "12", digest(71), Health.HEALTHY)


def in_order(purl: str, versions: object) -> tuple[str, ...]:
    assert isinstance(versions, set)
    return tuple(sorted(versions))


def need(number: int, findings: Sequence[Finding], base: ImageBase | None = None) -> Need:
    health = image_health(image_id(number), ImageState(), (), Severity.LOW, START)
    return Need(health, upgrades(findings, in_order), base, len(findings))


def recommended(*needs: Need) -> list[Recommendation]:
    return [made(group, in_order) for group in grouped(needs)]


def hit(
    flaw: str, severity: Severity = Severity.HIGH, version: str = "3.0.20", fixed: str | None = "3.0.22"
) -> Finding:
    return finding(flaw, severity, of=package(version=version), fixed_version=fixed)


def test_an_upgrade_says_in_one_line_what_to_do_and_what_that_closes() -> None:
    [one] = recommended(need(1, [hit("CVE-1"), hit("CVE-2", Severity.LOW)]), need(2, [hit("CVE-1")]))
    assert (one.kind, one.title) == (Kind.UPGRADE, "upgrade openssl 3.0.20 -> 3.0.22: 3 findings in 2 images")
    assert (one.findings, one.severity, one.severities["high"], one.severities["low"]) == (3, Severity.HIGH, 2, 1)
    assert [(image.digest, image.findings, image.of_findings) for image in one.images] == [
        (digest(1), 2, 2),
        (digest(2), 1, 1),
    ]


def test_an_upgrade_from_or_to_several_versions_says_so_and_each_image_which() -> None:
    [from_two] = recommended(need(1, [hit("CVE-1")]), need(2, [hit("CVE-1", version="3.0.19")]))
    assert from_two.title == "upgrade openssl to 3.0.22: 2 findings in 2 images"
    [to_two] = recommended(need(1, [hit("CVE-1")]), need(2, [hit("CVE-2", version="1.1.1", fixed="1.1.2")]))
    assert to_two.title == "upgrade openssl to the fixed version of each image, one of 2: 2 findings in 2 images"
    assert [(image.installed, image.fixed_version) for image in to_two.images] == [
        ("3.0.20", "3.0.22"),
        ("1.1.1", "1.1.2"),
    ]


def test_what_has_no_fix_is_never_called_an_upgrade_and_comes_last() -> None:
    worst = hit("CVE-9", Severity.CRITICAL, fixed=None)
    upgrade, unfixed = recommended(need(1, [worst, hit("CVE-1", Severity.LOW)]))
    assert (upgrade.kind, upgrade.findings) == (Kind.UPGRADE, 1)
    assert (unfixed.kind, unfixed.title) == (Kind.NO_FIX, "no fix yet for openssl 3.0.20: 1 finding in 1 image")
    assert (unfixed.fixed_versions, unfixed.images[0].fixed_version) == ((), "")
    assert "rule" in unfixed.remediation


def test_what_closes_more_of_the_worst_comes_before_what_closes_more() -> None:
    many = [finding(f"CVE-{number}", of=package("many")) for number in range(5)]
    worse = [finding(f"CVE-{number}", Severity.CRITICAL, of=package("worse")) for number in range(2)]
    worst = [finding(f"CVE-{number}", Severity.CRITICAL, of=package("worst")) for number in range(3)]
    assert [one.package for one in recommended(need(1, [*many, *worse, *worst]))] == ["worst", "worse", "many"]


def test_within_a_severity_the_exploited_come_first_then_the_likelier_then_what_closes_most() -> None:
    names = {"most": (3, Exploits()), "likely": (1, Exploits(0, 0.3)), "likelier": (1, Exploits(0, 0.4))}
    names["exploited"] = (1, Exploits(1, 0.1))
    hits = [
        finding(f"CVE-{name}-{one}", of=package(name)) for name, (count, _) in names.items() for one in range(count)
    ]
    worse = finding("CVE-0", Severity.CRITICAL, of=package("worse"))
    known = {UpgradeKey(name, hits[0].package.ecosystem, True): exploits for name, (_, exploits) in names.items()}
    groups = grouped([need(1, [*hits, worse])], known)
    listed = [made(group, in_order, kev_known=True) for group in groups]
    assert [one.package for one in listed] == ["worse", "exploited", "likelier", "likely", "most"]
    assert [(one.exploited, one.epss) for one in listed[:3]] == [(0, None), (1, 0.1), (0, 0.4)]
    assert [one.position for one in listed] == [group.position for group in groups]


def test_that_nothing_is_exploited_is_only_said_where_that_is_known() -> None:
    [group] = grouped([need(1, [hit("CVE-1")])])
    assert [made(group, in_order, kev_known=known).exploited for known in (False, True)] == [None, 0]


def based(base: BaseImage, closed: dict[str, int] | None, findings: int = 2) -> ImageBase:
    return image_base(base, {"high": findings} if findings else {}, 3, closed)


def test_images_on_one_base_are_one_recommendation() -> None:
    on_it = based(BASE, None)
    [one] = recommended(need(1, [], on_it), need(2, [], on_it))
    assert one.title == (
        "rebuild on a newer base image than debian:12: 4 of 6 findings come from layers 1-3 (2 images)"
    )
    assert (one.kind, one.findings, one.severity, one.base) == (Kind.BASE_IMAGE, 4, Severity.HIGH, BASE)
    assert [(image.installed, image.fixed_version, image.findings) for image in one.images] == [(digest(70), "", 2)] * 2


def test_a_newer_base_counts_by_what_it_is_known_to_close() -> None:
    moved = msgspec.structs.replace(BASE, newer=NEWER)
    [one] = recommended(need(1, [], based(moved, {"high": 1})))
    assert (one.findings, one.severities["high"], one.images[0].fixed_version) == (1, 1, digest(71))


def test_a_base_with_nothing_to_gain_is_no_recommendation() -> None:
    moved = msgspec.structs.replace(BASE, newer=NEWER)
    without_layers = BaseImage(BaseKind.STATED, 0, stated_name="debian:12")
    bases = [based(moved, {}), based(BASE, None, 0), based(without_layers, None, 0)]
    assert recommended(*(need(number, [], base) for number, base in enumerate(bases))) == []


def test_shared_layers_are_one_recommendation_whichever_image_shares_them() -> None:
    shared = [BaseImage(BaseKind.SHARED, 3, digest(800), REGISTRY, name, (), digest(70)) for name in ("b", "a")]
    [one] = recommended(*(need(number, [], based(base, None)) for number, base in enumerate(shared)))
    assert one.base == shared[1]


def test_all_images_are_counted_and_the_first_are_listed() -> None:
    [one] = recommended(*(need(number, [hit("CVE-1")]) for number in range(MOST_IMAGES + 5)))
    assert (one.image_count, one.findings, len(one.images)) == (MOST_IMAGES + 5, MOST_IMAGES + 5, MOST_IMAGES)


HITS = st.builds(
    lambda cve, severity, name, fixed: finding(f"CVE-{cve}", severity, of=package(name), fixed_version=fixed),
    st.integers(1, 9),
    st.sampled_from(Severity),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["1", "2", None]),
)


@given(st.lists(st.lists(HITS, max_size=8), max_size=5))
def test_every_open_finding_is_in_one_upgrade_or_without_a_fix(images: list[list[Finding]]) -> None:
    everything = recommended(*(need(number, hits) for number, hits in enumerate(images)))
    assert sum(one.findings for one in everything) == sum(map(len, images))
    fixable = sum(one.findings for one in everything if one.kind is Kind.UPGRADE)
    assert fixable == sum(hit.fixed_version is not None for hits in images for hit in hits)
    for one in everything:
        assert one.findings == sum(one.severities.values()) == sum(image.findings for image in one.images) > 0
    assert [one.position for one in everything] == sorted(one.position for one in everything)
