"""Sub-assessments: findings of images, in the schema of the recommendation that they are asked for under."""

from __future__ import annotations

from collections.abc import Hashable

from shared.api.arm.classic import classic_details, classic_facts, classic_resource
from shared.api.arm.detailed import DetailedParts, detailed_facts
from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.statuses import finding_status, with_caveat
from shared.api.arm.subjects import Subject
from shared.api.arm.times import seven_digits
from shared.services.query_estate import Estate


class SubAssessments:
    """Makes sub-assessments; parts that are equal for many are the same object."""

    def __init__(self, estate: Estate) -> None:
        self._threshold = estate.threshold
        self._caveats = estate.caveats
        self._parts = DetailedParts()
        self._statuses: dict[Hashable, dict[str, str]] = {}

    def resource(self, subject: Subject, schema: Recommendation) -> Json:
        """Give a sub-assessment as Azure Resource Manager shows it."""
        parent = f"{subject.place.resource.id}/providers/Microsoft.Security/assessments/{schema}"
        return {
            "id": f"{parent}/subAssessments/{subject.name}",
            "name": subject.name,
            "type": "Microsoft.Security/assessments/subAssessments",
            "properties": self.properties(subject, schema),
        }

    def properties(self, subject: Subject, schema: Recommendation) -> Json:
        """Give the properties of a sub-assessment."""
        finding, place = subject.judged.finding, subject.place
        classic = schema is Recommendation.CLASSIC
        scan = place.health.last_scan
        return {
            **(classic_facts(finding) if classic else detailed_facts(finding)),
            "timeGenerated": seven_digits(scan.time if scan else None),
            "status": self._status(subject),
            "resourceDetails": classic_resource(place) if classic else self._parts.resource(place),
            "additionalData": classic_details(subject) if classic else self._parts.details(subject),
        }

    def _status(self, subject: Subject) -> dict[str, str]:
        judged = subject.judged
        caveat = self._caveats.of(subject.place.health.registry)
        key = (judged.disabled_by, judged.finding.severity, judged.finding.undetermined, caveat)
        status = self._statuses.get(key)
        if status is None:
            status = self._statuses[key] = with_caveat(finding_status(judged, self._threshold), caveat)
        return status
