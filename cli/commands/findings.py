"""``findings``: which images have a flaw or a package."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cli.first import most, tell_others
from cli.image_names import naming
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_fail_on, add_filters, add_top
from cli.progress import reading
from cli.tables import Column, show
from cli.text import counted, plain, pull_name, short
from cli.times import as_of

if TYPE_CHECKING:
    from shared.projections.findings_index.interface import FoundFindings

_OPEN, _UNANSWERED = "open", "unanswered"
_COLUMNS = (
    Column("severity", whole=True),
    Column("flaw"),
    Column("package"),
    Column("version"),
    Column("fixed in"),
    Column("exploit"),
    Column("image"),
    Column("digest", whole=True),
    Column("state"),
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser, "cve", "package", "version", "severity", "registry", "repository", "digest")
    _add_flag(parser, "fixable", "only those with a fix, or with false only those without")
    _add_flag(parser, "exploited", "only those known to be exploited, or with false only the others")
    parser.add_argument("--epss-from", dest="epssFrom", metavar="SCORE", help="only those with this EPSS score or more")
    _add_flag(parser, "disabled", "only those that a rule disables, or with false only open ones")
    add_as_of(parser)
    add_top(parser)
    what = "where a finding is open or could not be read, or where images are not wholly assessed or unsupported"
    add_fail_on(parser, (_OPEN, _UNANSWERED), what)


def _add_flag(parser: argparse.ArgumentParser, name: str, what: str) -> None:
    parser.add_argument(f"--{name}", nargs="?", const="true", choices=("true", "false"), help=what)


def _run(session: Session) -> Exit:
    from shared.api import parameters
    from shared.api.findings import doubts_body, found_body

    criteria, at = parameters.finding_criteria(session.query), as_of(session)
    with reading(session, "Reading findings"):
        session.app.check_settings()
        answered = session.app.query_findings(criteria, at, most=most(session))
    shown = answered.found[: session.asked.top]
    signals = session.app.signals.as_of(at)
    body = {"value": [found_body(one.image, one.judged, signals) for one in shown], **doubts_body(answered)}
    caveat = session.app.query_caveats(at).everywhere
    session.answer(body, lambda: _print(session, body, answered.found), caveat)
    return Exit.PROBLEM if _failing(answered) & session.asked.fail_on else Exit.OK


def _failing(answered: FoundFindings) -> set[str]:
    still_open = any(one.judged.disabled_by is None for one in answered.found)
    unanswered = answered.unanswered.not_assessed or answered.unanswered.unsupported
    words = {_OPEN} if still_open or answered.unreadable else set()
    return words | {_UNANSWERED} if unanswered or answered.unreadable else words


def _print(session: Session, body: Mapping[str, Any], read: Sequence[object]) -> None:
    value: Sequence[Mapping[str, Any]] = body["value"]
    if value:
        name = naming(session, (one["image"] for one in value))
        show(session, _COLUMNS, (_row(one, name(one["image"])) for one in value))
    else:
        session.say("No finding is known that was asked for.")
    tell_others(session, value, read)
    _tell_doubts(session, body)


def _tell_doubts(session: Session, body: Mapping[str, Any]) -> None:
    unanswered, unreadable = body["unanswered"], body.get("unreadable")
    if count := unanswered["notAssessed"]:
        session.say(f"! Not wholly assessed, and may have findings that nobody knows of: {counted(count, 'image')}.")
    if count := unanswered["unsupported"]:
        session.say(f"! Unsupported, and may have findings that nobody knows of: {counted(count, 'image')}.")
    if unreadable:
        session.say(f"! With findings that cannot be read: {counted(unreadable['count'], 'image')}:")
        for image in unreadable["images"]:
            session.say(f"!   {pull_name(image)} {short(image['digest'])}: {plain(image['reason'])}")


def _row(one: Mapping[str, Any], name: str) -> list[object]:
    package = one["package"]
    return [
        one["severity"],
        one["cve"] or one["advisory"],
        package["name"],
        package["version"],
        one["fixedVersion"] or one["fixStatus"],
        _exploit(one["exploit"]),
        name,
        short(one["image"]["digest"]),
        _state(one),
    ]


def _exploit(known: Mapping[str, Any]) -> str:
    exploited = ["known"] if known["kev"] else []
    score = [f"{known['epss']:.1%}"] if known["epss"] is not None else []
    return " ".join([*exploited, *score]) or "-"


def _state(one: Mapping[str, Any]) -> str:
    if one["disabledBy"]:
        return f"disabled by {one['disabledBy']}"
    return f"undetermined: {one['undetermined']}" if one["undetermined"] else "open"


COMMAND = Command(
    "findings",
    "findings over all images, worst first, each with its image",
    "Find every image with a flaw (any name of it) or with a package (or a source package) in a version, as\n"
    "GET /api/findings does. Images of whose findings nobody knows are told below the list: they may have it too. The\n"
    "column exploit says known for what the KEV catalog lists, and the EPSS score: how likely it is within 30 days.",
    _arguments,
    _run,
)
