"""Recommendations: one for each upgrade, over all images."""

from shared.domain.severity import Severity
from tests.support.examples import finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def test_upgrades_that_weigh_the_same_are_in_a_fixed_order() -> None:
    hits = [finding(f"CVE-{name}", of=package("same", ecosystem=name)) for name in ("npm", "PyPI", "Debian")]
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push("e1"))
    app.work()
    assert [one.ecosystem for one in app.query_recommendations(None)] == ["Debian", "PyPI", "npm"]


def test_an_upgrade_shows_what_each_image_has_installed() -> None:
    app = MemoryApp()
    for number, version in ((1, "3.0.1"), (2, "3.0.0")):
        hit = finding("CVE-1", Severity.HIGH, of=package(version=version), fixed_version=f"{version}+fix")
        app.world.advisories = MemoryAdvisories(report=report([hit]))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    [made] = app.query_recommendations(None)
    assert made.fixed_versions == ("3.0.0+fix", "3.0.1+fix")
    assert sorted(affected.installed for affected in made.images) == ["3.0.0", "3.0.1"]
    assert sorted(affected.tags for affected in made.images) == [("v1",), ("v2",)]
