"""Discovery against a stand-in for Azure Resource Manager, over TLS, with the real client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from shared.domain.discovery import DiscoveryMode
from shared.domain.exclusions import Exclusions
from shared.services.discover_registries import DiscoverRegistries
from shared.services.known_registries import RegistryRefused
from shared.settings import Settings
from shared.subscription.azure_subscription import AzureSubscription, EventTargets
from shared.subscription.client import ManagementClient
from tests.support.acr import Reply, make_tls
from tests.support.arm import SUBSCRIPTION, TOKEN, ArmStandIn, registry_id
from tests.support.examples import push
from tests.support.memory_app import MemoryApp

STORAGE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/plimsoll/providers/Microsoft.Storage/storageAccounts/store"
IDENTITY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/plimsoll"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/delivery"
)
TARGETS = EventTargets(STORAGE, IDENTITY, "registry-events", "undelivered-events")
ABSENT = Reply(404, b'{"error": {"code": "ResourceNotFound"}}')


class Identity:
    """The identity of the app."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        assert scopes == ("https://management.azure.com/.default",)
        return AccessToken(TOKEN, 4_000_000_000)


@pytest.fixture
def arm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArmStandIn]:
    tls, trusted = make_tls(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    with ArmStandIn(tls) as running:
        yield running


@pytest.fixture
def app() -> MemoryApp:
    return MemoryApp(Settings(subscription_id=SUBSCRIPTION))


@pytest.fixture
def waits() -> list[float]:
    return []


type Discover = Callable[..., DiscoverRegistries]


@pytest.fixture
def discover(arm: ArmStandIn, app: MemoryApp, waits: list[float]) -> Discover:
    """Make a discovery as each run of the timer does."""

    def make(
        mode: DiscoveryMode = DiscoveryMode.ENROLL, *patterns: str, targets: EventTargets = TARGETS
    ) -> DiscoverRegistries:
        app.world.clock.forward(hours=1)
        client = ManagementClient(
            arm.server.url,
            "https://management.azure.com/.default",
            Identity(),
            waits.append,
        )
        return DiscoverRegistries(
            subscription=AzureSubscription(client, SUBSCRIPTION, "azurecr.io", targets),
            mode=mode,
            exclusions=Exclusions(patterns),
            reader=app.registry_reader,
            transactor=app.transactor,
            start_sweeps=app.start_sweeps,
            discoveries=app.discoveries,
            now=app.world.clock,
        )

    return make


def states(app: MemoryApp) -> dict[str, str]:
    return {host: state.state for host, state in app.registry_reader.read().items()}


def test_registries_are_watched_and_their_events_and_pulls_are_sent_to_us(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    for name in ("contoso", "fabrikam", "northwind"):  # more than a page
        arm.add_registry(name)

    done = discover()()

    assert (done.registries, done.failed, done.problem) == (3, 0, "")
    assert states(app) == {f"{name}.azurecr.io": "enabled" for name in ("contoso", "fabrikam", "northwind")}
    [subscription, *_] = arm.of("/eventSubscriptions/plimsoll")
    delivered = subscription["properties"]["deliveryWithResourceIdentity"]
    assert delivered["destination"]["properties"] == {"resourceId": STORAGE, "queueName": "registry-events"}
    assert [one["properties"]["storageAccountId"] for one in arm.of("/diagnosticSettings/")] == [STORAGE] * 3
    assert len(app.reconciliations_queue.take()) == 3  # what was pushed before is looked for at once


def test_what_was_discovered_may_be_contacted_and_its_events_are_taken(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    assert not app.registries.allowed("contoso.azurecr.io")
    discover()()
    assert app.allowlist.endpoint("contoso.azurecr.io").azure
    assert app.registries.of_event(registry_id("CONTOSO").upper(), "contoso.azurecr.io") == "contoso.azurecr.io"
    assert app.registries.resource("contoso.azurecr.io", "x").id == registry_id("contoso")
    for resource, claimed in ((registry_id("contoso"), "evil.azurecr.io"), (registry_id("contoso", "other"), None)):
        with pytest.raises(RegistryRefused):
            app.registries.of_event(resource, claimed)


def test_a_second_look_writes_nothing_neither_to_azure_nor_to_the_log(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    discover()()
    before, written = app.registry_reader.read(), arm.written()
    discover()()
    assert (app.registry_reader.read(), arm.written()) == (before, written)


def test_a_topic_of_somebody_else_is_used_and_not_changed(arm: ArmStandIn, app: MemoryApp, discover: Discover) -> None:
    source = arm.add_registry("contoso")
    theirs = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/defender/providers/Microsoft.EventGrid/systemTopics/theirs"
    identities = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY.upper(): {}}}
    arm.add_topic(theirs, source.upper(), identities)
    before = dict(arm.resources[theirs.lower()])

    discover()()

    assert arm.resources[theirs.lower()] == before
    assert f"{theirs}/eventSubscriptions/plimsoll".lower() in arm.resources
    assert states(app) == {"contoso.azurecr.io": "enabled"}


def test_a_topic_of_somebody_else_without_our_identity_is_left_alone_and_told_of(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    source = arm.add_registry("contoso")
    theirs = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/defender/providers/Microsoft.EventGrid/systemTopics/theirs"
    arm.add_topic(theirs, source)

    done = discover()()

    state = app.registry_reader.read()["contoso.azurecr.io"]
    assert (done.failed, state.state, state.enabled) == (1, "failed", True)  # watched all the same
    assert "assign the identity" in state.reason
    assert not arm.of("/eventSubscriptions/")
    assert len(arm.of("/diagnosticSettings/")) == 1  # the other half is done


def test_a_diagnostic_setting_that_sends_the_pulls_already_is_enough(arm: ArmStandIn, discover: Discover) -> None:
    source = arm.add_registry("contoso")
    theirs = f"{source}/providers/Microsoft.Insights/diagnosticSettings/theirs"
    logs = [{"categoryGroup": "allLogs", "enabled": True}]
    arm._keep(theirs, {"properties": {"storageAccountId": STORAGE.upper(), "logs": logs}})
    assert discover()().failed == 0
    assert len(arm.of("/diagnosticSettings/")) == 1


def test_one_registry_that_fails_keeps_no_other_from_being_connected(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    arm.add_registry("fabrikam")
    arm.faults.append(("PUT", "plimsoll-contoso", Reply(403, b'{"error": {"code": "AuthorizationFailed"}}')))
    discover()()
    assert states(app) == {"contoso.azurecr.io": "failed", "fabrikam.azurecr.io": "enabled"}
    assert "EventGrid Contributor" in app.registry_reader.read()["contoso.azurecr.io"].reason
    discover()()
    assert states(app)["contoso.azurecr.io"] == "enabled"


def test_what_is_excluded_by_name_or_by_its_resource_tag_is_left_out_and_says_why(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    arm.add_registry("devbox")
    arm.add_registry("fabrikam", {"Plimsoll": "OFF"})
    discover(DiscoveryMode.ENROLL, "dev*")()
    found = app.registry_reader.read()
    assert states(app) == {
        "contoso.azurecr.io": "enabled",
        "devbox.azurecr.io": "excluded",
        "fabrikam.azurecr.io": "excluded",
    }
    assert found["devbox.azurecr.io"].reason == "EXCLUDED_REGISTRIES has dev*"
    assert found["fabrikam.azurecr.io"].reason == "it has the resource tag Plimsoll=OFF"
    assert not app.registries.allowed("devbox.azurecr.io")
    assert all("contoso" in path for _, path in arm.written())


def test_a_registry_that_azure_has_no_longer_is_removed_and_one_that_is_only_unlisted_is_not(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    gone, hidden = arm.add_registry("contoso"), arm.add_registry("fabrikam")
    discover()()
    del arm.resources[gone.lower()]
    arm.faults.append(("GET", "ContainerRegistry/registries?", Reply(200, b'{"value": []}')))
    done = discover()()
    assert states(app) == {"contoso.azurecr.io": "removed", "fabrikam.azurecr.io": "enabled"}
    assert (done.removed, hidden.lower() in arm.resources) == (1, True)
    assert not app.registries.allowed("contoso.azurecr.io")
    arm.add_registry("contoso")
    discover()()
    assert states(app)["contoso.azurecr.io"] == "enabled"


@pytest.mark.parametrize(
    "listing",
    [
        Reply(403, b'{"error": {"code": "AuthorizationFailed"}}'),
        ABSENT,
        Reply(200, b"not json"),
        Reply(200, b"{}"),
        Reply(200, b'{"value": [{"id": "/x", "properties": {"loginServer": "contoso.azurecr.io"}}]}'),
        Reply(302, headers={"Location": "https://127.0.0.1:9/"}),
        Reply(429, headers={"Retry-After": "3600"}),
    ],
)
def test_a_listing_that_fails_changes_nothing_and_is_told_of(
    listing: Reply, arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    discover()()
    before = app.registry_reader.read()
    arm.faults.append(("GET", "ContainerRegistry/registries?", listing))
    done = discover()()
    assert done.problem
    assert app.discoveries.get() == done
    assert app.registry_reader.read() == before


def test_a_login_server_of_another_cloud_is_refused(arm: ArmStandIn, app: MemoryApp, discover: Discover) -> None:
    for server in ("contoso.azurecr.cn", "evil.example", "contoso.azurecr.io.evil.example", "127.0.0.1:5000", ""):
        arm.add_registry("contoso", loginServer=server)
        assert "login server" in discover()().problem
    assert app.registry_reader.read() == {}


def test_a_next_page_on_another_host_is_not_followed(arm: ArmStandIn, app: MemoryApp, discover: Discover) -> None:
    for number in range(3):
        arm.add_registry(f"contoso{number}")
    arm.next_link = "https://127.0.0.1:9/subscriptions"
    assert "another host" in discover()().problem
    assert app.registry_reader.read() == {}


def test_a_server_that_has_too_much_to_do_is_waited_for_as_long_as_it_asks(
    arm: ArmStandIn, discover: Discover, waits: list[float]
) -> None:
    arm.add_registry("contoso")
    arm.faults.append(("GET", "ContainerRegistry/registries?", Reply(429, headers={"Retry-After": "7"})))
    assert discover()().registries == 1
    assert waits == [7.0]


def test_only_listing_asks_azure_to_change_nothing(arm: ArmStandIn, app: MemoryApp, discover: Discover) -> None:
    arm.add_registry("contoso")
    discover(DiscoveryMode.LIST)()
    assert (arm.written(), states(app)) == ([], {"contoso.azurecr.io": "enabled"})


def test_without_the_ids_of_storage_and_identity_a_registry_is_watched_and_says_what_is_missing(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    discover(targets=EventTargets("", "", "q", "c"))()
    state = app.registry_reader.read()["contoso.azurecr.io"]
    assert (state.enabled, "EVENT_STORAGE_ID" in state.reason) == (True, True)


def test_an_image_of_a_discovered_registry_is_scanned_like_any_other(
    arm: ArmStandIn, app: MemoryApp, discover: Discover
) -> None:
    arm.add_registry("contoso")
    discover()()
    app.record_push(push("e1"))
    app.work()
    assert app.health().last_scan is not None
