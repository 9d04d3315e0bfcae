"""What must not be loosened: keys, public access, old protocols, events without a second chance, sign-in."""

import re
from typing import Any

import pytest

from tests.support.bicep import template

SITES = {name: template(f"app/{name}.bicep") for name in ("flex", "dedicated")}


def test_storage_has_no_usable_keys_and_nothing_public() -> None:
    [account] = template("app/storage.bicep").bodies("Microsoft.Storage/storageAccounts")
    properties = account["properties"]
    assert properties["allowSharedKeyAccess"] is False
    assert properties["allowBlobPublicAccess"] is False
    assert properties["minimumTlsVersion"] == "TLS1_2"
    assert properties["supportsHttpsTrafficOnly"] is True
    for container in template("app/storage.bicep").bodies("Microsoft.Storage/storageAccounts/blobServices/containers"):
        assert container["properties"]["publicAccess"] == "None"


def test_addresses_of_storage_are_those_of_the_account() -> None:
    outputs = template("app/storage.bicep").text
    assert re.findall(r"output (\w+)Endpoint string = account\.properties\.primaryEndpoints\.(\w+)", outputs) == [
        (kind, kind) for kind in ("blob", "queue", "table")
    ]


@pytest.mark.parametrize(
    ("name", "kind", "switch"),
    [
        ("app/notifications.bicep", "Microsoft.EventGrid/topics", "disableLocalAuth"),
        ("app/monitoring.bicep", "Microsoft.Insights/components", "DisableLocalAuth"),
    ],
)
def test_nothing_is_reached_with_a_key(name: str, kind: str, switch: str) -> None:
    [found] = template(name).bodies(kind)
    assert found["properties"][switch] is True


def test_notices_go_out_as_cloud_events() -> None:
    [topic] = template("app/notifications.bicep").bodies("Microsoft.EventGrid/topics")
    assert topic["properties"]["inputSchema"] == "CloudEventSchemaV1_0"


@pytest.mark.parametrize("plan", SITES)
def test_nobody_deploys_with_a_password(plan: str) -> None:
    policies = SITES[plan].bodies("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {policy["name"]: policy["properties"] for policy in policies} == {
        "ftp": {"allow": False},
        "scm": {"allow": False},
    }


def test_there_is_no_ftp() -> None:
    """Flex Consumption has none, and refuses the property."""
    [site] = SITES["dedicated"].bodies("Microsoft.Web/sites")
    assert site["properties"]["siteConfig"]["ftpsState"] == "Disabled"


@pytest.mark.parametrize("plan", SITES)
def test_the_app_runs_as_its_identity_and_over_tls_only(plan: str) -> None:
    [site] = SITES[plan].bodies("Microsoft.Web/sites")
    assert site["identity"]["type"] == "UserAssigned"
    assert site["properties"]["httpsOnly"] is True
    assert site["properties"]["siteConfig"]["minTlsVersion"] == "1.2"


def test_the_app_runs_on_the_python_that_it_is_made_for() -> None:
    [site] = SITES["flex"].bodies("Microsoft.Web/sites")
    assert site["properties"]["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    [site] = SITES["dedicated"].bodies("Microsoft.Web/sites")
    assert site["properties"]["siteConfig"]["linuxFxVersion"] == "Python|3.13"


def test_flex_consumption_deploys_by_identity() -> None:
    [site] = SITES["flex"].bodies("Microsoft.Web/sites")
    storage = site["properties"]["functionAppConfig"]["deployment"]["storage"]
    assert (storage["type"], storage["authentication"]["type"]) == ("blobContainer", "UserAssignedIdentity")


def subscription() -> dict[str, Any]:
    [made] = template("registry/events.bicep").bodies("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    return dict(made["properties"])


def test_events_are_delivered_for_a_day_and_then_kept() -> None:
    properties = subscription()
    assert properties["eventDeliverySchema"] == "CloudEventSchemaV1_0"
    assert properties["retryPolicy"] == {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440}
    kept = properties["deadLetterWithResourceIdentity"]
    assert (kept["identity"], kept["deadLetterDestination"]["endpointType"]) == ("delivery", "StorageBlob")


def test_events_go_to_the_queue_by_identity_and_stay_there() -> None:
    queue = template("registry/events.bicep").variable("toQueue")
    assert (queue["identity"], queue["destination"]["endpointType"]) == ("delivery", "StorageQueue")
    assert "queueMessageTimeToLiveInSeconds: -1" in template("registry/events.bicep").text


def test_a_system_topic_that_was_there_before_is_left_as_it_is() -> None:
    """Making it anew would take the identities away with which it delivers to others."""
    events = template("registry/events.bicep")
    made = events.part("resources")["ownTopic"]
    assert made["config"]["condition"] == {
        "function": {"type": "empty", "parameters": {"item_to_test": "existingTopicName"}}
    }
    assert events.part("resources")["topic"]["existing"] is True
    [subscription] = events.bodies("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    assert (subscription["parent"], subscription["dependsOn"]) == ("topic", ["ownTopic"])


def test_only_the_webhook_of_event_grid_needs_no_user_and_only_where_it_is_used() -> None:
    authentication = template("app/authentication.bicep")
    assert {path.lower() for path in authentication.variable("webhookPaths")} == {"/runtime/webhooks/eventgrid"}
    [settings] = authentication.bodies("Microsoft.Web/sites/config")
    validation = settings["properties"]["globalValidation"]
    assert validation["requireAuthentication"] is True
    assert "openIdIssuer: '${uri(environment().authentication.loginEndpoint, tenantId)}/v2.0'" in authentication.text
    assert "excludedPaths: eventDestination == 'function' ? webhookPaths : []\n" in authentication.text
