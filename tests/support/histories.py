"""Random histories of a small installation: pushes, deletions, pulls, rules, advisories and time, late and doubled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from shared.advisories.change_log import ChangeLog
from shared.domain.criteria import Category, Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Distribution
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.services.commands import RequestConflict
from shared.services.request_scan import WantedScan
from tests.support.examples import (
    REGISTRY,
    START,
    deletion,
    digest,
    finding,
    image_id,
    inventory,
    package,
    pull,
    push,
    report,
)
from tests.support.memory_app import MemoryAdvisories, MemoryApp, index_manifest
from tests.support.quick_folder import quick_folder
from tests.support.signal_feeds import epss, kev, put_in_force

IMAGES = (1, 2)
INDEX = 9

type Deed = Callable[[MemoryApp, int], object]


def _id(app: MemoryApp, name: str) -> str:
    return f"{name}-{app.world.clock():%d%H%M}"


def _late(app: MemoryApp, minutes: float) -> float:
    """Give the minute of something that happened a while ago."""
    return (app.world.clock() - START) / timedelta(minutes=1) - minutes


def _advise(*flaws: str, gaps: tuple[str, ...] = ()) -> Deed:
    def deed(app: MemoryApp, number: int) -> None:
        severities = (Severity.HIGH, Severity.LOW, Severity.UNKNOWN)
        hits = [
            finding(flaw, severities[(len(flaw) + at + number) % 3], aliases=(flaw.replace("CVE-", "CVE-2026-000"),))
            for at, flaw in enumerate(flaws)
        ]
        app.world.advisories = MemoryAdvisories(f"snapshot-{number}-{len(flaws)}", report(hits, gaps))
        app.rescan_affected(ChangeLog(app.world.advisories.snapshot_id))

    return deed


def _advise_scored(app: MemoryApp, number: int) -> None:
    """From now on, images have flaws of which a table of scores knows, one that has none, and one without a CVE."""
    hits = [finding(f"CVE-2026-000{flaw}", Severity.LOW) for flaw in (1, 2, 3)]
    app.world.advisories = MemoryAdvisories(f"scored-{number}", report([*hits[: 1 + number % 3], finding("GHSA-9")]))
    app.rescan_affected(ChangeLog(app.world.advisories.snapshot_id))


def _disable(app: MemoryApp, number: int) -> None:
    scopes = (RuleScope(), RuleScope(repository="copy"), RuleScope(REGISTRY, "app", digest(1)))
    criteria = (Criteria(("CVE-1",)), Criteria(("CVE-2",)), Criteria(severity_below=Severity.HIGH))
    expires = app.world.clock() + timedelta(minutes=2) if number % 2 else None
    rule = FindingDisabled(f"r{number % 5}", scopes[number % 3], criteria[number % 3], "accepted", "me", expires)
    with suppress(RequestConflict):  # an id that made another rule before
        app.disable_findings.disable(rule)


def _change(app: MemoryApp, number: int) -> None:
    known = [rule for rule in app.rules.book().rules.values() if rule.removed is None]
    if not known:
        return
    rule = known[number % len(known)]
    now = app.world.clock()
    criteria = (Criteria(tags=("v*",)), Criteria(("CVE-1",), repositories=("copy",)), Criteria(category=Category.OS))
    expires = (None, now + timedelta(minutes=30), now + timedelta(days=3))[number % 3]
    changed = FindingDisabled(
        rule.id, rule.scope, criteria[number % 3], "looked again", "you", expires=expires, revision=rule.revision + 1
    )
    app.disable_findings.change(changed)


def _disable_unexploited(app: MemoryApp, number: int) -> None:
    scopes = (RuleScope(), RuleScope(repository="copy"), RuleScope(REGISTRY, "app", digest(1)))
    criteria = (Criteria(not_exploited=True), Criteria(severity_below=Severity.HIGH, not_exploited=True))
    expires = app.world.clock() + timedelta(minutes=3) if number % 4 == 3 else None
    rule = FindingDisabled(f"u{number % 3}", scopes[number % 3], criteria[number % 2], "unused", "me", expires)
    with suppress(RequestConflict):
        app.disable_findings.disable(rule)


def _disable_unlikely(app: MemoryApp, number: int) -> None:
    scopes = (RuleScope(), RuleScope(repository="copy"), RuleScope(REGISTRY, "app", digest(1)))
    criteria = Criteria(epss_below=(0.1, 0.5)[number % 2], not_exploited=number % 5 == 4)
    expires = app.world.clock() + timedelta(minutes=3) if number % 4 == 3 else None
    rule = FindingDisabled(f"s{number % 3}", scopes[number % 3], criteria, "unlikely", "me", expires)
    with suppress(RequestConflict):
        app.disable_findings.disable(rule)


def _signals(app: MemoryApp, number: int) -> None:
    """Put signals in force: some of the flaws of images are exploited, and have a score; or switch a feed off."""
    known = [f"CVE-2026-000{flaw}" for flaw in (1, 2) if number & flaw]
    others = [f"CVE-2025-000{flaw}" for flaw in range(6)]
    with TemporaryDirectory(dir=quick_folder()) as folder:
        scores = (0.05, 0.2, 0.7)
        table = epss(CVE_2025_0001=0.01, CVE_2026_0001=scores[number % 3], CVE_2026_0002=scores[number // 3 % 3])
        catalog = kev(*others, *known) if number % 8 != 7 else None
        put_in_force(app, Path(folder), catalog, table if number % 11 != 7 else None)
    app.adopt_signals.where_used()


def _enable(app: MemoryApp, number: int) -> None:
    rules = list(app.rules.book().rules)
    if rules:
        app.disable_findings.enable(FindingEnabled(rules[number % len(rules)], "a fix is out", "you"))


def _fail(app: MemoryApp, number: int) -> None:
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push(_id(app, "fail"), 1 + number % 2, _late(app, 0), tag=f"f{number % 3}"))
    app.work()
    app.world.registry.failure = None


def _index(app: MemoryApp, number: int) -> None:
    found = index_manifest(INDEX, *IMAGES)
    app.world.registry.manifests[digest(INDEX)] = found
    about = {"tag": f"v{number % 3}", "media_type": found.media_type}
    app.record_push(push(_id(app, "index"), INDEX, _late(app, number % 30), **about))


def _ask(app: MemoryApp, number: int) -> None:
    wanted = WantedScan(REGISTRY, "app", digest(1 + number % 2), _id(app, "asked"), "me")
    app.request_scan.on_demand(wanted)


def _end_of_life(app: MemoryApp, number: int) -> None:
    """From now on, images are of a release that is past its end of life."""
    app.world.inventory = inventory(package(), distribution=Distribution("debian", "11", "Debian 11"))


def _push(app: MemoryApp, number: int) -> None:
    pushed = push(_id(app, "push"), 1 + number % 2, _late(app, number % 90), tag=f"v{number % 3}")
    for _ in range(1 + number % 3 // 2):
        app.record_push(pushed)


DEEDS: dict[str, Deed] = {
    "push": _push,
    "copy": lambda app, n: app.record_push(push(_id(app, "copy"), 1 + n % 2, _late(app, 0), repository="copy")),
    "index": _index,
    "delete": lambda app, n: app.receive_event.record_deletion(deletion(_id(app, "d"), 1 + n % 2, _late(app, n % 60))),
    "delete index": lambda app, n: app.receive_event.record_deletion(deletion(_id(app, "i"), INDEX, _late(app, 0))),
    "pull": lambda app, n: app.read_pull_log.record_pull(pull(_id(app, "p"), 1 + n % 2, _late(app, n % 600))),
    "ask": _ask,
    "fail": _fail,
    "clean": _advise(),
    "one flaw": _advise("CVE-1"),
    "two flaws": _advise("CVE-1", "CVE-2"),
    "no coverage": _advise("CVE-2", gaps=("no advisories for npm",)),
    "end of life": _end_of_life,
    "weekly": lambda app, n: app.rescan.weekly(),
    "rule": _disable,
    "other rule": _change,
    "no rule": _enable,
    "unexploited rule": _disable_unexploited,
    "scored flaws": _advise_scored,
    "unlikely rule": _disable_unlikely,
    "signals": _signals,
    "hours": lambda app, n: app.world.clock.forward(hours=n % 30),
}

histories = st.lists(st.tuples(st.sampled_from(list(DEEDS)), st.integers(0, 89)), min_size=1, max_size=14)
"""Histories of up to 14 deeds; the number of each varies what it is about."""


def live(app: MemoryApp, deed: str, number: int) -> None:
    """Let one thing happen a minute after the one before, and let everything that follows from it be worked off."""
    app.world.clock.forward(minutes=1)
    DEEDS[deed](app, number)
    app.work()
    app.pass_on_rules.expired()
    app.work()


def images() -> list[ImageId]:
    """Return the images that a history is about."""
    return [image_id(number) for number in IMAGES]
