"""Rows of the table ``securityresources``: assessments, sub-assessments, secure score, its control, and pricing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.api.arm.assessments import additional_data, assessment_id, assessment_status
from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.rows.row import row
from shared.api.arm.secure_score import secure_score, secure_score_control
from shared.api.arm.sub_assessments import SubAssessments
from shared.api.arm.subjects import Place, places, subjects
from shared.domain.image_health import ImageHealth
from shared.services.query_estate import Estate, RegistryImages

_TYPE = "microsoft.security/"


def security_rows(estate: Estate) -> Iterator[Json]:
    """Yield all rows of the table; those of sub-assessments come last."""
    yield from score_rows(estate)
    yield from assessment_rows(estate)
    yield from sub_assessment_rows(estate, places(estate.registries))


def score_rows(estate: Estate) -> Iterator[Json]:
    """Yield the secure score of each subscription, its control, and the plan that scanning stands for."""
    for name in estate.subscriptions:
        registries = estate.of_subscription(name)
        caveat = estate.caveats.everywhere
        score = secure_score(name, registries, caveat)
        control = secure_score_control(name, registries, caveat, definition=True)
        yield _row("securescores", score, subscription=name)
        yield _row("securescores/securescorecontrols", control, subscription=name)
        yield _row("pricings", _pricing(name, on=not caveat), subscription=name)


def assessment_rows(estate: Estate) -> Iterator[Json]:
    """Yield the assessments of each registry, one for each recommendation."""
    for registry in estate.registries:
        resource = registry.resource
        caveat = estate.caveats.of(resource.login_server)
        for key in Recommendation:
            properties = _assessment(registry, key, caveat)
            found = {"id": assessment_id(registry, key), "name": str(key), "properties": properties}
            yield _row("assessments", found, subscription=resource.subscription_id, group=resource.resource_group)


def sub_assessment_rows(
    estate: Estate, among: Iterable[Place], schemas: Iterable[Recommendation] = tuple(Recommendation)
) -> Iterator[Json]:
    """Yield the findings at some places, once for each schema; what is equal in many rows is the same object."""
    shapes, chosen = SubAssessments(estate), tuple(schemas)
    for subject in subjects(estate, among):
        resource = subject.place.resource
        for schema in chosen:
            parent = f"{resource.id}/providers/Microsoft.Security/assessments/{schema}"
            yield row(
                _TYPE + "assessments/subassessments",
                f"{parent}/subassessments/{subject.name}",
                subject.name,
                shapes.properties(subject, schema),
                subscription=resource.subscription_id,
                group=resource.resource_group,
            )


def _row(kind: str, found: Json, *, subscription: str, group: str = "") -> Json:
    return row(_TYPE + kind, found["id"], found["name"], found["properties"], subscription=subscription, group=group)


def _assessment(registry: RegistryImages, key: Recommendation, caveat: str) -> Json:
    status = assessment_status(registry, caveat)
    worst = _worst(registry.images)
    return {
        "displayName": key.display_name,
        "status": status,
        "statusPerInitiative": [
            {"policyInitiativeName": "Plimsoll", "assessmentStatus": {"code": status["code"]}},
        ],
        "resourceDetails": _resource_details(registry),
        "additionalData": additional_data(registry, key, caveat),
        "links": {"azurePortal": ""},
        "metadata": key.metadata,
        "risk": {"level": worst, "riskFactors": []},
    }


def _resource_details(registry: RegistryImages) -> Json:
    # Queries read either spelling of the first two.
    found = registry.resource
    return {
        "Source": "Azure",
        "source": "Azure",
        "Id": found.id,
        "id": found.id,
        "ResourceType": "registries",
        "ResourceName": found.name,
        "ResourceProvider": "Microsoft.ContainerRegistry",
    }


def _worst(images: Iterable[ImageHealth]) -> str:
    """Give the worst severity of an open finding; ``None`` is the word of Azure for none."""
    counts = [image.severities for image in images]
    for severity in ("critical", "high", "medium", "low"):
        if any(count[severity] for count in counts):
            return severity.capitalize()
    return "Low" if any(count["unknown"] for count in counts) else "None"


def _pricing(subscription: str, *, on: bool) -> Json:
    name = "Containers"
    return {
        "id": f"/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{name}",
        "name": name,
        "properties": {
            "pricingTier": "Standard" if on else "Free",
            "freeTrialRemainingTime": "PT0S",
            "extensions": [{"name": "ContainerRegistriesVulnerabilityAssessments", "isEnabled": str(on)}],
        },
    }
