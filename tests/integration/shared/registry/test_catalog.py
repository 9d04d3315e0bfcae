"""Listings of registries: of the real docker-registry, and of the stand-in for Azure's, with its tokens and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3

from local.images.image import Image, build_image, build_index
from local.images.push import push
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.media_types import OCI_INDEX, OCI_MANIFEST
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.catalog import CatalogClient
from shared.registry.client import RegistryClient
from shared.registry.retries import RetryPolicy
from tests.integration.shared.registry.conftest import ScannerIdentity
from tests.support.acr import AcrStandIn, Received, RecordingServer, Reply
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.made_images import debian_layer


def image(version: str) -> Image:
    return build_image([debian_layer({"openssl": version})])


ONE, TWO = image("1"), image("2")
BOTH = build_index([ONE, TWO])


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path / "registry") as running:
        yield running


def catalog_of(allowlist: Allowlist, identity: ScannerIdentity | None = None) -> CatalogClient:
    client = RegistryClient(allowlist, aad=identity, retries=RetryPolicy(sleep=lambda seconds: None))
    return CatalogClient(client, allowlist)


def test_a_docker_registry_lists_repositories_and_manifests_with_their_tags(own: DockerRegistry) -> None:
    for repository, content, tag in (
        ("a/app", ONE, "v1"),
        ("a/app", ONE, "v2"),
        ("a/app", BOTH, "all"),
        ("b", TWO, "v1"),
    ):
        push(own.url, repository, content, tag)
    catalog = catalog_of(Allowlist.of([own.url]))

    assert list(catalog.repositories(own.host, "")) == ["a/app", "b"]
    assert list(catalog.repositories(own.host, "a/app")) == ["b"]
    listed = {one.digest: one for one in catalog.manifests(own.host, "a/app")}
    assert {digest: sorted(tag.name for tag in one.tags) for digest, one in listed.items()} == {
        ONE.digest: ["v1", "v2"],
        BOTH.digest: ["all"],
    }
    assert (listed[ONE.digest].media_type, listed[BOTH.digest].media_type) == (OCI_MANIFEST, OCI_INDEX)
    assert catalog.manifests(own.host, "nothing/here") == []


def test_only_the_registrys_own_word_that_it_has_no_manifest_counts(own: DockerRegistry) -> None:
    push(own.url, "app", ONE, "v1")
    catalog = catalog_of(Allowlist.of([own.url]))
    assert catalog.media_type(own.host, "app", ONE.digest) == OCI_MANIFEST
    assert catalog.media_type(own.host, "app", TWO.digest) is None
    assert catalog.media_type(own.host, "app", "v2") is None
    assert urllib3.request("DELETE", f"{own.url}/v2/app/manifests/{ONE.digest}").status == 202
    assert catalog.media_type(own.host, "app", ONE.digest) is None


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>not here</html>"),
        Reply(404, b""),
        Reply(404, b'{"errors": [{"code": "UNSUPPORTED"}]}'),
        Reply(401, headers={"WWW-Authenticate": "Negotiate"}),
        Reply(403, b'{"errors": [{"code": "DENIED"}]}'),
        Reply(500, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}'),
        Reply(302, headers={"Location": "/elsewhere"}),
    ],
)
def test_no_other_refusal_says_that_a_manifest_is_gone(reply: Reply) -> None:
    with RecordingServer(lambda request: reply) as server:
        catalog = catalog_of(Allowlist.of([server.url]))
        with pytest.raises(ScanFailure):
            catalog.media_type(server.host, "app", ONE.digest)
        with pytest.raises(ScanFailure):
            list(catalog.repositories(server.host, ""))
        with pytest.raises(ScanFailure):
            catalog.manifests(server.host, "app")


HOSTILE = {
    "no object": (b"[]", {}),
    "no JSON": (b"<html>", {}),
    "no list": (b'{"repositories": {}, "tags": {}}', {}),
    "a list of something else": (b'{"repositories": [7], "tags": [7]}', {}),
    "a name outside the grammar": (b'{"repositories": ["../x"], "tags": ["a b"]}', {}),
    "a page without end": (b'{"repositories": ["a"], "tags": []}', {"Link": '</x?last=a&n=1>; rel="next"'}),
    "a link that leads nowhere": (b'{"repositories": ["a"], "tags": []}', {"Link": '<>; rel="next"'}),
    "a page that is too long": (b'{"repositories": [' + b" " * (9 << 20) + b"]}", {}),
    "deep nesting": (b"[" * 100_000, {}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_listing_is_a_failure_and_no_list(case: str) -> None:
    body, headers = HOSTILE[case]
    with RecordingServer(lambda request: Reply(200, body, headers)) as server:
        catalog = catalog_of(Allowlist.of([server.url]))
        with pytest.raises(ScanFailure):
            list(catalog.repositories(server.host, ""))
        with pytest.raises(ScanFailure):
            catalog.manifests(server.host, "app")


def test_the_next_page_is_asked_of_the_registry_itself_wherever_the_link_leads() -> None:
    pages = {"": ("a", '<http://127.0.0.1:9/v2/_catalog?last=a>; rel="next"'), "a": ("b", "")}

    def answer(request: Received) -> Reply:
        last = request.path.partition("last=")[2]
        name, link = pages[last]
        return Reply(200, b'{"repositories": ["%s"]}' % name.encode(), {"Link": link} if link else {})

    with RecordingServer(answer) as server:
        assert list(catalog_of(Allowlist.of([server.url])).repositories(server.host, "")) == ["a", "b"]
        assert len(server.received) == 2


@pytest.fixture
def azure(acr: AcrStandIn, identity: ScannerIdentity) -> CatalogClient:
    return catalog_of(Allowlist([Endpoint(acr.host, "https", azure=True)]), identity)


def test_azure_lists_all_manifests_page_by_page_with_the_times_of_their_tags(
    acr: AcrStandIn, azure: CatalogClient
) -> None:
    for repository in ("app", "lib", "web"):
        acr.add(repository, ONE, "v1")
    acr.add("app", TWO, "v2")
    acr.add("app", BOTH, "all")
    acr.remove("app", "v2")

    assert list(azure.repositories(acr.host, "")) == ["app", "lib", "web"]
    listed = {one.digest: one for one in azure.manifests(acr.host, "app")}
    assert {digest: tuple(tag.name for tag in one.tags) for digest, one in listed.items()} == {
        ONE.digest: ("v1",),
        TWO.digest: (),
        BOTH.digest: ("all",),
    }
    assert listed[ONE.digest].tags[0].at == datetime(2026, 11, 2, 10, 0, 0, 123456, tzinfo=UTC)
    assert listed[BOTH.digest].media_type == BOTH.media_type
    assert azure.manifests(acr.host, "nothing/here") == []


def test_azure_gives_the_catalog_to_who_may_list_it_and_says_which_role_is_missing(
    acr: AcrStandIn, azure: CatalogClient
) -> None:
    acr.add("app", ONE, "v1")
    acr.faults.append(("/oauth2/token", Reply(401)))
    with pytest.raises(ScanFailure, match="Catalog Lister") as refused:
        list(azure.repositories(acr.host, ""))
    assert refused.value.reason is FailureReason.UNAUTHORIZED
    assert list(azure.repositories(acr.host, "")) == ["app"]
    scopes = {request.form.get("scope") for request in acr.registry.seen("/oauth2/token")}
    assert scopes == {"registry:catalog:*"}
