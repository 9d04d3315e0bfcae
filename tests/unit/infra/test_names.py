"""The names in the templates are those of the code: of queues, tables, containers, events and functions."""

from shared.domain import stored_names
from shared.registry.events import EventKind
from shared.subscription import azure_subscription
from tests.support.bicep import template
from tests.unit.functions.test_index import HTTP, QUEUES, TIMERS

STORAGE = template("app/storage.bicep")
EVENTS = template("registry/events.bicep")


def names(ending: str) -> set[str]:
    return {value for name, value in vars(stored_names).items() if name.endswith(ending)}


def test_every_queue_of_the_code_is_made() -> None:
    assert set(STORAGE.variable("queueNames")) == names("_QUEUE")


def test_every_table_of_the_code_is_made_but_those_of_generations() -> None:
    """Those are numbered, and made by the app."""
    assert set(STORAGE.variable("tableNames")) == names("_TABLE")


def test_every_container_of_the_code_is_made() -> None:
    assert set(STORAGE.variable("containerNames")) == names("_CONTAINER")


def test_a_queue_is_listened_to_and_has_its_poison_queue() -> None:
    queues = set(STORAGE.variable("queueNames"))
    assert queues == set(QUEUES.values())
    assert {f"{name}-poison" for name in queues if not name.endswith("-poison")} < queues


def test_events_are_subscribed_to_of_the_types_that_are_read() -> None:
    assert EVENTS.variable("eventTypes") == [f"Microsoft.ContainerRegistry.{kind}" for kind in EventKind]


def test_events_go_to_the_queue_that_is_listened_to_or_to_the_function() -> None:
    assert EVENTS.variable("queueName") == QUEUES["on_registry_message"]
    assert EVENTS.variable("functionName") == "on_registry_event"
    assert EVENTS.variable("functionName") not in {*HTTP, *QUEUES, *TIMERS}  # it is the one with an Event Grid trigger
    assert EVENTS.variable("deadLetterContainerName") == stored_names.UNDELIVERED_CONTAINER


def test_what_is_made_for_a_registry_has_the_name_that_the_app_gives_it() -> None:
    """A registry that was found first, and is listed later, has one system topic and one diagnostic setting."""
    [topic] = EVENTS.bodies("Microsoft.EventGrid/systemTopics")
    [subscription] = EVENTS.bodies("Microsoft.EventGrid/systemTopics/eventSubscriptions")
    [setting] = template("registry/pulls.bicep").bodies("Microsoft.Insights/diagnosticSettings")
    assert topic["name"] == f"{azure_subscription.NAME}-${{registryName}}"
    assert {subscription["name"], setting["name"]} == {azure_subscription.NAME}


def test_pulls_are_logged_to_the_container_that_is_read() -> None:
    [setting] = template("registry/pulls.bicep").bodies("Microsoft.Insights/diagnosticSettings")
    [log] = setting["properties"]["logs"]
    assert f"insights-logs-{log['category'].lower()}" == stored_names.PULL_LOGS_CONTAINER
    assert log["enabled"] is True
