"""From a push to the answer, over the real registry and storage: what each kind of image is said to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.images.image import build_attestation, build_image, build_index
from local.images.layers import build_layer
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.services.query_images import ImageNotFound
from tests.support.docker_registry import DockerRegistry
from tests.support.made_images import STATUS, debian_image, debian_layer, dpkg_status
from tests.support.service import Service

OLD_OPENSSL = {"openssl": "3.0.11-1", "zlib": "1:1.2.13-2", "bash": "5.2-1"}
NEW_OPENSSL = {"openssl": "3.0.15-1", "zlib": "1:1.2.13-2", "bash": "5.2-1"}


def test_a_vulnerable_image_is_unhealthy_and_says_what_to_do(service: Service) -> None:
    digest = service.pushed("team/app", debian_image(OLD_OPENSSL), "1.0")
    service.drain()

    image = service.image(digest)
    (judged,) = service.app.query_images.findings(ImageId(service.host, digest), None)

    assert image.health is Health.UNHEALTHY
    assert (image.repository, image.tags) == ("team/app", ("1.0",))
    assert image.severities["critical"] == 1
    assert image.charged
    finding = judged.finding
    assert (finding.cve, finding.package.name, finding.package.version) == ("CVE-2026-1000", "openssl", "3.0.11-1")
    assert finding.fixed_version == "3.0.15-1"
    assert "Upgrade openssl from 3.0.11-1 to 3.0.15-1" in finding.remediation
    assert judged.disabled_by is None


def test_an_image_without_findings_is_healthy_and_has_no_recommendation(service: Service) -> None:
    healthy = service.pushed("team/app", debian_image(NEW_OPENSSL), "1.1")
    unhealthy = service.pushed("team/app", debian_image(OLD_OPENSSL), "1.0")
    service.drain()

    affected = {image.digest for one in service.app.query_recommendations(None) for image in one.images}

    assert service.image(healthy).health is Health.HEALTHY
    assert affected == {unhealthy}


def test_an_upgrade_in_a_second_layer_heals_the_image(service: Service) -> None:
    layers = [debian_layer(OLD_OPENSSL), build_layer({STATUS: dpkg_status(NEW_OPENSSL)})]
    digest = service.pushed("team/app", build_image(layers, format="docker"))
    service.drain()

    assert service.image(digest).health is Health.HEALTHY


def test_a_whiteout_takes_the_packages_of_a_lower_layer_away(service: Service) -> None:
    base = debian_layer(
        {},
        extra={"var/lib/dpkg/status.d/openssl": dpkg_status({"openssl": "3.0.11-1"}), STATUS: dpkg_status({"a": "1"})},
    )
    with_package = build_image([base], format="docker")
    removed = build_layer({"var/lib/dpkg/status.d/.wh.openssl": b""})
    without_package = build_image([base, removed], format="docker")
    before = service.pushed("team/app", with_package, "before")
    after = service.pushed("team/app", without_package, "after")
    service.drain()

    assert service.image(before).health is Health.UNHEALTHY
    assert service.image(after).health is Health.HEALTHY


def test_a_release_without_advisories_is_not_assessed_and_not_charged(service: Service) -> None:
    digest = service.pushed("team/app", debian_image(NEW_OPENSSL, release="13"))
    service.drain()

    image = service.image(digest)

    assert image.health is Health.NOT_ASSESSED
    assert "no advisories for Debian 13" in image.reason
    assert not image.charged
    assert service.charges() == []


def test_without_any_advisories_an_image_is_not_assessed_and_heals_once_there_are_some(
    make_service: Callable[..., Service],
) -> None:
    service = make_service()
    digest = service.pushed("team/app", debian_image(NEW_OPENSSL))
    service.drain()
    before = service.image(digest)

    service.app.refresh_advisories()
    service.drain()

    assert (before.health, before.charged) == (Health.NOT_ASSESSED, False)
    assert "no advisory feed could be read yet" in before.reason
    assert service.image(digest).health is Health.HEALTHY
    assert service.charges() == [digest]


def test_a_windows_image_is_unsupported_and_not_charged(service: Service) -> None:
    layer = build_layer({"Files/License.txt": b"text"})
    digest = service.pushed("team/win", build_image([layer], os="windows", os_version="10.0.1", format="docker"))
    service.drain()

    image = service.image(digest)

    assert image.health is Health.UNSUPPORTED
    assert "windows" in image.reason
    assert service.charges() == []


def test_an_image_from_scratch_is_unsupported(service: Service) -> None:
    digest = service.pushed("team/scratch", build_image([build_layer({"app": b"\x7fELF"})], format="docker"))
    service.drain()

    assert service.image(digest).health is Health.UNSUPPORTED


def test_the_original_support_matrix_takes_no_images_in_oci_format(make_service: Callable[..., Service]) -> None:
    from shared.domain.support import SupportMatrix

    service = make_service(support_matrix=SupportMatrix.DEFENDER)
    service.app.refresh_advisories()
    oci = service.pushed("team/app", debian_image(NEW_OPENSSL, image_format="oci"), "oci")
    docker = service.pushed("team/app", debian_image(NEW_OPENSSL), "docker")
    service.drain()

    assert service.image(oci).health is Health.UNSUPPORTED
    assert service.image(docker).health is Health.HEALTHY


def test_every_platform_of_an_index_is_an_image_and_attestations_are_none(service: Service) -> None:
    amd64 = build_image([debian_layer(OLD_OPENSSL)], architecture="amd64")
    arm64 = build_image([debian_layer(NEW_OPENSSL)], architecture="arm64")
    attestation = build_attestation(amd64)
    index = build_index([amd64, arm64, attestation])
    service.pushed("team/multi", index, "1.0")
    service.drain()

    found = {image.platform: image for image in service.images()}

    assert set(found) == {"linux/amd64", "linux/arm64"}
    assert found["linux/amd64"].health is Health.UNHEALTHY
    assert found["linux/arm64"].health is Health.HEALTHY
    assert {image.tags for image in found.values()} == {("1.0",)}
    assert sorted(service.charges()) == sorted([amd64.digest, arm64.digest])


def test_an_index_that_was_announced_without_its_type_is_found_out(service: Service) -> None:
    index = build_index([build_image([debian_layer(NEW_OPENSSL)], architecture="amd64")])
    digest = service.push("team/multi", index, "1.0")
    service.deliver(service.push_event("team/multi", digest, "", "1.0"))
    service.drain()

    (image,) = service.images()

    assert image.digest == index.images[0].digest
    assert image.tags == ("1.0",)


def test_a_retag_moves_the_tag_and_scans_nothing_again(service: Service) -> None:
    old = service.pushed("team/app", debian_image(OLD_OPENSSL), "latest")
    service.drain()
    new = service.pushed("team/app", debian_image(NEW_OPENSSL), "latest")
    service.pushed("team/app", debian_image(OLD_OPENSSL), "stable")
    service.drain()

    assert service.image(old).tags == ("stable",)
    assert service.image(new).tags == ("latest",)
    assert service.event_types(old).count("ScanRequested") == 1
    assert sorted(service.charges()) == sorted([old, new])


def test_the_same_image_in_another_repository_is_scanned_and_charged_once(service: Service) -> None:
    digest = service.pushed("team/app", debian_image(OLD_OPENSSL))
    service.drain()
    service.pushed("other/app", debian_image(OLD_OPENSSL))
    service.drain()

    assert service.image(digest).repositories == ("team/app", "other/app")
    assert service.event_types(digest).count("ScanRequested") == 1
    assert service.charges() == [digest]


def test_a_deleted_image_leaves_the_list_and_keeps_its_history(service: Service) -> None:
    digest = service.pushed("team/app", debian_image(OLD_OPENSSL))
    service.drain()
    service.deliver(service.delete_event("team/app", digest))
    service.drain()

    assert service.images() == []
    assert service.app.query_recommendations(None) == []
    with pytest.raises(ImageNotFound):
        service.image(digest)
    assert service.event_types(digest)[-1] == "ImageDeleted"
    assert service.charges() == [digest]


def test_an_image_that_is_gone_before_its_scan_is_not_assessed(service: Service) -> None:
    absent = "sha256:" + "0" * 64
    image = debian_image(NEW_OPENSSL)
    service.deliver(service.push_event("team/gone", absent, image.media_type))
    service.drain()

    found = service.image(absent)

    assert found.health is Health.NOT_ASSESSED
    assert "manifest-missing" in found.reason
    assert service.charges() == []


def test_a_corrupt_layer_is_named_and_never_looks_healthy(service: Service, registry: DockerRegistry) -> None:
    layer = debian_layer({"openssl": "3.0.15-1", "corrupt": "1"})
    image = build_image([layer], format="docker")
    digest = service.push("team/corrupt", image, "1")
    path = registry.blob_path(layer.digest)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    service.deliver(service.push_event("team/corrupt", digest, image.media_type, "1"))
    service.drain()

    found = service.image(digest)

    assert found.health is Health.NOT_ASSESSED
    assert "digest-mismatch" in found.reason or "layer-corrupt" in found.reason


def test_an_event_of_a_registry_that_is_not_watched_is_kept_as_a_dead_letter(
    make_service: Callable[..., Service],
) -> None:
    service = make_service(registries=("contoso.azurecr.io",))
    service.deliver(service.push_event("team/app", "sha256:" + "1" * 64, "", "1"))
    service.drain()

    assert service.images() == []
    (letter,) = service.app.dead_letters.newest(5)
    assert "is not watched" in letter["error"]


def test_an_artifact_is_no_image(service: Service) -> None:
    signature = build_attestation(debian_image(NEW_OPENSSL))
    service.pushed("team/app", signature, "sha256-abc.att")
    service.drain()

    assert service.images() == []
