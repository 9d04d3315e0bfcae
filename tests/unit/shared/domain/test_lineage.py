"""Lineage: which findings come from which layer, and what named the image."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.domain import image
from shared.domain.events import ImageDeleted, ImageTagged, ImageUntagged
from shared.domain.findings import Finding
from shared.domain.lineage import Lineage, TagSpan, lineage_of
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.severity import Severity
from tests.support.examples import START, at, completed, digest, finding, package, stream, summary

TODAY = START.date()
LAYERS = (digest(900), digest(901), digest(900))


def lineage(*findings: Finding) -> Lineage:
    return lineage_of(image.fold(stream(completed(layers=LAYERS))), findings, TODAY)


def in_layer(number: int, flaw: str, severity: Severity = Severity.HIGH) -> Finding:
    return finding(flaw, severity, of=package(layer=digest(number)))


def test_findings_are_counted_in_the_layer_that_they_come_from_and_once_where_it_comes_twice() -> None:
    made = lineage(in_layer(900, "CVE-1"), in_layer(901, "CVE-2", Severity.LOW), in_layer(900, "CVE-3"))
    assert [layer.digest for layer in made.layers] == list(LAYERS)
    assert [layer.severities for layer in made.layers] == [{"high": 2}, {"low": 1}, {}]
    assert made.findings == 3


def test_a_finding_of_no_layer_on_record_counts_for_the_image_alone() -> None:
    made = lineage(in_layer(7, "CVE-1"))
    assert (made.findings, [layer.severities for layer in made.layers]) == (1, [{}, {}, {}])


def test_equal_findings_have_equal_fingerprints_and_others_other_ones() -> None:
    one, other = in_layer(900, "CVE-1"), in_layer(900, "CVE-2")
    assert lineage(one, other).layers == lineage(other, one).layers
    prints = {lineage(*hits).layers[0].fingerprint for hits in ([], [one], [other], [one, other])}
    assert len(prints) == 4


def test_an_old_scan_tells_no_layers() -> None:
    assert lineage_of(image.fold(stream(completed())), [in_layer(900, "CVE-1")], TODAY).layers == ()


def test_what_was_not_wholly_looked_up_is_left_open() -> None:
    for scan, left_open in ((completed(), False), (completed(summary=summary(1, gaps=("no advisories",))), True)):
        assert lineage_of(image.fold(stream(scan)), (), TODAY).left_open is left_open
    assert lineage_of(image.fold(stream()), (), TODAY).left_open


def test_tags_tell_until_when_they_named_the_image() -> None:
    tagged = ImageTagged("app", "v1", DOCKER_MANIFEST), ImageTagged("app", "v2", DOCKER_MANIFEST)
    state = image.fold(stream(*tagged, ImageUntagged("app", "v1", digest(2))))
    assert lineage_of(state, (), TODAY).tags == (TagSpan("app", "v1", at(2)), TagSpan("app", "v2", None))
    gone = image.fold(stream(*tagged, ImageDeleted("app")))
    assert [span.until for span in lineage_of(gone, (), TODAY).tags] == [at(2), at(2)]


@given(st.lists(st.tuples(st.sampled_from([900, 901, 7]), st.sampled_from(Severity)), max_size=12))
def test_the_layers_and_what_is_in_none_add_up_to_all(hits: list[tuple[int, Severity]]) -> None:
    made = lineage(*(in_layer(layer, f"CVE-{number}", severity) for number, (layer, severity) in enumerate(hits)))
    counted = sum(sum(layer.severities.values()) for layer in made.layers)
    assert counted + sum(layer == 7 for layer, _ in hits) == made.findings == len(hits)
