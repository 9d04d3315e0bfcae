"""``image``: one image."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from cli.image_rows import HEALTHS, SEVERITIES
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_fail_on
from cli.tables import Column, facts, show
from cli.text import moment
from cli.times import as_of

_UPGRADES = (
    Column("upgrade"),
    Column("installed"),
    Column("fixed in"),
    Column("severity", whole=True),
    Column("findings", number=True),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("registry", metavar="REGISTRY", help="the login server, such as contoso.azurecr.io")
    parser.add_argument(
        "digest", metavar="DIGEST", help="sha256:…, or as much of it as names one image of the registry"
    )
    add_as_of(parser)
    add_fail_on(parser, HEALTHS, "where the image has one of these healths")


def _run(session: Session) -> Exit:
    from cli.image_names import image_named
    from shared.api.images import image_details_body

    session.app.check_settings()
    at = as_of(session)
    about = image_named(session.app, session.asked.registry, session.asked.digest, at)
    found = session.app.query_images.one(about, at)
    caveats = session.app.query_caveats(at)
    body = image_details_body(found, session.app.query_bases.one(found, at), caveats)
    session.answer(body, lambda: _print(session, body), caveats.everywhere)
    return Exit.PROBLEM if found.health.health in session.asked.fail_on else Exit.OK


def _print(session: Session, image: Mapping[str, Any]) -> None:
    facts(session, _facts(image))
    if image["upgrades"]:
        session.say("")
        show(session, _UPGRADES, map(_upgrade, image["upgrades"]))


def _facts(image: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    os, scan, counts = image["os"], image["lastScan"], image["severities"]
    yield "registry", image["registry"]
    yield "digest", image["digest"]
    yield "repositories", ", ".join(image["repositories"])
    yield "tags", ", ".join(image["tags"]) or "-"
    yield "platform", image["platform"] or "-"
    yield "system", f"{os['name']} {os['version']}" if os else "-"
    yield "packages", image["packages"]
    yield "health", image["health"]
    if image["reason"]:
        yield "reason", image["reason"]
    yield "open findings", ", ".join(f"{counts[one]:,} {one}" for one in (*SEVERITIES, "negligible"))
    yield "undetermined", image["undetermined"]
    yield "disabled", image["disabledFindings"]
    yield "first seen", moment(image["firstSeen"])
    yield "last pushed", moment(image["lastPushed"])
    yield "last pulled", moment(image["lastPulled"])
    yield "last scan", f"{moment(scan['time'])} ({scan['trigger']}, {scan['advisorySnapshot'] or '-'})" if scan else "-"
    if image["base"]:
        yield "base", image["base"]["advice"]
    yield "charged", "yes" if image["charged"] else "no"
    if image["scanning"]:
        yield "scanning", "a scan is under way: what is shown is from before"


def _upgrade(one: Mapping[str, Any]) -> list[object]:
    return [one["package"], one["installed"], ", ".join(one["fixedVersions"]) or "-", one["worst"], one["findings"]]


COMMAND = Command(
    "image",
    "one image, and what to upgrade in it",
    "Show one image with the upgrades that close its findings, as GET /api/images/{registry}/{digest} does.\n"
    "Its findings: findings --registry REGISTRY --digest DIGEST.",
    _arguments,
    _run,
)
