from pathlib import Path

import pytest
import urllib3

from local.images.image import build_image, build_index
from local.images.layers import build_layer, raw_layer
from local.images.push import PushRefused, delete_manifest, push
from tests.support.acr import RecordingServer, Reply
from tests.support.docker_registry import start_registry

IMAGE = build_image([build_layer({"a": b"1"})])


def test_what_is_pushed_can_be_read_and_deleted(tmp_path: Path) -> None:
    index = build_index([IMAGE, build_image([raw_layer(b"", "application/octet-stream")], architecture="arm64")])
    with start_registry(tmp_path) as registry, urllib3.PoolManager() as pool:
        address = f"{registry.url}/v2/team/app/manifests/v1"
        assert push(registry.url + "/", "team/app", index, tag="v1") == index.digest
        assert push(registry.url, "team/app", index, tag="v1") == index.digest, "pushing again changes nothing"
        accept = {"Accept": index.media_type}
        assert pool.request("GET", address, headers=accept).data == index.manifest
        delete_manifest(registry.url, "team/app", index.digest)
        assert pool.request("GET", address, headers=accept).status == 404
        with pytest.raises(PushRefused, match="404"):
            delete_manifest(registry.url, "team/app", index.digest)


def test_a_registry_that_refuses_is_named_with_its_answer() -> None:
    with (
        RecordingServer(lambda _: Reply(403, b"read only")) as server,
        pytest.raises(PushRefused, match=r"403.*read only"),
    ):
        push(server.url, "team/app", IMAGE, tag="v1")


def test_a_registry_that_is_not_there_is_named() -> None:
    with pytest.raises(PushRefused, match="Is the registry running"):
        push("http://127.0.0.1:1", "team/app", IMAGE)


def test_a_registry_that_stores_other_bytes_is_noticed() -> None:
    def answer(_: object) -> Reply:
        return Reply(201, headers={"Docker-Content-Digest": "sha256:" + "0" * 64})

    empty = build_index([])
    with RecordingServer(answer) as server, pytest.raises(PushRefused, match="changed on the way"):
        push(server.url, "team/app", empty, tag="v1")
