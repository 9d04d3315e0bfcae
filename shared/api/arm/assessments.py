"""Assessments: what the two recommendations say of a registry; and the metadata of the recommendations."""

from __future__ import annotations

from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.statuses import with_caveat
from shared.api.arm.tally import Tally
from shared.api.caveats import caveat_property
from shared.services.query_estate import RegistryImages


def assessment_id(registry: RegistryImages, key: Recommendation) -> str:
    """Give the id of a registry's assessment."""
    return f"{registry.resource.id}/providers/Microsoft.Security/assessments/{key}"


def assessment(
    registry: RegistryImages, key: Recommendation, caveat: str = "", portal: str = "", *, metadata: bool = False
) -> Json:
    """Give an assessment as Azure Resource Manager shows it; with ``portal``, the address of the page, its links.

    ``caveat`` is what has to be known of the registry's images.
    """
    found = {
        "displayName": key.display_name,
        "status": assessment_status(registry, caveat),
        "resourceDetails": {"source": "Azure", "id": registry.resource.id},
        "additionalData": additional_data(registry, key, caveat),
    }
    if portal:
        found["links"] = {"azurePortalUri": portal}
    if metadata:
        found["metadata"] = key.metadata
    return {
        "id": assessment_id(registry, key),
        "name": str(key),
        "type": "Microsoft.Security/assessments",
        "properties": found,
    }


def assessment_status(registry: RegistryImages, caveat: str) -> dict[str, str]:
    """Give the status of a registry's images, and what has to be known of it."""
    return with_caveat(Tally.of(registry.images).status, caveat)


def additional_data(registry: RegistryImages, key: Recommendation, caveat: str) -> dict[str, str]:
    """Give what only this kind of assessment says: values are text."""
    return {"subAssessmentsLink": f"{assessment_id(registry, key)}/subAssessments", **caveat_property(caveat)}


def assessment_metadata(key: Recommendation) -> Json:
    """Give the metadata of a recommendation."""
    return {
        "id": f"/providers/Microsoft.Security/assessmentMetadata/{key}",
        "name": str(key),
        "type": "Microsoft.Security/assessmentMetadata",
        "properties": key.metadata,
    }
