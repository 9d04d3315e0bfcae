"""Settings: read once, every mistake named."""

import pytest

from shared.domain.registry_resources import RegistryResource
from shared.domain.roles import Role
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.settings import Cloud, InvalidSettings, load, schedule

RESOURCE = RegistryResource("contoso.azurecr.cn", "1", "g", "contoso")
STORAGE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}


def test_storage_alone_is_enough() -> None:
    settings = load(STORAGE)
    assert (settings.registries, settings.support_matrix) == ((), SupportMatrix.EXTENDED)
    assert (settings.unhealthy_from, settings.recent_pull_days, settings.rescan_after_days) == (Severity.LOW, 30, 7)
    assert settings.subscription_id == "00000000-0000-0000-0000-000000000000"
    assert {"Debian", "AlmaLinux", "Rocky Linux", "Go"} < set(settings.osv_ecosystems)
    assert settings.osv_base.startswith("https://")


@pytest.mark.parametrize(
    ("text", "role"), [("", Role.READER), ("none", None), ("reader", Role.READER), ("Admin", Role.ADMIN)]
)
def test_a_function_key_gives_the_role_that_is_set(text: str, role: Role | None) -> None:
    assert load({**STORAGE, "FUNCTION_KEY_ROLE": text}).function_key_role is role


def test_the_address_of_a_topic_is_one_with_tls() -> None:
    assert load(STORAGE).notify_from is Severity.HIGH
    with pytest.raises(InvalidSettings, match="NOTIFICATION_TOPIC_ENDPOINT: must be an address"):
        load({**STORAGE, "NOTIFICATION_TOPIC_ENDPOINT": "http://topic.example/api/events"})


def test_a_role_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="FUNCTION_KEY_ROLE: must be one of none, reader, admin"):
        load({**STORAGE, "FUNCTION_KEY_ROLE": "owner"})


@pytest.mark.parametrize(("text", "on"), [("True", True), ("true", True), ("False", False), ("1", False), ("", False)])
def test_the_platform_says_whether_users_sign_in(text: str, on: bool) -> None:
    assert load({**STORAGE, "WEBSITE_AUTH_ENABLED": text}).sign_in is on


EVERY = {
    **STORAGE,
    "REGISTRIES": "contoso.azurecr.cn, http://127.0.0.1:5055,",
    "REGISTRY_CREDENTIALS": '{"contoso.azurecr.cn": ["user", "password"]}',
    "REGISTRY_RESOURCE_IDS": f"contoso.azurecr.cn={RESOURCE.id},",
    "SUPPORT_MATRIX": "defender",
    "UNHEALTHY_FROM": "high",
    "OSV_BASE": "/srv/osv",
    "OSV_ECOSYSTEMS": "Debian:12,npm",
    "OSV_EXTRA_BASES": "/srv/own",
    "KEV_URL": "/srv/kev.json",
    "EPSS_URL": "",
    "SUBSCRIPTION_ID": "1234",
    "AZURE_CLOUD": "AzureChina",
    "RECENT_PULL_DAYS": "7",
    "RESCAN_AFTER_DAYS": "3",
    "MAX_FEED_AGE_DAYS": "5",
    "REPORT_RETENTION_DAYS": "400",
    "NOTIFICATION_TOPIC_ENDPOINT": "https://topic",
    "CACHE_DIR": "/tmp/cache",
    "INDEX_SECONDS": "5",
    "IDENTITY_ENDPOINT": "http://169.254.0.1",
}


def test_every_setting_is_read() -> None:
    settings = load(EVERY)
    assert (settings.kev_url, settings.epss_url) == ("/srv/kev.json", "")
    assert settings.registries == ("contoso.azurecr.cn", "http://127.0.0.1:5055")
    assert settings.registry_credentials == {"contoso.azurecr.cn": ("user", "password")}
    assert settings.registry_resources == {"contoso.azurecr.cn": RESOURCE}
    assert (settings.support_matrix, settings.unhealthy_from) == (SupportMatrix.DEFENDER, Severity.HIGH)
    assert (settings.osv_base, settings.osv_ecosystems, settings.osv_extra_bases) == (
        "/srv/osv",
        ("Debian:12", "npm"),
        ("/srv/own",),
    )
    assert (settings.subscription_id, settings.azure_cloud) == ("1234", Cloud.CHINA)
    assert (settings.recent_pull_days, settings.rescan_after_days, settings.max_feed_age_days) == (7, 3, 5)
    assert (settings.report_retention_days, load(STORAGE).report_retention_days) == (400, 0)
    assert (settings.index_seconds, load(STORAGE).index_seconds) == (5, 0)
    assert (settings.notification_topic_endpoint, settings.cache_dir, settings.in_azure) == (
        "https://topic",
        "/tmp/cache",
        True,
    )


@pytest.mark.parametrize(
    ("cloud", "blob"),
    [
        ("AzurePublic", "https://acc.blob.core.windows.net"),
        ("AzureUSGovernment", "https://acc.blob.core.usgovcloudapi.net"),
        ("AzureChina", "https://acc.blob.core.chinacloudapi.cn"),
    ],
)
def test_an_account_is_reached_by_identity_in_every_cloud(cloud: str, blob: str) -> None:
    settings = load(
        {"AzureWebJobsStorage__accountName": "acc", "AzureWebJobsStorage__clientId": "me", "AZURE_CLOUD": cloud}
    )
    assert settings.storage_endpoints is not None
    assert (settings.storage_endpoints[0], settings.identity_client_id) == (blob, "me")


def test_addresses_of_all_services_are_taken_as_they_are_and_some_of_them_are_not_enough() -> None:
    given = {f"AzureWebJobsStorage__{kind}ServiceUri": f"https://{kind}" for kind in ("blob", "queue", "table")}
    assert load(given).storage_endpoints == ("https://blob", "https://queue", "https://table")
    del given["AzureWebJobsStorage__tableServiceUri"]
    with pytest.raises(InvalidSettings, match="AzureWebJobsStorage: not set"):
        load(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRIES", "contoso.azurecr.io,ftp://x"),
        ("REGISTRIES", "contoso.azurecr.io/app"),
        ("REGISTRIES", "*.azurecr.io"),
        ("REGISTRY_CREDENTIALS", "user:password"),
        ("REGISTRY_RESOURCE_IDS", "contoso.azurecr.io"),
        ("REGISTRY_RESOURCE_IDS", "contoso.azurecr.io=/subscriptions/1"),
        ("REGISTRY_RESOURCE_IDS", f"http://contoso={RESOURCE.id}"),
        ("SUPPORT_MATRIX", "everything"),
        ("UNHEALTHY_FROM", "terrible"),
        ("AZURE_CLOUD", "AzureMoon"),
        ("RECENT_PULL_DAYS", "0"),
        ("RECENT_PULL_DAYS", "many"),
        ("RESCAN_AFTER_DAYS", "-1"),
        ("INDEX_SECONDS", "-1"),
        ("INDEX_SECONDS", "3601"),
        ("INDEX_SECONDS", "often"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_once(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load({**STORAGE, name: value})
    assert str(refused.value).count(name) == 1
    assert str(refused.value).startswith(f"{name}: ")


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(InvalidSettings) as refused:
        load({"UNHEALTHY_FROM": "x", "RECENT_PULL_DAYS": "x"})
    assert all(name in str(refused.value) for name in ("UNHEALTHY_FROM", "RECENT_PULL_DAYS", "AzureWebJobsStorage"))


def test_no_password_is_shown_in_a_mistake() -> None:
    with pytest.raises(InvalidSettings) as refused:
        load({**STORAGE, "REGISTRY_CREDENTIALS": '{"contoso.azurecr.io": "hunter2"}'})
    assert "hunter2" not in str(refused.value)


def test_a_schedule_is_read_from_the_environment_else_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_SCHEDULE", " 0 0 * * * * ")
    assert schedule("SWEEP_SCHEDULE", "default") == "0 0 * * * *"
    monkeypatch.setenv("SWEEP_SCHEDULE", "")
    assert schedule("SWEEP_SCHEDULE", "default") == "default"


def test_without_an_argument_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    monkeypatch.setenv("REGISTRIES", "contoso.azurecr.io")
    assert load().registries == ("contoso.azurecr.io",)
