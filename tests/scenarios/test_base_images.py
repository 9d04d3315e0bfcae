"""Base images over the real registry and storage: which layers, which image, and what a rebuilt base closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from local.images.image import Image, build_image
from local.images.layers import Layer, build_layer
from shared.domain.base_advice import ImageBase
from shared.domain.base_images import BaseKind
from shared.domain.recommendations import Kind, Recommendation
from shared.domain.references import ImageId
from shared.services.query_images import ImageFilter
from tests.support.made_images import STATUS, debian_layer, dpkg_status
from tests.support.service import Service

OLD = {"openssl": "3.0.11-1", "zlib": "1:1.2.12-1", "bash": "5.2-1"}
NEW = {**OLD, "openssl": "3.0.15-1"}
CERTIFICATES = build_layer({"etc/ssl/certs.pem": b"certificates"})


def app_layer(name: str) -> Layer:
    """Make a layer that adds nothing that could be vulnerable."""
    return build_layer({f"srv/{name}": name.encode()})


def base_layers(packages: Mapping[str, str]) -> list[Layer]:
    return [debian_layer(packages), CERTIFICATES]


def built(base: list[Layer], *more: Layer, labels: Mapping[str, str] | None = None) -> Image:
    return build_image([*base, *more], format="docker", config={"Labels": dict(labels or {})})


def base_of(service: Service, digest: str, at: datetime | None = None) -> ImageBase | None:
    return service.app.query_bases.one(service.app.query_images.one(ImageId(service.host, digest), at), at)


def recommended(service: Service, kind: Kind, at: datetime | None = None) -> list[Recommendation]:
    return [one for one in service.app.query_recommendations(at) if one.kind is kind]


@pytest.fixture
def apps(service: Service) -> tuple[str, str]:
    """Push a base and two applications that are built on it."""
    base = base_layers(OLD)
    service.pushed("base/debian", built(base), "12")
    first = service.pushed("team/shop", built(base, app_layer("shop")), "1.0")
    second = service.pushed("team/mail", built(base, app_layer("mail"), app_layer("more")), "2.0")
    service.drain()
    return first, second


def test_the_leading_layers_that_are_another_image_are_the_base(service: Service, apps: tuple[str, str]) -> None:
    for digest in apps:
        found = base_of(service, digest)
        assert found is not None
        assert (found.base.kind, found.base.layers, found.base.repository) == (BaseKind.IMAGE, 2, "base/debian")
        assert (found.base.tags, found.base.newer) == (("12",), None)
        assert found.advice == (
            "rebuild on a newer base image than base/debian:12: 2 of 2 findings come from layers 1-2"
        )


def test_a_rebuilt_base_is_named_with_what_it_closes_and_applications_on_it_are_rid_of_that(
    service: Service, apps: tuple[str, str]
) -> None:
    before = datetime.now(UTC)
    old_answer = service.app.query_recommendations(None)
    newest = service.pushed("base/debian", built(base_layers(NEW)), "12")
    rebuilt = service.pushed("team/shop", built(base_layers(NEW), app_layer("shop")), "1.0")
    service.drain()

    [known] = [one for one in recommended(service, Kind.BASE_IMAGE) if one.base and one.base.newer]
    assert known.base is not None
    assert known.base.newer is not None
    assert (known.base.newer.digest, known.base.newer.tag) == (newest, "12")
    assert {image.digest for image in known.images} == set(apps)
    assert (known.findings, known.severities["critical"]) == (2, 2)
    assert known.title == (
        "rebuild on base/debian:12 as it is now: 4 of 4 findings come from layers 1-2, and 2 of them are not in it"
        " (2 images)"
    )
    assert rebuilt not in {image.digest for image in known.images}
    assert service.app.query_recommendations(before) == old_answer


def test_findings_of_the_application_are_not_those_of_the_base(service: Service) -> None:
    base = base_layers({"bash": "5.2-1"})
    service.pushed("base/debian", built(base), "12")
    digest = service.pushed("team/shop", built(base, build_layer({STATUS: dpkg_status(OLD)})), "1.0")
    service.drain()

    found = base_of(service, digest)
    assert found is not None
    assert (found.findings, found.of_findings, found.advice) == (0, 2, "none of 2 findings comes from layers 1-2")
    assert recommended(service, Kind.BASE_IMAGE) == []


def test_without_the_base_itself_the_layers_that_other_repositories_have_too_tell_it(service: Service) -> None:
    base = base_layers(OLD)
    digest = service.pushed("team/shop", built(base, app_layer("shop")), "1.0")
    service.drain()
    assert base_of(service, digest) is None

    named = {"org.opencontainers.image.base.name": "docker.io/library/debian:12"}
    labelled = service.pushed("team/mail", built(base, app_layer("mail"), labels=named), "1.0")
    service.drain()

    shared, stated = base_of(service, digest), base_of(service, labelled)
    assert shared is not None
    assert stated is not None
    assert (shared.base.kind, shared.base.layers, shared.findings) == (BaseKind.SHARED, 2, 2)
    assert (stated.base.kind, stated.base.layers, stated.findings) == (BaseKind.STATED, 2, 2)
    assert stated.base.stated_name == "docker.io/library/debian:12"


def test_a_base_that_was_deleted_is_still_told(service: Service, apps: tuple[str, str]) -> None:
    [base] = service.app.query_images.images_matching(ImageFilter(repository="base/debian"), None)
    service.deliver(service.delete_event("base/debian", base.health.digest))
    service.drain()

    found = base_of(service, apps[0])
    assert found is not None
    assert (found.base.digest, found.base.deleted) == (base.health.digest, True)
