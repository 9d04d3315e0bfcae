"""The pointer: which generation of projections is live, which one is being built, and which are kept beside them.

Changes are pure steps from one pointer to the next; where a step makes no sense it raises WrongStep and says what does.
"""

from __future__ import annotations

import msgspec


class WrongStep(Exception):
    """The generations are not as a command expects them; the message says how they are, and what can be done."""


class Pointer(msgspec.Struct, frozen=True, rename="camel"):
    """What is told by the one row: numbers of generations. Without a row, only the first one exists.

    ``kept`` are the earlier ones that one can go back to, the latest first. No number is ever given twice: ``newest``
    is the highest so far.
    """

    live: int = 1
    building: int | None = None
    kept: tuple[int, ...] = ()
    newest: int = 1

    @property
    def fed(self) -> tuple[int, ...]:
        """Every generation that hints must reach, the live one first."""
        return (self.live, *([] if self.building is None else [self.building]), *self.kept)


def begin(pointer: Pointer) -> Pointer:
    """Start to build the next generation; one that is being built already stays the one."""
    if pointer.building is not None:
        return pointer
    return msgspec.structs.replace(pointer, building=pointer.newest + 1, newest=pointer.newest + 1)


def abandon(pointer: Pointer) -> Pointer:
    """Give up the generation that is being built."""
    return msgspec.structs.replace(pointer, building=None)


def switch(pointer: Pointer, number: int) -> Pointer:
    """Make the generation that was built the live one, and keep the one before."""
    if pointer.building != number:
        raise WrongStep(f"generation {number} is not being built any more; generation {pointer.live} is live")
    return msgspec.structs.replace(pointer, live=number, building=None, kept=(pointer.live, *pointer.kept))


def roll_back(pointer: Pointer, number: int | None = None) -> Pointer:
    """Make a kept generation the live one again: the latest, or the one of a number."""
    if not pointer.kept:
        raise WrongStep(f"no generation is kept beside {pointer.live}, the live one: there is none to go back to")
    chosen = pointer.kept[0] if number is None else number
    rest = _without(pointer, chosen)
    return msgspec.structs.replace(pointer, live=chosen, kept=(pointer.live, *rest))


def drop(pointer: Pointer, number: int) -> Pointer:
    """Keep a generation no longer."""
    return msgspec.structs.replace(pointer, kept=_without(pointer, number))


def _without(pointer: Pointer, number: int) -> tuple[int, ...]:
    if number not in pointer.kept:
        kept = ", ".join(map(str, pointer.kept)) or "none"
        raise WrongStep(f"generation {number} is not kept (live: {pointer.live}, kept: {kept})")
    return tuple(other for other in pointer.kept if other != number)
