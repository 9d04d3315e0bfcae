"""What differs between two snapshots; above all, that no image whose report differs is left out."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.advisories.database import AdvisoryDatabase
from shared.advisories.dependence import Looked, depends_on, looked_up_by
from shared.advisories.difference import Changed, difference
from shared.domain.packages import Distribution
from tests.support.quick_folder import quick_folder
from tests.unit.shared.advisories.osv_samples import (
    DEBIAN,
    Json,
    build,
    fixed_in,
    inventory,
    package,
    record,
    write_feed,
)

type Feeds = Mapping[str, Sequence[Json]]

CRITICAL = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
LOW = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}]


def snapshot(directory: Path, name: str, feeds: Feeds) -> Path:
    for ecosystem, records in feeds.items():
        write_feed(directory / name, ecosystem, records)
    return build(directory / name, directory / f"{name}.sqlite", *feeds).path


def between(directory: Path, old: Feeds, new: Feeds) -> Changed | None:
    return difference(snapshot(directory, "old", old), snapshot(directory, "new", new))


def concerned(changed: Changed) -> set[Looked]:
    return {
        (ecosystem, looked)
        for ecosystem, names in changed.items()
        for name in names
        for looked in looked_up_by(ecosystem, name)
    }


def advisory(name: str = "GHSA-1", of: str = "a", **more: object) -> Json:
    return record(name, fixed_in("npm", of, "2.0.0"), **more)


def test_equal_snapshots_differ_in_nothing(tmp_path: Path) -> None:
    assert between(tmp_path, {"npm": [advisory()]}, {"npm": [advisory()]}) == {}


def test_a_record_that_says_the_same_with_other_bytes_is_no_change(tmp_path: Path) -> None:
    later = advisory(modified="2027-01-01T00:00:00Z", database_specific={"nobody": "reads this"})
    assert between(tmp_path, {"npm": [advisory()]}, {"npm": [later]}) == {}


@pytest.mark.parametrize(
    "later",
    [
        record("GHSA-1", fixed_in("npm", "a", "3.0.0")),
        advisory(severity=CRITICAL),
        advisory(aliases=["CVE-2026-1"]),
        advisory(references=[{"type": "WEB", "url": "https://example.org/1"}]),
        advisory(published="2026-01-01T00:00:00Z"),
        advisory(summary="another title"),
        advisory(withdrawn="2026-01-01T00:00:00Z"),
    ],
    ids=["versions", "severity", "aliases", "references", "published", "title", "withdrawn"],
)
def test_whatever_a_finding_shows_is_a_change_of_its_package(tmp_path: Path, later: Json) -> None:
    rest = [advisory("GHSA-2", "b")]
    assert between(tmp_path, {"npm": [advisory(), *rest]}, {"npm": [later, *rest]}) == {"npm": {"a": ("GHSA-1",)}}


def test_an_advisory_that_moved_changes_both_packages(tmp_path: Path) -> None:
    old, new = {"npm": [advisory(of="a"), advisory("X-2", "c")]}, {"npm": [advisory(of="b"), advisory("X-2", "c")]}
    assert between(tmp_path, old, new) == {"npm": {"a": ("GHSA-1",), "b": ("GHSA-1",)}}


def test_a_new_rating_changes_the_packages_of_those_that_borrow_it(tmp_path: Path) -> None:
    borrowing = [
        record("DEBIAN-CVE-2026-1", fixed_in("Debian:12", "openssl", "3"), upstream=["CVE-2026-1"]),
        record("DSA-1", fixed_in("Debian:12", "gnutls", "3"), upstream=["CVE-2026-1", "CVE-2026-2"]),
        record("DEBIAN-CVE-2026-3", fixed_in("Debian:12", "bash", "3")),
    ]
    rating = [advisory(aliases=["CVE-2026-1"], severity=LOW)], [advisory(aliases=["CVE-2026-1"], severity=CRITICAL)]
    changed = between(tmp_path, *({"Debian": borrowing, "npm": lent} for lent in rating))
    assert changed == {
        "Debian:12": {"gnutls": ("DSA-1",), "openssl": ("DEBIAN-CVE-2026-1",)},
        "npm": {"a": ("GHSA-1",)},
    }


def test_a_release_that_comes_or_goes_changes_all_its_images(tmp_path: Path) -> None:
    both = [record(f"DEBIAN-{one}", fixed_in(f"Debian:{one}", "a", "2")) for one in (12, 13)]
    came = {"Debian:13": {"": (), "a": ("DEBIAN-13",)}}
    assert between(tmp_path / "came", {"Debian": both[:1]}, {"Debian": both}) == came
    assert between(tmp_path / "went", {"Debian": both}, {"Debian": both[:1]}) == came


def test_a_feed_that_comes_or_goes_changes_all_its_packages(tmp_path: Path) -> None:
    few, more = {"npm": [advisory()]}, {"npm": [advisory()], "PyPI": [record("P-1", fixed_in("PyPI", "b", "2"))]}
    came = {"PyPI": {"": (), "b": ("P-1",)}}
    assert between(tmp_path / "came", few, more) == came
    assert between(tmp_path / "went", more, few) == came


def test_what_cannot_be_compared_may_have_changed_anywhere(tmp_path: Path) -> None:
    old = snapshot(tmp_path, "old", {"npm": [advisory()]})
    (tmp_path / "half").write_bytes(old.read_bytes()[:10])
    assert difference(tmp_path / "half", old) is None
    assert difference(old, tmp_path / "half") is None


def test_feeds_in_another_order_may_have_changed_anything(tmp_path: Path) -> None:
    feeds: Feeds = {"npm": [advisory()], "PyPI": [record("P-1", fixed_in("PyPI", "b", "2"))]}
    assert between(tmp_path, feeds, dict(reversed(list(feeds.items())))) is None


@pytest.mark.parametrize("limit", ["MOST_ENTRIES", "_MOST_TOUCHED"])
def test_more_changes_than_can_be_told_apart_may_be_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr("shared.advisories.difference." + limit, 2)
    old = {"npm": [advisory("GHSA-0")]}
    few = between(tmp_path / "few", old, {"npm": [*old["npm"], advisory("GHSA-1"), advisory("GHSA-2", "b")]})
    assert few == {"npm": {"a": ("GHSA-1",), "b": ("GHSA-2",)}}
    many = {"npm": [*old["npm"], *(advisory(f"GHSA-{number}", f"p{number}") for number in range(1, 4))]}
    assert between(tmp_path / "many", old, many) is None


# Small worlds: few names, so that advisories meet each other and the packages.
_VERSIONS = ("1.0.0", "2.0.0", "3.0.0")
_NAMES = ("a", "b", "C_c", "g:a", "h:a")
_PLACES = {
    "Debian": ("Debian:12", "Debian:13"),
    "AlmaLinux": ("AlmaLinux:9",),
    "acme": ("acme:1",),
    **{name: (name,) for name in ("npm", "PyPI", "Maven")},
}
_FLAWS = ("CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003")


def _entries(feed: str) -> st.SearchStrategy[list[Json]]:
    purl = {"purl": f"pkg:{'rpm' if feed == 'acme' else 'generic'}/x"}
    made = st.builds(fixed_in, st.sampled_from(_PLACES[feed]), st.sampled_from(_NAMES), st.sampled_from(_VERSIONS))
    with_purl = made.map(lambda entry: json.loads(json.dumps({**entry, "package": {**entry["package"], **purl}})))  # type: ignore[dict-item]
    return st.lists(with_purl, max_size=3)


@st.composite
def _records(draw: st.DrawFn, feed: str) -> list[Json]:
    found = []
    for name in draw(st.sets(st.sampled_from([f"{feed}-1", f"{feed}-2", f"{feed}-CVE-2026-0001"]), min_size=1)):
        more: dict[str, object] = {"severity": draw(st.sampled_from([[], LOW, CRITICAL]))}
        more[draw(st.sampled_from(["aliases", "upstream", "related"]))] = draw(
            st.lists(st.sampled_from(_FLAWS), max_size=2)
        )
        if draw(st.integers(0, 9)) == 0:
            more["withdrawn"] = "2026-01-01T00:00:00Z"
        found.append(record(name, *draw(_entries(feed)), **more))
    return found


@st.composite
def _two_worlds(draw: st.DrawFn) -> tuple[Feeds, Feeds]:
    """Return feeds before and after a few of them changed."""
    old = {feed: draw(_records(feed)) for feed in draw(st.sets(st.sampled_from(sorted(_PLACES)), min_size=1))}
    new = dict(old)
    for feed in draw(st.sets(st.sampled_from(sorted(_PLACES)), min_size=1, max_size=2)):
        if draw(st.integers(0, 5)) or len(new) == 1:
            new[feed] = draw(_records(feed))
        else:
            new.pop(feed, None)
    order = sorted(_PLACES)
    return {name: old[name] for name in order if name in old}, {name: new[name] for name in order if name in new}


# Every image of one package; the report of an image of several is made of theirs.
_IMAGES = [
    *(
        inventory(package(ecosystem, name, version))
        for ecosystem, name, version in product(("npm", "PyPI", "Maven"), (*_NAMES, "c-c"), ("1.5.0", "no version"))
    ),
    *(
        inventory(package("any", name, version, source=source, source_version=version), distribution=distribution)
        for distribution in (DEBIAN, Distribution("almalinux", "9.4", ""), Distribution("acme", "1", ""))
        for name, source, version in product(_NAMES, ("", "a", "b"), ("1.5.0", "no version"))
    ),
    inventory(),
    inventory(package("any", "a", "1.5.0")),
]


@settings(max_examples=40, deadline=None)
@given(worlds=_two_worlds())
def test_every_image_whose_report_differs_depends_on_something_that_changed(worlds: tuple[Feeds, Feeds]) -> None:
    with tempfile.TemporaryDirectory(dir=quick_folder()) as name:
        paths = [snapshot(Path(name), side, feeds) for side, feeds in zip(("old", "new"), worlds, strict=True)]
        changed = difference(*paths)
        assert changed is not None
        old, new = (AdvisoryDatabase(path) for path in paths)
        differing = [one for one in _IMAGES if old.match(one) != new.match(one)]
        old.close()
        new.close()
    missed = [one for one in differing if depends_on(one).isdisjoint(concerned(changed))]
    assert missed == []


def test_an_archive_without_a_group_depends_on_every_package_of_its_name(tmp_path: Path) -> None:
    old = {"Maven": [record("GHSA-1", fixed_in("Maven", "g:b", "2"))]}
    changed = between(tmp_path, old, {"Maven": [*old["Maven"], record("GHSA-2", fixed_in("Maven", "g:a", "2"))]})
    assert changed == {"Maven": {"g:a": ("GHSA-2",)}}
    assert depends_on(inventory(package("Maven", "a", "1"))) & concerned(changed) == {("Maven", "a")}
