"""Advisories around an installed version: fictitious flaws that end just below, at and just above it."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

type Json = dict[str, Any]
type Event = dict[str, str]

_SEMVER = ("npm", "Go", "crates.io")


def family(number: int, ecosystem: str, name: str, version: str) -> Iterator[Json]:
    """Make the advisories about one package; ``number`` tells the families of a feed apart."""
    below, above = neighbours(ecosystem, version)
    here = version.removeprefix("v") if ecosystem == "Go" else version
    shapes = [*_ranges(ecosystem, below, here, above), *_others(below, here, above)]
    for shape, (affected, more) in enumerate(shapes):
        yield _record(f"PLIM-2026-{number:04}{shape:02}", ecosystem, name, affected, more)
    cve = {"aliases": [f"CVE-2099-{number:04}0"]}
    yield _record(f"PLIM-2026-{number:04}90", ecosystem, name, _range(ecosystem, _until(above)), cve)
    yield _record(f"TEST-2026-{number:04}91", ecosystem, name, _range(ecosystem, _until(_higher(above))), cve)
    yield _record(f"TEST-2026-{number:04}92", ecosystem, name, _range(ecosystem, _until(below)), cve)
    yield _record(f"PLIM-2026-{number:04}93", ecosystem, f"{name}-other", _range(ecosystem, _until()), {})
    yield _record(f"PLIM-2026-{number:04}94", _elsewhere(ecosystem), name, _range(ecosystem, _until()), {})


def neighbours(ecosystem: str, version: str) -> tuple[str, str]:
    """Return a version just before an installed one, and one just after it."""
    return _NEIGHBOURS[ecosystem.partition(":")[0]](version)


def _ranges(ecosystem: str, below: str, here: str, above: str) -> Iterator[tuple[Json, Json]]:
    last = [{"introduced": "0"}, {"last_affected": here}]
    lists: Sequence[Sequence[Sequence[Event]]] = (
        [_until(above)],
        [_until(here)],
        [_until(below)],
        [last],
        [[{"introduced": "0"}, {"last_affected": below}]],
        [[{"introduced": here}]],
        [[{"introduced": above}]],
        [[{"introduced": "0"}, {"fixed": below}, {"introduced": above}]],
        [[{"introduced": "0"}, {"fixed": below}, {"introduced": here}, {"fixed": above}]],
        [_until(below), [{"introduced": here}, {"fixed": above}]],
        [[{"fixed": above}, {"introduced": below}]],
        [_until()],
        *([[_until(_without_epoch(above))], [_until("9:0-1")]] if ecosystem.startswith(("Debian", "Alma")) else ()),
    )
    for events in lists:
        yield _range(ecosystem, *events), {}


def _others(below: str, here: str, above: str) -> Iterator[tuple[Json, Json]]:
    yield {"versions": [below, here]}, {}
    yield {"versions": [below, above]}, {}
    yield {"versions": [below, here, above]}, {"withdrawn": "2026-10-02T00:00:00Z"}
    commits = {"type": "GIT", "repo": "https://example.com/x", "events": [{"introduced": "0"}]}
    yield {"ranges": [commits], "versions": [above]}, {}


def _range(ecosystem: str, *lists: Sequence[Event]) -> Json:
    kind = "SEMVER" if ecosystem in _SEMVER else "ECOSYSTEM"
    return {"ranges": [{"type": kind, "events": list(events)} for events in lists]}


def _until(version: str = "") -> list[Event]:
    return [{"introduced": "0"}, *([{"fixed": version}] if version else [])]


def _record(name: str, ecosystem: str, package: str, affected: Json, more: Json) -> Json:
    dates = {"modified": "2026-10-01T00:00:00Z", "published": "2026-10-01T00:00:00Z"}
    about = {"package": {"ecosystem": ecosystem, "name": package}, **affected}
    return {"id": name, **dates, **more, "affected": [about]}


def _elsewhere(ecosystem: str) -> str:
    """Return another release of a distribution, or another language."""
    others = {"Debian:12": "Debian:11", "AlmaLinux:9": "AlmaLinux:8", "Alpine:v3.99": "Alpine:v3.9", "PyPI": "npm"}
    return others.get(ecosystem, "PyPI")


def _higher(version: str) -> str:
    """Raise the last number of a version."""
    return re.sub(r"(\d+)(\D*)$", lambda found: f"{int(found[1]) + 1}{found[2]}", version)


def _without_epoch(version: str) -> str:
    return version.rpartition(":")[2]


def _semver(version: str) -> tuple[str, str]:
    core = version.removeprefix("v").partition("-")[0].partition("+")[0]
    major, minor, patch = (*core.split("."), "0", "0")[:3]
    return f"{major}.{minor}.{patch}-0", f"{major}.{minor}.{int(patch) + 1}"


def _apk(version: str) -> tuple[str, str]:
    base, _, release = version.rpartition("-r")
    return f"{base}-r{int(release) - 1}", f"{base}-r{int(release) + 1}"


_NEIGHBOURS: dict[str, Callable[[str], tuple[str, str]]] = {
    "Debian": lambda version: (f"{version}~", f"{version}+1"),
    "AlmaLinux": lambda version: (f"{version}~", f"{version}.1"),
    "Alpine": _apk,
    "PyPI": lambda version: (f"{version}.dev0", _higher(version) if ".post" in version else f"{version}.post1"),
    "npm": _semver,
    "Go": _semver,
    "crates.io": _semver,
    "Maven": lambda version: (f"{version}-alpha-1", f"{version}.1"),
}
