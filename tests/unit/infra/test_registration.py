"""The script that registers the application for sign-in, against a stand-in of the Azure CLI that notes its calls."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared.domain.roles import Role
from tests.support.bicep import INFRA

AZ = """#!/bin/sh
case "$*" in
    "cloud show --query endpoints.microsoftGraphResourceId"*) echo https://graph.example/ ;;
    "cloud show --query endpoints.activeDirectory"*) echo https://sign-in.example ;;
    "cloud show --query name"*) echo "$CLOUD" ;;
    "account show"*) echo tenant-1 ;;
    "rest --method POST --uri https://graph.example/v1.0/applications "*) printf 'object-1\\nclient-1\\n' ;;
esac
[ "$1" = rest ] || exit 0
shift
while [ $# -gt 0 ]; do
    case $1 in
        --method) method=$2 ;;
        --uri) uri=$2 ;;
        --body) body=$2 ;;
    esac
    shift 2
done
printf '%s\\n%s\\n%s\\n\\036' "$method" "$uri" "$body" >>"$CALLS"
"""


def register(folder: Path, cloud: str = "AzureCloud") -> tuple[str, list[tuple[str, str, Any]]]:
    """Run the script; return what it prints, and its calls of Microsoft Graph."""
    (folder / "az").write_text(AZ)
    (folder / "az").chmod(0o755)
    calls = folder / "calls"
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls), "CLOUD": cloud}
    script = ["sh", str(INFRA / "register-app.sh"), "app.example", "principal-1"]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=240, check=True)
    found = []
    for call in calls.read_text().split("\036")[:-1]:
        method, uri, body = call.split("\n", 2)
        found.append((method, uri.removeprefix("https://graph.example/v1.0/"), json.loads(body)))
    return done.stdout, found


def test_it_prints_the_id_of_the_application_and_nothing_else(tmp_path: Path) -> None:
    printed, calls = register(tmp_path)
    assert printed == "client-1\n"
    assert [(method, path) for method, path, _ in calls] == [
        ("POST", "applications"),
        ("PATCH", "applications/object-1"),
        ("POST", "applications/object-1/federatedIdentityCredentials"),
        ("POST", "servicePrincipals"),
    ]


def test_the_application_has_the_two_roles_that_the_code_knows(tmp_path: Path) -> None:
    _, calls = register(tmp_path)
    roles = calls[0][2]["appRoles"]
    assert roles == json.loads((INFRA / "app-roles.json").read_text())
    assert {role["displayName"] for role in roles} == {str(role) for role in Role}
    assert {role["value"] for role in roles} == {role["displayName"].replace(" ", "") for role in roles}
    assert all(role["isEnabled"] for role in roles)


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [
        ("AzureCloud", "api://AzureADTokenExchange"),
        ("AzureUSGovernment", "api://AzureADTokenExchangeUSGov"),
        ("AzureChinaCloud", "api://AzureADTokenExchangeChina"),
    ],
)
def test_the_identity_stands_for_the_application_without_a_secret(tmp_path: Path, cloud: str, audience: str) -> None:
    _, calls = register(tmp_path, cloud)
    credential = calls[2][2]
    assert credential["issuer"] == "https://sign-in.example/tenant-1/v2.0"
    assert (credential["subject"], credential["audiences"]) == ("principal-1", [audience])
    assert "password" not in json.dumps(calls).lower()


def test_who_has_no_role_gets_no_token(tmp_path: Path) -> None:
    _, calls = register(tmp_path)
    assert calls[3][2] == {"appId": "client-1", "appRoleAssignmentRequired": True}


def test_without_its_two_arguments_it_says_how_it_is_used() -> None:
    done = subprocess.run(
        ["sh", str(INFRA / "register-app.sh")], capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr.startswith("usage:")) == (2, True)
