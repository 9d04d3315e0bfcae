"""Findings are kept without their layer, and come back whole."""

from __future__ import annotations

import msgspec
import pytest

from shared.domain.findings import Finding
from shared.projections.findings_index.bare_findings import (
    content_hash,
    hash_of,
    in_layer,
    packed,
    parted,
    unpacked,
)
from shared.projections.findings_index.file import IndexDamaged
from tests.support.examples import finding, package


def encoded(*findings: Finding) -> list[msgspec.Raw]:
    return [msgspec.Raw(msgspec.json.encode(one)) for one in findings]


@pytest.mark.parametrize("layer", ["sha256:1", "", '","layer":"', '\\"layer":""', "ä\n"])
def test_a_finding_of_any_layer_comes_back_as_it_was(layer: str) -> None:
    whole = in_layer(finding("CVE-1", of=package('"layer":"' + layer)), layer)
    [(found, [bare])] = parted(encoded(whole)).items()
    assert (found, in_layer(unpacked(packed(bare)), found)) == (layer, whole)
    assert content_hash(bare).hex() == hash_of(whole)


def test_findings_are_parted_by_layer_in_the_order_in_which_layers_come_first() -> None:
    layers = ("b", "a", "b", "")
    parts = parted(encoded(*(in_layer(finding(f"CVE-{number}"), layer) for number, layer in enumerate(layers))))
    named = {layer: [unpacked(packed(bare)).cve for bare in found] for layer, found in parts.items()}
    assert list(named.items()) == [("b", ["CVE-0", "CVE-2"]), ("a", ["CVE-1"]), ("", ["CVE-3"])]


def test_a_finding_that_was_encoded_otherwise_loses_its_layer_too() -> None:
    whole = in_layer(finding("CVE-1"), "sha256:1")
    loose = msgspec.json.format(msgspec.json.encode(whole), indent=2)
    assert parted([msgspec.Raw(loose)]) == parted(encoded(whole))


@pytest.mark.parametrize("content", [b"", b"no finding", packed(b"{}")])
def test_what_is_no_finding_is_damage(content: bytes) -> None:
    with pytest.raises(IndexDamaged, match="cannot be read"):
        unpacked(content)
