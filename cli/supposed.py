"""How the answer of ``what-if`` is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.interface import Session

if TYPE_CHECKING:
    from rich.table import Table

    from shared.domain.what_if import WhatIfAnswer


def told(answer: WhatIfAnswer, session: Session) -> None:
    """Tell an answer in words and tables."""
    say, past = session.say, answer.past
    say(f"Compared: {answer.images:,} images, of which {answer.changed:,} would be otherwise.")
    _doubts(answer, session)
    session.console.print(_health(answer))
    say("")
    session.console.print(_numbers(answer))
    say("")
    say(f"Since {past.since:%Y-%m-%d %H:%M} until {past.until:%Y-%m-%d %H:%M} UTC:")
    avoided, added = past.changes_avoided.count, past.changes_added.count
    say(f"  {avoided:,} changes of health would not have happened, {added:,} others would have.")
    avoided, added = past.notices_avoided.count, past.notices_added.count
    say(f"  {avoided:,} notices would not have been sent, {added:,} others would have been.")
    if answer.value:
        say("")
        session.console.print(_images(answer))
    if len(answer.value) < answer.changed:
        say(f"and {answer.changed - len(answer.value):,} more: --top lists more of them")


def _doubts(answer: WhatIfAnswer, session: Session) -> None:
    counts = (
        (answer.left_out, "images are beyond the sample"),
        (answer.unreadable, "images were left out: their events or reports cannot be read"),
        (answer.unknown_until_scanned, "images are unknown until they are scanned"),
        (answer.not_pulled, "images could not be read again"),
        (answer.bill.unknown, "more charges may come: those images are unknown until they are scanned"),
    )
    for count, what in counts:
        if count:
            session.say(f"! {count:,} {what}")


def _health(answer: WhatIfAnswer) -> Table:
    from rich.table import Table

    table = Table("as recorded", "as supposed", "images", box=None, pad_edge=False)
    for move in answer.health:
        table.add_row(str(move.before), str(move.after), f"{move.images:,}")
    return table


def _numbers(answer: WhatIfAnswer) -> Table:
    from rich.table import Table

    table = Table("", "as recorded", "as supposed", box=None, pad_edge=False)
    for severity, before in answer.findings.before.items():
        table.add_row(f"{severity} findings", f"{before:,}", f"{answer.findings.after[severity]:,}")
    table.add_row("recommendations", f"{answer.recommendations.before:,}", f"{answer.recommendations.after:,}")
    table.add_row("charges", f"{answer.bill.before:,}", f"{answer.bill.after:,}")
    return table


def _images(answer: WhatIfAnswer) -> Table:
    from rich.table import Table

    table = Table("image", "digest", "as recorded", "as supposed", "come", "go", "reason", box=None, pad_edge=False)
    for one in answer.value:
        health = str(one.before.health), str(one.after.health)
        # A reason may hold text of an image or a feed: a terminal must not obey it.
        reason = ascii(one.after.reason)[1:-1]
        table.add_row(one.repository, one.digest[7:19], *health, str(one.come.count), str(one.go.count), reason)
    return table
