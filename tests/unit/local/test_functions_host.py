"""The settings that the host is started with."""

from pathlib import Path

import pytest

from local.functions_host import host_settings, recorded_settings
from local.options import Options, parse


def options(*arguments: str) -> Options:
    return parse(["--data", "/kept", *arguments], {})


def test_every_setting_has_a_default_for_this_machine() -> None:
    settings = host_settings(options("--registry-port", "6000", "--azurite-ports", "1,2,3"), {})
    assert settings["REGISTRIES"] == "http://127.0.0.1:6000"
    assert settings["SUBSCRIPTION_ID"] == "00000000-0000-0000-0000-000000000000"
    assert settings["OSV_EXTRA_BASES"] == str(Path("/kept/sample-advisories"))
    assert "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;" in settings["AzureWebJobsStorage"]
    assert "QueueEndpoint=http://127.0.0.1:2/devstoreaccount1;" in settings["AzureWebJobsStorage"]
    assert "TableEndpoint=http://127.0.0.1:3/devstoreaccount1;" in settings["AzureWebJobsStorage"]


@pytest.mark.parametrize("name", ["AzureWebJobsStorage", "REGISTRIES", "OSV_EXTRA_BASES", "OSV_BASE", "CACHE_DIR"])
def test_the_environment_wins(name: str) -> None:
    assert host_settings(options(), {name: "chosen"})[name] == "chosen"


def test_an_empty_setting_counts_as_not_set() -> None:
    assert host_settings(options(), {"REGISTRIES": ""})["REGISTRIES"] == "http://127.0.0.1:5055"


def test_the_short_form_of_the_emulator_means_the_one_that_is_started_here() -> None:
    settings = host_settings(options(), {"AzureWebJobsStorage": "UseDevelopmentStorage=true;"})
    assert "AccountName=devstoreaccount1" in settings["AzureWebJobsStorage"]


def test_without_samples_the_host_reads_no_sample_advisories() -> None:
    assert "OSV_EXTRA_BASES" not in host_settings(options("--no-samples"), {})


def test_the_registry_is_the_azure_resource_that_its_events_come_from() -> None:
    settings = host_settings(options("--registry-port", "6000", "--subscription-id", "abc"), {})
    assert settings["REGISTRY_RESOURCE_IDS"] == (
        "127.0.0.1:6000=/subscriptions/abc/resourceGroups/local/providers/Microsoft.ContainerRegistry/registries/local"
    )


def test_the_option_for_the_subscription_wins_over_the_environment() -> None:
    settings = host_settings(options("--subscription-id", "abc"), {"SUBSCRIPTION_ID": "other"})
    assert settings["SUBSCRIPTION_ID"] == "abc"


def test_the_command_line_is_told_what_it_needs_and_no_secret() -> None:
    environment = {"UNHEALTHY_FROM": "high", "REGISTRY_CREDENTIALS": '{"r": ["u", "p"]}', "PATH": "/bin"}
    chosen = options("--azurite-ports", "1,2,3", "--data", "/somewhere")
    recorded = recorded_settings(chosen, host_settings(chosen, environment))
    assert "http://127.0.0.1:3/" in recorded.pop("AzureWebJobsStorage")
    assert recorded == {
        "CACHE_DIR": "/somewhere/cache",
        "REGISTRIES": "http://127.0.0.1:5055",
        "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
        "UNHEALTHY_FROM": "high",
    }


def test_a_storage_account_of_ones_own_is_not_recorded() -> None:
    settings = host_settings(options(), {"AzureWebJobsStorage": "AccountName=mine;AccountKey=secret"})
    assert "AzureWebJobsStorage" not in recorded_settings(options(), settings)
