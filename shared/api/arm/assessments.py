"""Assessments: what the two recommendations say of a registry; and the metadata of the recommendations."""

from __future__ import annotations

from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.tally import Tally
from shared.services.query_estate import RegistryImages


def assessment_id(registry: RegistryImages, key: Recommendation) -> str:
    """Give the id of a registry's assessment."""
    return f"{registry.resource.id}/providers/Microsoft.Security/assessments/{key}"


def assessment(registry: RegistryImages, key: Recommendation, portal: str = "", *, metadata: bool = False) -> Json:
    """Give an assessment as Azure Resource Manager shows it; with ``portal``, the address of the page, its links."""
    found = {
        "displayName": key.display_name,
        "status": Tally.of(registry.images).status,
        "resourceDetails": {"source": "Azure", "id": registry.resource.id},
        "additionalData": additional_data(registry, key),
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


def additional_data(registry: RegistryImages, key: Recommendation) -> dict[str, str]:
    """Give what only this kind of assessment says: values are text."""
    return {"subAssessmentsLink": f"{assessment_id(registry, key)}/subAssessments"}


def assessment_metadata(key: Recommendation) -> Json:
    """Give the metadata of a recommendation."""
    return {
        "id": f"/providers/Microsoft.Security/assessmentMetadata/{key}",
        "name": str(key),
        "type": "Microsoft.Security/assessmentMetadata",
        "properties": key.metadata,
    }
