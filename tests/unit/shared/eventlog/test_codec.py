"""The stored form of events: golden files of every type, which must load for ever."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.domain.criteria import Category, Criteria, PackageCriterion
from shared.domain.events import (
    EVENT_TYPES,
    AdvisoryChange,
    DisabledBecause,
    DomainEvent,
    FindingDisabled,
    FindingEnabled,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    ImageUntagged,
    IndexResolved,
    Meta,
    Outcome,
    PlanDisabled,
    PlanEnabled,
    RegistryDisabled,
    RegistryEnabled,
    RegistrySource,
    RegistrySwept,
    ReportsDeleted,
    ResolvedImage,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    ScanSummary,
    ScoresAdopted,
    SignalsAdopted,
    StatedBase,
    Trigger,
)
from shared.domain.failures import FailureReason
from shared.domain.findings import FixStatus
from shared.domain.packages import Distribution, Platform
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.eventlog import codec
from shared.eventlog.interface import UnknownEvent

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "events"
DIGEST = "sha256:" + "ab" * 32
RESOURCE = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso"
META = Meta(
    occurred_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    recorded_at=datetime(2026, 11, 22, 10, 0, 1, 500000, tzinfo=UTC),
    actor="ci",
    cause="831e1650-001e-001b-66ab-eeb76e069631",
    correlation_id="831e1650-001e-001b-66ab-eeb76e069631",
    previous="00" * 32,
)
COMPLETED = ScanCompleted(
    scan_id="push-1",
    trigger=Trigger.PUSH,
    outcome=Outcome.ASSESSED,
    charged=True,
    repository="team/app",
    reason="",
    platform=Platform("linux", "arm64", "v8"),
    distribution=Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
    report="11" * 32,
    inventory="22" * 32,
    advisory_snapshot="snapshot-1",
    advisories_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    reader_version="1",
    summary=ScanSummary(severities={"critical": 0, "high": 2}, undetermined=1, packages=90, gaps=("no npm",)),
)
EVENTS: list[DomainEvent] = [
    ScanRequested("push-1", "team/app", Trigger.PUSH),
    COMPLETED,
    ScanFailed("push-1", FailureReason.LAYER_CORRUPT, "layer sha256:… is corrupt"),
    ImageTagged("team/app", "v1", "application/vnd.oci.image.manifest.v1+json", DIGEST),
    ImageUntagged("team/app", "v1", DIGEST),
    ImagePulled("team/app", "v1"),
    ImageDeleted("team/app"),
    ReportsDeleted(("11" * 32,), 400),
    IndexResolved(
        "push-1", (ResolvedImage(DIGEST, "application/vnd.oci.image.manifest.v1+json", Platform("linux", "amd64")),)
    ),
    FindingDisabled(
        rule_id="9f0c",
        scope=RuleScope("contoso.azurecr.io", "team/app", DIGEST),
        criteria=Criteria(("CVE-2026-0001",), ("99bb5e2b",), Severity.MEDIUM),
        reason="not reachable",
        author="me",
        expires=datetime(2027, 1, 1, tzinfo=UTC),
    ),
    FindingEnabled("9f0c", "it is reachable", "you"),
    SignalsAdopted(at_hand=True, added=("CVE-2026-0001", "CVE-2026-0002"), removed=("CVE-2025-0001",)),
    ScoresAdopted(
        below=0.1,
        at_hand=True,
        edition="2026-11-22",
        added={"2025": "7,4000-8999", "2026": "1-3"},
        removed={"1999": "95"},
    ),
    RegistryEnabled(RegistrySource.DISCOVERY, RESOURCE, "westeurope", "event delivery: 403"),
    RegistryDisabled(RegistrySource.DISCOVERY, DisabledBecause.EXCLUDED, RESOURCE, "westeurope", "tag plimsoll=off"),
    RegistrySwept(
        sweep_id="sweep-20261122T100000",
        started_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        ended_at=datetime(2026, 11, 22, 10, 5, tzinfo=UTC),
        repositories=7,
        manifests=90,
        found=3,
        untagged=2,
        closed=1,
        failed=1,
        problem="repository team/app cannot be read",
    ),
    PlanEnabled("the audit is over"),
    PlanDisabled("the audit begins"),
]
LATER: dict[str, DomainEvent] = {
    # Fields that came later: what is written today has another file than what was written before.
    "scan-requested.changed": ScanRequested(
        "advisory-1",
        "team/app",
        Trigger.ADVISORY,
        AdvisoryChange(
            since="snapshot-1",
            snapshot="snapshot-2",
            ecosystems=("npm",),
            packages=("Debian:12/openssl",),
            package_count=1,
            advisories=("DEBIAN-CVE-2026-0001", "DSA-1"),
            advisory_count=2,
        ),
    ),
    "finding-disabled.criteria": FindingDisabled(
        rule_id="9f0c",
        scope=RuleScope(),
        criteria=Criteria(
            packages=(PackageCriterion("openssl", "3.0.1"), PackageCriterion("zlib")),
            category=Category.OS,
            text="overflow",
            cvss_below=7.0,
            fix_statuses=(FixStatus.NOT_FIXED,),
            digests=(DIGEST,),
            repositories=("team/app",),
            tags=("dev-*",),
            os_releases=("debian 12",),
        ),
        reason="not reachable",
        author="me",
        revision=2,
    ),
    "finding-disabled.purls": FindingDisabled(
        rule_id="openvex-1",
        scope=RuleScope(),
        criteria=Criteria(cves=("CVE-2026-0001",), purls=("pkg:deb/debian/openssl@3.0.1",)),
        reason="vulnerable_code_not_present",
        author="me",
    ),
    "finding-disabled.not-exploited": FindingDisabled(
        rule_id="9f0c",
        scope=RuleScope(),
        criteria=Criteria(severity_below=Severity.HIGH, not_exploited=True),
        reason="nobody uses it",
        author="me",
    ),
    "finding-disabled.epss-below": FindingDisabled(
        rule_id="9f0c",
        scope=RuleScope(),
        criteria=Criteria(not_exploited=True, epss_below=0.1),
        reason="nobody is likely to use it",
        author="me",
    ),
    "scan-completed.package-set": msgspec.structs.replace(COMPLETED, package_set="33" * 32),
    "scan-completed.layers": msgspec.structs.replace(
        COMPLETED,
        package_set="33" * 32,
        layers=(DIGEST, "sha256:" + "bb" * 32),
        stated_base=StatedBase("docker.io/library/debian:12", DIGEST),
    ),
}
NAMES = {cls: name for name, cls in EVENT_TYPES.items()}


FILES = {NAMES[type(event)]: event for event in EVENTS} | LATER
_OLDER = (
    *("scan-completed", "scan-completed.package-set"),
    *("finding-disabled", "finding-disabled.criteria", "finding-disabled.purls", "finding-disabled.not-exploited"),
)
WRITTEN = {name: event for name, event in FILES.items() if name not in _OLDER}


def stored(name: str) -> dict[str, Any]:
    return dict(json.loads((GOLDEN / f"{name}.json").read_text()))


def test_every_type_has_a_golden_file_and_every_file_an_event() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FILES)
    assert {NAMES[type(event)] for event in WRITTEN.values()} == set(EVENT_TYPES)


@pytest.mark.parametrize("file", WRITTEN)
def test_an_event_is_stored_exactly_as_its_golden_file_says(file: str) -> None:
    name, schema, content = codec.encode_event(FILES[file])
    golden = stored(file)
    assert (golden["type"], golden["schema"], golden["data"]) == (name, schema, content)
    assert golden["meta"] == codec.encode_meta(META)


@pytest.mark.parametrize("file", FILES)
def test_a_golden_file_loads_for_ever_as_the_same_event(file: str) -> None:
    golden = stored(file)
    read = codec.decode_event(7, golden["type"], golden["schema"], golden["data"], golden["meta"])
    assert (read.version, read.event, read.meta) == (7, FILES[file], META)


@pytest.mark.parametrize("file", FILES)
def test_the_hash_of_a_golden_file_never_changes(file: str) -> None:
    golden = stored(file)
    assert codec.event_hash(golden["type"], golden["schema"], golden["data"], golden["meta"]) == golden["hash"]


REQUIRED = {
    "scan-requested": '{"scanId":"s","repository":"app","trigger":"push"}',
    "scan-completed": '{"scanId":"s","trigger":"push","outcome":"assessed","charged":false,"repository":"app"}',
    "image-tagged": '{"repository":"app","tag":null,"mediaType":""}',
    "image-pulled": '{"repository":"app"}',
    "finding-disabled": '{"ruleId":"r","scope":{},"criteria":{},"reason":"","author":""}',
}


@pytest.mark.parametrize("name", REQUIRED)
def test_fields_that_came_later_have_a_default(name: str) -> None:
    event = codec.decode_event(1, name, 1, REQUIRED[name], codec.encode_meta(META)).event
    assert isinstance(event, EVENT_TYPES[name])


def test_fields_of_a_newer_version_are_left_out() -> None:
    content = '{"repository":"app","added":"later"}'
    assert codec.decode_event(1, "image-deleted", 1, content, codec.encode_meta(META)).event == ImageDeleted("app")


@pytest.mark.parametrize(("name", "schema"), [("image-renamed", 1), ("image-deleted", 2), ("image-deleted", 0)])
def test_a_type_or_schema_from_elsewhere_says_to_upgrade(name: str, schema: int) -> None:
    with pytest.raises(UnknownEvent, match="upgrade Plimsoll"):
        codec.decode_event(3, name, schema, '{"repository":"app"}', codec.encode_meta(META))


@pytest.mark.parametrize("runs", ["", "2-1", "1,1", "1-99999999999", "one"])
def test_runs_of_cves_that_nobody_could_have_written_are_refused(runs: str) -> None:
    content = json.dumps({"below": 0.1, "atHand": True, "added": {"2026": runs}})
    with pytest.raises(msgspec.ValidationError, match=r"2026|more than"):
        codec.decode_event(1, "scores-adopted", 1, content, codec.encode_meta(META))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"repository":7}'])
def test_a_damaged_event_is_never_taken_for_another(content: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        codec.decode_event(3, "image-deleted", 1, content, codec.encode_meta(META))


def test_an_old_schema_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "CURRENT_SCHEMA", {"image-deleted": 3})
    steps = {
        ("image-deleted", 1): lambda fields: {"repo": fields["name"]},
        ("image-deleted", 2): lambda fields: {"repository": fields["repo"]},
    }
    monkeypatch.setattr(codec, "UPCASTERS", steps)
    meta = codec.encode_meta(META)
    assert codec.decode_event(1, "image-deleted", 1, '{"name":"app"}', meta).event == ImageDeleted("app")
    assert codec.decode_event(1, "image-deleted", 2, '{"repo":"app"}', meta).event == ImageDeleted("app")


@pytest.mark.parametrize("changed", [{"type": "x"}, {"schema": 2}, {"data": "{}"}, {"meta": "{}"}])
def test_every_stored_part_changes_the_hash(changed: dict[str, Any]) -> None:
    golden = stored("image-deleted")
    tampered = {**golden, **changed}
    arguments = (tampered["type"], tampered["schema"], tampered["data"], tampered["meta"])
    assert codec.event_hash(*arguments) != golden["hash"]
