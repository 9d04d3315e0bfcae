"""How disable rules are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.image_names import naming
from cli.interface import Session
from cli.tables import Column, facts, show
from cli.text import counted, moment, short

type Body = Mapping[str, Any]

_RULES = (
    Column("id", whole=True),
    Column("state", whole=True),
    Column("scope"),
    Column("criteria"),
    Column("reason"),
    Column("author"),
    Column("expires"),
)
_IMAGES = (
    Column("image"),
    Column("digest", whole=True),
    Column("hidden", number=True),
    Column("reopened", number=True),
    Column("health", whole=True),
    Column("then", whole=True),
)


def listed(session: Session, value: Sequence[Body], count: int) -> None:
    """Show a list of rules, which may be the first of more."""
    if not value:
        session.say("No rule was ever made.")
        return
    show(session, _RULES, map(_row, value))
    if count > len(value):
        session.remark(f"{len(value):,} of {counted(count, 'rule')}.")


def one(session: Session, rule: Body) -> None:
    """Show one rule with all that is known of it."""
    facts(session, _facts(rule))


def previewed(session: Session, preview: Body) -> None:
    """Show what a rule would do."""
    hidden, images = preview["findings"], preview["images"]
    session.say(
        f"The rule would hide {counted(hidden, 'finding')} and reopen {preview['reopened']:,} "
        f"in {counted(images, 'image')}; "
        f"{preview['becomeHealthy']:,} would become healthy, {preview['becomeUnhealthy']:,} unhealthy."
    )
    if preview.get("missing"):
        session.say(f"A rule on what is exploited hides nothing as long as this is so: {preview['missing']}.")
    if preview["value"]:
        name = naming(session, preview["value"])
        show(session, _IMAGES, ([name(image), *_changed(image)] for image in preview["value"]))
    if images > len(preview["value"]):
        session.remark(f"{len(preview['value']):,} of {counted(images, 'image')}.")


def _row(rule: Body) -> list[object]:
    return [
        rule["id"],
        rule["state"],
        _scope(rule),
        "; ".join(_criteria(rule)),
        rule["reason"],
        rule["author"],
        moment(rule["expires"]),
    ]


def _facts(rule: Body) -> Iterator[tuple[str, object]]:
    yield "id", rule["id"]
    yield "state", rule["state"]
    yield "scope", _scope(rule)
    for criterion in _criteria(rule):
        yield "criterion", criterion
    yield "reason", rule["reason"]
    yield "author", rule["author"]
    yield "created", moment(rule["created"])
    yield "changed", moment(rule["changed"])
    yield "revision", rule["revision"]
    yield "expires", moment(rule["expires"])
    yield "removed", moment(rule["removed"])


def _scope(rule: Body) -> str:
    named = [f"{name} {text}" for name, text in rule["scope"].items() if text]
    return ", ".join(named) or "subscription"


def _criteria(rule: Body) -> Iterator[str]:
    for name, wanted in rule["criteria"].items():
        if wanted is True:
            yield name
        elif wanted:
            words = wanted if isinstance(wanted, (list, tuple)) else [wanted]
            yield f"{name} {', '.join(map(_word, words))}"


def _word(wanted: Any) -> str:
    if isinstance(wanted, dict):
        return " ".join(str(part) for part in wanted.values() if part)
    return str(wanted)


def _changed(image: Body) -> list[object]:
    return [
        short(image["digest"]),
        image["hidden"],
        image["reopened"],
        image["health"],
        image["healthThen"],
    ]
