"""Timer triggers, with their status in Azurite."""

import json
import uuid

import pytest
from azure.storage.blob import BlobServiceClient

from tests.integration.local.host.conftest import Launch
from tests.integration.local.host.hosting import Hosting, wait_for
from tests.support.azurite import Azurite


@pytest.fixture(scope="module")
def environment(azurite: Azurite) -> dict[str, str]:
    return {
        "AzureWebJobsStorage": azurite.connection_string,
        "AzureFunctionsWebHost__hostid": uuid.uuid4().hex,
        "SCHEDULE": "0 0 5 * * 1",
    }


@pytest.fixture(scope="module")
def host(launch: Launch, environment: dict[str, str]) -> Hosting:
    return launch("timers", environment)


def test_a_timer_runs_at_the_start_if_it_says_so(host: Hosting) -> None:
    host.wait_for_record("at_start False")


def test_a_run_never_begins_before_the_last_one_ended(host: Hosting) -> None:
    def runs() -> list[str]:
        return [line for line in host.recorded() if line.startswith("slow_second")]

    wait_for(lambda: len(runs()) >= 4, "two runs")
    assert runs()[:4] == ["slow_second began", "slow_second ended"] * 2


def test_a_failed_run_is_tried_again_as_the_policy_says(host: Hosting) -> None:
    host.wait_for_record("failing 2/2")
    failing = [line for line in host.recorded() if line.startswith("failing")]
    assert failing == ["failing 0/2", "failing 1/2", "failing 2/2"]


def test_a_run_that_was_missed_is_made_up_at_the_next_start(
    launch: Launch, host: Hosting, azurite: Azurite, environment: dict[str, str]
) -> None:
    path = f"timers/{environment['AzureFunctionsWebHost__hostid']}/Host.Functions.at_start/status"
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        blob = service.get_blob_client("azure-webjobs-hosts", path)
        wait_for(blob.exists, "the status of the first run")
        status = json.loads(blob.download_blob().readall())
        assert status["Last"] < status["Next"]
        blob.upload_blob(json.dumps(status | {"LastUpdated": "2020-01-01T00:00:00Z"}), overwrite=True)
        assert host.stop() == 0
        following = launch(host.app, environment)
        following.wait_for_record("at_start True")
        wait_for(lambda: b"2020" not in blob.download_blob().readall(), "the status of the second run")
