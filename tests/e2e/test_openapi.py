"""The running product answers as its OpenAPI document says, whatever it is asked: schemathesis makes the questions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.support.local_start import LocalStart

_EXAMPLES = 10  # of each route, beside those of the coverage of its schemas
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStart]:
    folder = tmp_path_factory.mktemp("openapi")
    with LocalStart(folder, [sys.executable, "-m", "local"], {"OSV_BASE": str(folder)}) as running:
        running.run().await_output("Images: 6")
        yield running


def ask(start: LocalStart, method: str, path: str, body: Any = None) -> Any:
    answer = urllib3.request(method, f"http://127.0.0.1:{start.port}{path}", json=body, timeout=60.0)
    assert answer.status < 300, answer.data
    return answer.json()


def about_what_is_there(document: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    """Return the document with the names of what is really there: questions about nothing are answered by 404 only.

    A parameter without a value is one that is not given: the host of the Functions leaves it out.
    """
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    names = known[parameter["name"]]
                    # A gate waits for an image that is not there, with a status of 503.
                    parameter["schema"] = {"enum": names[:-1] if operation["operationId"] == "get_gate" else names}
                    parameter["example"] = names[0]
                else:
                    parameter["schema"] = {"anyOf": [{"const": ""}, parameter["schema"]]}
    return document


@pytest.mark.timeout(600)  # some thirty seconds, where nothing else runs
def test_whatever_is_asked_the_answer_is_one_that_is_described(start: LocalStart, tmp_path: Path) -> None:
    images = ask(start, "GET", "/api/images")["value"]
    rule = ask(start, "POST", "/api/rules", {"criteria": {"cves": ["SAMPLE-2026-0001"]}, "reason": "accepted"})
    wanted = {"registry": images[0]["registry"], "repository": "samples/shop", "reference": "1.1"}
    scan = ask(start, "POST", "/api/scans", wanted)
    start.await_that(lambda: ask(start, "GET", urlsplit(scan["statusUrl"]).path)["status"] == "completed")
    known = {
        "registry": [images[0]["registry"], "unknown.example"],
        "digest": [*(image["digest"] for image in images), "sha256:" + "0" * 64],
        "scan_id": [scan["id"], "manual-unknown"],
        "id": [rule["id"], "unknown"],
        "older": [images[0]["digest"]],
    }
    described = tmp_path / "openapi.json"
    document = about_what_is_there(ask(start, "GET", "/api/openapi.json"), known)
    described.write_text(json.dumps(document))

    command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(described)]
    command += ["--url", f"http://127.0.0.1:{start.port}", "--checks", ",".join(_CHECKS)]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", str(_EXAMPLES), "--generation-deterministic"]
    command += ["--suppress-health-check", "all", "--no-color", "--warnings", "off", "--request-timeout", "60"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=500)

    assert done.returncode == 0, done.stdout
    assert f"Tested: {sum(map(len, document['paths'].values()))}\n" in done.stdout
