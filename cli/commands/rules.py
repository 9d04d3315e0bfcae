"""``rules``: read, preview, make and take back disable rules."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cli import rule_tables
from cli.caller import caller
from cli.files import content
from cli.interface import Command, Exit, Session
from cli.options import add_as_of, add_common, add_top
from cli.progress import walking
from cli.times import as_of

if TYPE_CHECKING:
    from shared.domain.rule_book import RuleBook
    from shared.domain.rules import Rule

type _Action = Callable[[Session], None]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_as_of(parser)
    add_top(parser)
    parser.set_defaults(action=_list)
    chosen = parser.add_subparsers(title="actions", metavar="ACTION", dest="_action")
    listed = _part(chosen, "list", _list, "all rules ever made, newest first (the default)")
    add_as_of(listed)
    add_top(listed)
    shown = _part(chosen, "show", _show, "one rule")
    add_as_of(shown)
    preview = _part(chosen, "preview", _preview, "what a rule would hide, and in which images; nothing is written")
    added = _part(chosen, "add", _add, "make a rule")
    removed = _part(chosen, "remove", _remove, "take a rule back: its findings count again")
    removed.add_argument("--reason", default="", metavar="TEXT", help="why, for the log")
    for part in (shown, removed):
        part.add_argument("id", metavar="ID", help="of the rule")
    for part in (preview, added):
        part.add_argument(
            "--file", required=True, help="the rule as JSON, as the HTTP API takes it; - is standard input"
        )


def _part(chosen: Any, name: str, action: _Action, about: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = chosen.add_parser(
        name, help=about, description=about, argument_default=argparse.SUPPRESS
    )
    part.set_defaults(action=action)
    add_common(part)
    return part


def _run(session: Session) -> Exit:
    session.app.check_settings()
    session.asked.action(session)
    return Exit.OK


def _list(session: Session) -> None:
    from shared.api.rules import newest_first, rule_body

    at = as_of(session)
    rules = sorted(_book(session, at).rules.values(), key=newest_first)
    value = [rule_body(rule, at or session.app.clock()) for rule in rules[: session.asked.top]]
    session.answer({"value": value}, lambda: rule_tables.listed(session, value, len(rules)))


def _show(session: Session) -> None:
    at = as_of(session)
    _answer(session, _book(session, at).rule(session.asked.id), at)


def _preview(session: Session) -> None:
    from shared.api.rules import parse_preview

    rule = parse_preview(content(session.asked.file), caller())
    with walking(session, "Judging images") as progress:
        previewed = msgspec.to_builtins(session.app.preview_rule(rule, progress))
    caveat = session.app.query_caveats(None).everywhere
    session.answer(previewed, lambda: rule_tables.previewed(session, previewed), caveat)


def _add(session: Session) -> None:
    from shared.api.rules import parse_new_rule

    who = caller()
    new = parse_new_rule(content(session.asked.file), str(uuid.uuid4()), who)
    made = session.app.disable_findings.disable(new, who)
    # Of the first rule nothing tells whether the app has the same subscription: one who reads this can.
    session.remark(f"The rule is one of subscription {session.app.settings.subscription_id}, as SUBSCRIPTION_ID says.")
    _answer(session, made)


def _remove(session: Session) -> None:
    from shared.domain.events import FindingEnabled

    wanted, reason = session.asked.id, session.asked.reason[:1000]
    _book(session, None).rule(wanted)
    session.app.disable_findings.enable(FindingEnabled(rule_id=wanted, reason=reason, author=caller()))
    _answer(session, _book(session, None).rule(wanted))


def _book(session: Session, at: datetime | None) -> RuleBook:
    rules = session.app.rules
    return rules.book_as_of(at) if at else rules.book()


def _answer(session: Session, rule: Rule, at: datetime | None = None) -> None:
    from shared.api.rules import rule_body

    body = rule_body(rule, at or session.app.clock())
    session.answer(body, lambda: rule_tables.one(session, body))


COMMAND = Command(
    "rules",
    "disable rules: list, show, preview, add, remove",
    "Read disable rules, say what one would do before it is made, make one, and take one back, as /api/rules does.\n"
    "The log then holds the user of this machine as the actor, and as the author where the rule names none.",
    _arguments,
    _run,
)
