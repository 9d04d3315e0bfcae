"""Questions to the index as SQL; every value is a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health, health_place
from shared.projections.findings_index.interface import FindingPosition, ImagePosition, Revision

_IMAGE_ORDER = ("w0", "w1", "w2", "w3", "w4", "w5", "registry", "repository", "digest")
_OF_ONE_FINDING = tuple(
    f"finding.{column}" for column in ("severity", "unexploited", "epss", "score", "package", "flaw", "finding_id")
)
_FINDING_ORDER = (
    *_OF_ONE_FINDING,
    *("finding.hash", "image.registry", "image.digest", "report_part.layer", "part_finding.place"),
)
# The first rule that was made of those that a finding meets, that hold for its image, and that have not expired.
DISABLED_BY = """(
    SELECT rule.id FROM finding_rule JOIN rule ON rule.place = finding_rule.rule
    WHERE finding_rule.finding = finding.id
      AND (rule.registry IS NULL OR rule.registry = image.registry)
      AND (rule.digest IS NULL OR rule.digest = image.digest)
      AND (NOT rule.about_images OR EXISTS (SELECT 1 FROM image_rule WHERE image = image.id AND rule = rule.place))
      AND (rule.repository IS NULL OR image.id IN (SELECT image FROM image_repository WHERE name = rule.repository))
      AND (rule.expires IS NULL OR rule.expires > :now)
    ORDER BY rule.place LIMIT 1)"""
_RULES = """(
    SELECT json_group_array(place || ' ' || revision || ' ' || adopted) FROM rule
    WHERE expires IS NULL OR expires > :now)"""
# The order of the tables is ours, CROSS JOIN keeps it (sqlite.org/optoverview.html, "Manual Control Of Query Plans").
# Few images are read with all their findings and sorted; all else is read from the worst finding on, to the end of the
# page.
_BY_IMAGE = (
    "image CROSS JOIN report_part ON report_part.report = image.report"
    " CROSS JOIN part_finding ON part_finding.part = report_part.part"
    " CROSS JOIN finding ON finding.id = part_finding.finding"
)
IMAGES_OF_FINDING = (
    "part_finding CROSS JOIN report_part ON report_part.part = part_finding.part"
    " CROSS JOIN image ON image.report = report_part.report"
)
_BY_FINDING = f"finding CROSS JOIN {IMAGES_OF_FINDING} AND part_finding.finding = finding.id"
OF_IMAGE: Mapping[str, str] = {
    "registry": "image.registry = :registry",
    "repository": "image.id IN (SELECT image FROM image_repository WHERE name = :repository)",
    "digest": "image.digest = :digest",
    "health": "image.health = :health",
}
_OF_FINDING: Mapping[str, str] = {
    "cve": "finding.id IN (SELECT finding FROM finding_flaw WHERE name = :cve)",
    "severity": "finding.severity = :severity",
    "finding_id": "finding.finding_id = :finding_id",
    "fixable": "finding.fixable = :fixable",
    "exploited": "finding.unexploited = NOT :exploited",
    "epss_from": "finding.epss <= -:epss_from",
    "disabled": f"({DISABLED_BY} IS NOT NULL) = :disabled",
}


class Query(NamedTuple):
    """A statement with its parameters."""

    text: str
    parameters: Mapping[str, object]


def images(
    registry: str | None, repository: str | None, health: Health | None, after: ImagePosition | None, most: int | None
) -> Query:
    """Ask for images, worst first: what is shown of each, upgrades, lineage, and layers."""
    given = _given({"registry": registry, "repository": repository, "health": health})
    conditions = ["image.listed", *(OF_IMAGE[name] for name in given)]
    return _listed("shown, upgrades, lineage, layers", "image", conditions, given, _IMAGE_ORDER, after, most)


def known(since: Revision | None) -> Query:
    """Ask for every image that changed since a state, those that were deleted included: the same, and whether it is
    listed.
    """
    columns, number = "shown, upgrades, lineage, layers, listed", since.number if since else -1
    conditions = ["etag <> ''", "changed > :number"]
    return _listed(columns, "image", conditions, {"number": number}, _IMAGE_ORDER, None, None)


def found(criteria: FindingCriteria, after: FindingPosition | None, most: int | None, now: int) -> Query:
    """Ask for findings with their images, worst first: image, what is shown of it, finding, content, rule, position."""
    conditions, given = _looked_for(criteria)
    if after is not None:
        # Implied by the position as a whole, and what the index of findings can be entered by.
        begin = {f"begin{number}": value for number, value in enumerate(after[: len(_OF_ONE_FINDING)])}
        conditions.append(f"({', '.join(_OF_ONE_FINDING)}) >= ({', '.join(f':{name}' for name in begin)})")
        given = {**given, **begin}
    columns = f"image.id, shown, finding.id, content, {DISABLED_BY}, {', '.join(_FINDING_ORDER)}"
    place = after and (*after[: len(_OF_ONE_FINDING)], bytes.fromhex(after.content), *after[len(_OF_ONE_FINDING) + 1 :])
    return _listed(columns, _tables(criteria), conditions, {**given, "now": now}, _FINDING_ORDER, place, most)


def count(criteria: FindingCriteria, now: int) -> Query:
    """Ask how many findings there are."""
    conditions, given = _looked_for(criteria)
    text = f"SELECT count(*) FROM {_tables(criteria)} WHERE {' AND '.join(conditions)}"  # noqa: S608 - texts of this module
    return Query(text, {**given, "now": now})


def unreadable(criteria: FindingCriteria) -> Query:
    """Ask for images whose report cannot be read: what is shown of each, and why."""
    given = _of_image(criteria)
    conditions = ["image.listed", "image.problem <> ''", *(OF_IMAGE[name] for name in given)]
    return _listed("shown, problem", "image INDEXED BY image_problem", conditions, given, _IMAGE_ORDER, None, None)


def unanswered(criteria: FindingCriteria) -> Query:
    """Ask for how many images there is no whole answer: health and count."""
    given = _of_image(criteria)
    places = ", ".join(str(health_place(health)) for health in (Health.NOT_ASSESSED, Health.UNSUPPORTED))
    conditions = ["image.listed", f"w0 IN ({places})", *(OF_IMAGE[name] for name in given)]
    text = f"SELECT health, count(*) FROM image WHERE {' AND '.join(conditions)} GROUP BY health"  # noqa: S608 - see above
    return Query(text, given)


def _tables(criteria: FindingCriteria) -> str:
    few_findings = criteria.cve or criteria.finding_id or criteria.package or criteria.version
    few_images = criteria.repository or criteria.digest
    return _BY_IMAGE if few_images and not few_findings else _BY_FINDING


def revision(now: int) -> Query:
    """Ask for the state of the index: its build, the number of its last change, and the rules in force."""
    return Query(f"SELECT build, number, {_RULES} FROM state", {"now": now})  # noqa: S608 - texts of this module


def changes(since: Revision | None, now: int) -> Query:
    """Ask for the images that changed since a state; all of them where anything else changed too."""
    build, number, rules = since or ("", -1, "")
    text = (
        f"SELECT registry, digest FROM image, state"  # noqa: S608 - texts of this module
        f" WHERE changed > :number OR build <> :build OR {_RULES} <> :rules"
    )
    return Query(text, {"build": build, "number": number, "rules": rules, "now": now})


def _looked_for(criteria: FindingCriteria) -> tuple[list[str], Mapping[str, object]]:
    of_image = _of_image(criteria)
    of_finding = _given(
        {
            "cve": criteria.cve and criteria.cve.upper(),
            "severity": None if criteria.severity is None else criteria.severity.rank,
            "finding_id": criteria.finding_id,
            "fixable": criteria.fixable,
            "exploited": criteria.exploited,
            "epss_from": criteria.epss_from,
            "disabled": criteria.disabled,
        }
    )
    of_package = _given({"package": criteria.package and criteria.package.lower(), "version": criteria.version})
    conditions = ["image.listed", *(OF_IMAGE[name] for name in of_image), *(_OF_FINDING[name] for name in of_finding)]
    if of_package:
        same = " AND ".join(f"{'name' if name == 'package' else name} = :{name}" for name in of_package)
        conditions.append(
            "finding.id IN (SELECT finding FROM package JOIN finding_package ON finding_package.package = package.id"  # noqa: S608 - see above
            f" WHERE {same})"
        )
    return conditions, {**of_image, **of_finding, **of_package}


def _of_image(criteria: FindingCriteria) -> Mapping[str, object]:
    return _given({"registry": criteria.registry, "repository": criteria.repository, "digest": criteria.digest})


def _given(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _listed(
    columns: str,
    tables: str,
    conditions: list[str],
    given: Mapping[str, object],
    order: tuple[str, ...],
    after: tuple[object, ...] | None,
    most: int | None,
) -> Query:
    names = ", ".join(order)
    place = {f"after{number}": value for number, value in enumerate(after or ())}
    if place:
        conditions = [*conditions, f"({names}) > ({', '.join(f':{name}' for name in place)})"]
    text = f"SELECT {columns} FROM {tables} WHERE {' AND '.join(conditions)} ORDER BY {names} LIMIT :most"  # noqa: S608
    return Query(text, {**given, **place, "most": -1 if most is None else most})
