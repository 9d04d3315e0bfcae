"""Whether one version of a package is affected, and which later version no longer is."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.advisories.intervals import FIRST, NEVER
from shared.advisories.modules import ORDINARY, concerns
from shared.advisories.schema import AffectedRow
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.scheme import Scheme, sort_key


class Installed(NamedTuple):
    """An installed version with its sort key or the reason why it has none, and its module (see ``modules``)."""

    version: str
    key: bytes | None
    undecided: str
    module: str = ORDINARY

    @classmethod
    def of(cls, version: str, scheme: Scheme | None, module: str = ORDINARY) -> "Installed":
        """Work out the sort key of an installed version."""
        if scheme is None:
            return cls(version, None, "no version order is known for this ecosystem", module)
        try:
            return cls(version, sort_key(scheme, version), "", module)
        except InvalidVersion as error:
            return cls(version, None, f"the installed version cannot be ordered: {error}", module)


class Verdict(NamedTuple):
    """What one advisory says about an installed version; ``undecided`` is the reason why nothing can be said."""

    advisory: int
    rows: tuple[AffectedRow, ...]
    undecided: str | None

    @property
    def ends(self) -> bool:
        """Say whether later versions without the flaw exist, known by name or not."""
        return not any(row.stop == NEVER for row in self.rows)


def judge(advisory: int, rows: tuple[AffectedRow, ...], installed: Installed) -> Verdict | None:
    """Return an advisory's verdict from all of its rows for a package, or None if the version is not affected."""
    rows = tuple(row for row in rows if concerns(row.modules, installed.module))
    if any(_names_fixed_build(row, installed) for row in rows):
        return None
    undecided = None
    for row in rows:
        answer = _hits(row, installed)
        if answer is True:
            answer = concerns(row.modules, installed.module)
        if answer is True:
            return Verdict(advisory, rows, None)
        undecided = undecided or answer or None
    return Verdict(advisory, rows, undecided) if undecided else None


def first_fix(installed: Installed, verdicts: Iterable[Verdict]) -> str | None:
    """Return the lowest fixed version above the installed one that none of the advisories calls affected.

    Where they contradict each other it is the lowest that one of them names; None where there is no fix.
    """
    rows = [row for verdict in verdicts for row in verdict.rows]
    if installed.key is None:
        return None
    later = sorted((row.stop, row.fixed) for row in rows if row.fixed and row.stop and row.stop > installed.key)
    unaffected = (fixed for key, fixed in later if not any(_holds(row, key) for row in rows))
    return next(unaffected, later[0][1] if later else None)


def _names_fixed_build(row: AffectedRow, installed: Installed) -> bool:
    # An erratum lists every build of a package that got its fix, one for each rebuild of a module or minor release.
    return row.modules is not None and row.fixed is not None and row.stop == installed.key


def _hits(row: AffectedRow, installed: Installed) -> bool | str:
    if row.undecided is not None:
        return row.undecided
    if row.exact is not None:
        return f"\n{installed.version}\n" in row.exact
    if row.start == FIRST and row.stop == NEVER:
        return True
    return installed.undecided if installed.key is None else _holds(row, installed.key)


def _holds(row: AffectedRow, key: bytes) -> bool:
    return row.start is not None and row.stop is not None and row.start <= key < row.stop
