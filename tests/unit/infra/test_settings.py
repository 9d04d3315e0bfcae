"""The settings in the templates are those that the code reads.

A new setting needs a line in ``infra/settings.json``, or, where the templates know its value, in
``infra/app/function-app.bicep``; or it is told here why it has none.
"""

import json
import re
from pathlib import Path

import pytest

from shared import limit_settings
from shared.domain.discovery import DiscoveryMode
from shared.settings import Cloud, Settings, load
from tests.support.bicep import INFRA, template

ROOT = Path(__file__).resolve().parents[3]
APP = template("app/function-app.bicep")
CHOSEN: dict[str, str] = json.loads((INFRA / "settings.json").read_text())
KNOWN = set(APP.variable("ownSettings"))
NOT_IN_AZURE = {
    "REGISTRY_CREDENTIALS": "a secret: identities do without",
    "NOTIFICATION_TOPIC_KEY": "a secret: identities do without",
    "CACHE_DIR": "the instance's own temporary folder serves",
    "LOG_FORMAT": "json in Azure by itself",
    "IDENTITY_ENDPOINT": "the platform sets it",
    "WEBSITE_AUTH_ENABLED": "the platform sets it",
}
SOURCES = [*(ROOT / "functions").glob("*.py"), *(ROOT / "shared").glob("*settings.py")]
CODE = "\n".join(path.read_text() for path in SOURCES)
# Flex Consumption refuses these, or takes what they say from functionAppConfig instead:
# learn.microsoft.com, "App settings reference", section "Flex Consumption plan deprecations".
REFUSED = {
    *("FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION"),
    *("FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_MAX_HTTP_CONCURRENCY", "SCM_DO_BUILD_DURING_DEPLOYMENT"),
    *("ENABLE_ORYX_BUILD", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"),
    *("WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_VNET_ROUTE_ALL", "linuxFxVersion"),
}
# The same of siteConfig. A deployment that names one fails: "The following site configuration property
# (Site.SiteConfig.FtpsState) for Flex Consumption sites is invalid."
REFUSED_OF_A_SITE = {
    *("alwaysOn", "containerSize", "ftpsState", "isReserved", "isXenon", "javaVersion", "linuxFxVersion"),
    *("netFrameworkVersion", "powerShellVersion", "functionAppScaleLimit", "preWarmedInstanceCount"),
    *("use32BitWorkerProcess", "vnetBackupRestoreEnabled", "vnetContentShareEnabled", "vnetImagePullEnabled"),
    *("vnetRouteAllEnabled", "windowsFxVersion"),
}


def read_by_the_code() -> set[str]:
    return set(re.findall(r'(?:read|schedule|env\.get)\(\s*"([A-Z_]+)"', CODE))


def test_every_setting_of_the_code_is_in_the_templates_and_every_one_of_theirs_is_read() -> None:
    assert set(CHOSEN) | KNOWN == read_by_the_code() - set(NOT_IN_AZURE)
    assert set(CHOSEN) & KNOWN == set()
    assert set(NOT_IN_AZURE) <= read_by_the_code()


def test_no_limit_of_a_scan_is_set_unless_somebody_chooses_to() -> None:
    """The defaults of the code hold: 25 more lines would hide what is to be chosen."""
    assert set(CHOSEN) & set(limit_settings.NAMES) == set()


def test_what_can_be_chosen_starts_as_the_defaults_of_the_code() -> None:
    storage = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
    assert load({**CHOSEN, **storage}) == load(storage)


@pytest.mark.parametrize("name", sorted(name for name in CHOSEN if name.endswith("_SCHEDULE")))
def test_a_schedule_is_that_of_the_code(name: str) -> None:
    assert re.findall(rf'schedule\("{name}", "([^"]+)"\)', CODE) == [CHOSEN[name]]


def test_the_code_finds_its_storage_in_what_the_templates_set() -> None:
    platform = APP.variable("platformSettings")
    found = load(
        {name: f"<{value}>" if isinstance(value, str) else f"https://{name}" for name, value in platform.items()}
    )
    addresses = tuple(f"https://AzureWebJobsStorage__{kind}ServiceUri" for kind in ("blob", "queue", "table"))
    assert isinstance(found, Settings)
    assert (found.storage_endpoints, found.identity_client_id) == (addresses, "<identityClientId>")


def test_no_key_of_storage_is_a_setting() -> None:
    names = {*APP.variable("platformSettings"), *KNOWN, *CHOSEN}
    assert not names & {"AzureWebJobsStorage", "AzureWebJobsDashboard", *NOT_IN_AZURE}


def test_every_cloud_has_its_name() -> None:
    assert set(APP.variable("cloudNames").values()) == {str(cloud) for cloud in Cloud}


def test_flex_consumption_gets_none_of_the_settings_that_it_refuses() -> None:
    assert not {*APP.variable("platformSettings"), *KNOWN, *CHOSEN} & REFUSED
    assert not any(name in template("app/flex.bicep").text for name in REFUSED)
    [site] = template("app/flex.bicep").bodies("Microsoft.Web/sites")
    assert not set(site["properties"]["siteConfig"]) & REFUSED_OF_A_SITE


def test_a_plan_of_fixed_size_builds_the_app_where_it_is_deployed() -> None:
    """learn.microsoft.com, "App settings reference": both settings are needed on Linux."""
    runtime = template("app/dedicated.bicep").variable("runtimeSettings")
    assert (runtime["SCM_DO_BUILD_DURING_DEPLOYMENT"], runtime["ENABLE_ORYX_BUILD"]) == ("true", "true")


def test_the_subscription_is_not_looked_into_without_the_right_to() -> None:
    """It would fail every hour and say so."""
    switch = APP.variable("discoverySettings")["operator"]["operands"]
    assert (switch["condition"], switch["true_value"]) == ("watchSubscription", {})
    in_azure = {**CHOSEN, "AzureWebJobsStorage": "UseDevelopmentStorage=true", "IDENTITY_ENDPOINT": "http://127.0.0.1"}
    in_azure["SUBSCRIPTION_ID"] = "11111111-1111-1111-1111-111111111111"
    assert load(in_azure).discovery is DiscoveryMode.LIST
    assert load({**in_azure, **switch["false_value"]}).discovery is DiscoveryMode.OFF
    order = re.findall(r"union\(([^)]*)\)", APP.text)
    assert order == ["settings, platformSettings, signInSettings, discoverySettings, ownSettings"]
