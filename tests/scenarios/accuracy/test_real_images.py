"""Real images through the real service: every finding that must be there is, with its fix, and no other.

What is exported of them is valid and tells all of it.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.domain.events import ScanCompleted
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from tests.support.accuracy.advisories import family
from tests.support.accuracy.expectation import Expected, expected_findings
from tests.support.formats.whole import assert_exports
from tests.support.made_images import write_feed
from tests.support.real_images.apk import apk_image
from tests.support.real_images.debian import debian_image, distroless_image, upgraded_image
from tests.support.real_images.downloads import Downloads
from tests.support.real_images.languages import go_image, java_image, node_image, python_image, rust_image
from tests.support.real_images.listed import Listed, RealImage
from tests.support.real_images.rpm import rpm_image
from tests.support.service import Service

type Make = Callable[[Downloads, Path], RealImage]

MAKERS: dict[str, Make] = {
    "debian": debian_image,
    "debian-upgraded": upgraded_image,
    "distroless": distroless_image,
    "rpm": rpm_image,
    "apk": apk_image,
    "python": python_image,
    "node": node_image,
    "go": go_image,
    "rust": rust_image,
    "java": java_image,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_real_image_has_the_findings_that_follow_from_its_packages_and_no_others(
    name: str, downloads: Downloads, make_service: Callable[..., Service], feed: Path, tmp_path: Path
) -> None:
    made = MAKERS[name](downloads, tmp_path)
    records = advisories([*made.listed, *made.owned])
    service = make_service(osv_ecosystems=write_feeds(feed, records))
    service.app.refresh_advisories()

    digest = service.pushed(f"accuracy/{name}", made.image)
    service.drain()

    expected = expected_findings(made.listed, records)
    assert found(service, digest) == expected
    assert {(one.package, one.version) for one in expected} == {(one.name, one.version) for one in made.listed}
    assert inventory(service, digest) == {(one.name, one.version) for one in (*made.listed, *made.owned)}
    assert service.image(digest).health is Health.UNHEALTHY
    assert_exports(service.app.query_scan_result(ImageId(service.host, digest), None))


def advisories(packages: Iterable[Listed]) -> list[dict[str, Any]]:
    """Make a family of advisories about each package that advisories speak of."""
    about = sorted({(one.ecosystem, one.advised, one.advised_version) for one in packages})
    return [record for number, package in enumerate(about) for record in family(number, *package)]


def write_feeds(base: Path, records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Write each record into the feed of its ecosystem, and return their names."""
    feeds: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        ecosystem = record["affected"][0]["package"]["ecosystem"].partition(":")[0]
        feeds.setdefault(ecosystem, []).append(record)
    for ecosystem, content in feeds.items():
        write_feed(base, ecosystem, content)
    return tuple(sorted(feeds))


def inventory(service: Service, digest: str) -> set[tuple[str, str]]:
    """Return the packages of the last scan, which must have left nothing open."""
    (scan,) = (one.event for one in service.history(digest) if isinstance(one.event, ScanCompleted))
    assert scan.summary is not None
    assert (scan.summary.gaps, scan.summary.undetermined) == ((), 0)
    return {(package.name, package.version) for package in service.app.inventories.load(scan.inventory).packages}


def found(service: Service, digest: str) -> set[Expected]:
    """Return the findings of an image in the words of those that are expected, one for all places of a package."""
    judged = service.app.query_images.findings(ImageId(service.host, digest), None)
    assert all(one.finding.undetermined is None for one in judged)
    return {
        Expected(
            one.finding.package.name,
            one.finding.package.version,
            frozenset(filter(None, (one.finding.cve, one.finding.advisory, *one.finding.aliases))),
            one.finding.fixed_version,
        )
        for one in judged
    }
