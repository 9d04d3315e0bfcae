"""The command line of the local start."""

from pathlib import Path

import pytest

from local.folders import PROJECT
from local.options import ZERO_SUBSCRIPTION, AzuritePorts, parse


def test_the_defaults_are_the_documented_ones() -> None:
    options = parse([], {})
    assert (options.port, options.registry_port, options.azurite_ports) == (7071, 5055, (10000, 10001, 10002))
    assert (options.folder, options.samples, options.subscription_id) == (
        PROJECT / ".plimsoll",
        True,
        ZERO_SUBSCRIPTION,
    )


def test_every_option_can_be_given_after_the_command() -> None:
    arguments = ["run", "--port", "1", "--registry-port", "2", "--azurite-ports", "3,4,5", "--no-samples"]
    options = parse([*arguments, "--data", "/somewhere", "--subscription-id", "abc"], {"SUBSCRIPTION_ID": "other"})
    assert (options.port, options.registry_port, options.azurite_ports) == (
        1,
        2,
        AzuritePorts(blob=3, queue=4, table=5),
    )
    assert (options.folder, options.samples, options.subscription_id) == (Path("/somewhere"), False, "abc")


def test_the_subscription_is_taken_from_the_environment() -> None:
    assert parse([], {"SUBSCRIPTION_ID": "abc"}).subscription_id == "abc"


@pytest.mark.parametrize(
    "arguments",
    [["--port", "0"], ["--port", "65536"], ["--port", "-1"], ["--azurite-ports", "1,2"], ["walk"], ["--port", "x"]],
)
def test_wrong_arguments_end_with_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(arguments, {})
    assert stopped.value.code == 2
    assert arguments[-1] in capsys.readouterr().err


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(["--help"], {})
    told = capsys.readouterr().out
    assert stopped.value.code == 0
    for option in ("--port", "--registry-port", "--azurite-ports", "--data", "--no-samples", "--subscription-id"):
        assert option in told
