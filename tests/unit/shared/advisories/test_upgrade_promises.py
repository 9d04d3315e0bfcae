"""What recommendations promise of upgrades, held against the matcher itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.advisories.versions.order import in_order
from shared.domain.findings import Finding
from shared.domain.packages import Package
from shared.domain.upgrades import upgrades
from tests.unit.shared.advisories.osv_samples import affected, database, findings_of, package, record

_minor = st.integers(0, 12)
# From a version on, up to one that is fixed; none where no fix is known.
_flaws = st.lists(st.tuples(_minor, st.one_of(st.none(), _minor)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(_flaws, _minor)
def test_every_upgrade_closes_all_that_it_says_and_what_it_does_not_name_has_no_fix(
    flaws: Sequence[tuple[int, int | None]], installed: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        known = database(Path(directory), {"npm": [_record(number, *flaw) for number, flaw in enumerate(flaws)]})
        before = findings_of(known, _package(f"1.{installed}.0"))
        made = upgrades(before, in_order)
        named = {one.fixed_versions for one in made}
        assert sum(one.findings for one in made) == len(before)
        closable = {one.id: one for one in before if one.fixed_version}
        for versions in filter(None, named):
            still = _advisories(findings_of(known, _package(versions[-1])))
            assert not still & {one.advisory for one in closable.values()}
            for one in closable.values():
                assert one.advisory not in _advisories(findings_of(known, _package(str(one.fixed_version))))
        unfixed = {one.advisory for one in before} - {one.advisory for one in closable.values()}
        assert unfixed == {f"GHSA-{n}" for n, (start, fix) in enumerate(flaws) if fix is None and start <= installed}
        known.close()


def _record(number: int, start: int, fix: int | None) -> Mapping[str, object]:
    events = [{"introduced": f"1.{start}.0"}, *([] if fix is None else [{"fixed": f"1.{max(fix, start + 1)}.0"}])]
    return record(f"GHSA-{number}", affected("npm", "left", *events))


def _package(version: str) -> Package:
    return package("npm", "left", version, purl=f"pkg:npm/left@{version}")


def _advisories(findings: Sequence[Finding]) -> set[str]:
    return {one.advisory for one in findings}
