"""``what-if``: what would be otherwise under other rules, settings, advisories or readers."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.interface import Command, CommandFailed, Exit, Session, WrongUse
from cli.options import whole_number
from cli.progress import walking
from cli.supposed import told

if TYPE_CHECKING:
    from shared.services.what_if import WhatIfQuestion

_AUTHOR = "cli"


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--rule", type=Path, metavar="FILE", help="a rule as JSON, as POST /api/rules takes it, in force all the time")
    add("--without", action="append", default=[], metavar="ID", help="a rule that was never made (may be repeated)")
    add("--unhealthy-from", metavar="SEVERITY", help="another UNHEALTHY_FROM")
    add("--support-matrix", metavar="NAME", help="another SUPPORT_MATRIX: defender or extended")
    add("--advisory-snapshot", metavar="NAME", help="match all inventories with this kept snapshot")
    add("--readers", action="store_true", help="pull and read images again that older readers have read")
    add("--registry", metavar="HOST", help="only images of this registry")
    add("--repository", metavar="NAME", help="only images of this repository")
    add("--from", dest="since", metavar="TIME", help="changes and notices after this time (default: 30 days before)")
    add("--to", dest="until", metavar="TIME", help="as of this time (default: now)")
    add("--sample", type=whole_number, metavar="COUNT", help="compare the first so many images only")
    add("--top", type=whole_number, default=100, metavar="COUNT", help="list so many images (default: %(default)s)")


def _run(session: Session) -> Exit:
    from shared.domain.rule_book import InvalidRule, RuleNotFound
    from shared.services.supposing import NoSuchSnapshot

    app = session.app
    app.check_settings()
    asked = _question(session)
    try:
        with walking(session, "Comparing") as progress:
            answer = app.what_if(asked, progress)
    except (InvalidRule, RuleNotFound, NoSuchSnapshot) as error:
        raise CommandFailed(str(error)) from error
    session.answer(answer, lambda: told(answer, session), app.query_caveats(asked.until).everywhere)
    return Exit.OK


def _question(session: Session) -> WhatIfQuestion:
    from shared.api.errors import ApiError
    from shared.api.what_if import parse_what_if

    given = session.asked
    body = {
        "rule": _rule(given.rule) if given.rule else None,
        "without": given.without,
        "unhealthyFrom": given.unhealthy_from,
        "supportMatrix": given.support_matrix,
        "advisorySnapshot": given.advisory_snapshot,
        "readers": given.readers,
        "registry": given.registry,
        "repository": given.repository,
        "from": given.since,
        "to": given.until,
    }
    try:
        asked = parse_what_if(json.dumps(body).encode(), _AUTHOR, session.app.clock())
    except ApiError as error:
        raise WrongUse(error.message) from error
    return asked._replace(sample=given.sample, most=given.top)


def _rule(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise WrongUse(f"{file} holds no rule as JSON: {error}") from error


COMMAND = Command(
    "what-if",
    "what would be otherwise under other rules, settings, advisories or readers",
    "Compare every image, its past and the bill as recorded with what they would be under what is supposed: a rule,\n"
    "none of some rules, another threshold, support matrix or advisory snapshot, or the readers of this version. All\n"
    "of it may be supposed together. What cannot be told from what is on record is `unknown until scanned`, and never\n"
    "healthy. Nothing is written. It takes as long as it takes; POST /api/what-if answers the same within a minute or\n"
    "not at all.",
    _arguments,
    _run,
)
