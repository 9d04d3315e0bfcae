"""What the exports of a scan have in common: names, links and ids that depend on the scan alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID, uuid5

import msgspec

from shared.domain.exploits import Exploit
from shared.domain.findings import Finding
from shared.domain.rules import Rule
from shared.services.query_scan_result import ScanResult

_NAMESPACE = UUID("5b0c1ad5-4d0d-5d8e-8a35-5b1f0f0c7c52")
_OSV = "https://osv.dev/vulnerability/"
# What RFC 3986 allows in an URI; a bracket or a lone percent sign is enough for a strict reader to refuse a document.
_PART = r"([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_ADDRESS = re.compile(rf"https?://[A-Za-z0-9.-]+(:[0-9]{{1,5}})?([/?]{_PART})?(#{_PART})?")
_FORMAT_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+")


def document_id(content: object) -> UUID:
    """Give the id of a document that names itself by its content: equal documents have equal ids."""
    return uuid5(_NAMESPACE, msgspec.json.encode(content))


def image_purl(result: ScanResult) -> str:
    """Return the package URL of an image (purl specification, type ``oci``), such as ``pkg:oci/app@sha256:…``."""
    name = quote(result.repository.rpartition("/")[2], safe="")
    place = quote(f"{result.image.registry}/{result.repository}", safe=":/")
    return f"pkg:oci/{name}@{result.image.digest}?repository_url={place}"


def image_name(result: ScanResult) -> str:
    """Return the name of an image with its digest, as a pull takes it."""
    return f"{result.image.registry}/{result.repository}@{result.image.digest}"


def left_open(result: ScanResult) -> tuple[str, ...]:
    """Say what keeps the image from being wholly assessed: gaps of the coverage, and what could not be read."""
    return tuple(dict.fromkeys((*result.report.coverage.gaps, *result.inventory.unreadable)))


def flaw_name(finding: Finding) -> str:
    """Return the CVE of a finding, else its advisory."""
    return finding.cve or finding.advisory


def advisory_url(advisory: str) -> str:
    """Return where OSV shows an advisory."""
    return _OSV + quote(advisory, safe="")


def addresses(finding: Finding) -> Iterator[str]:
    """Yield the references of a finding that every reader takes as a web address."""
    return (address for address in finding.references if _ADDRESS.fullmatch(address))


def utc_text(time: datetime) -> str:
    """Return a time with a time zone as formats of documents want it: RFC 3339 UTC, whole seconds."""
    return f"{time.astimezone(UTC).replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0")


def published_at(finding: Finding) -> str | None:
    """Return when a flaw was published, if its record says so in a way that is a time."""
    try:
        time = msgspec.convert(finding.published or "", datetime)
        return utc_text(time) if time.tzinfo else None
    except (msgspec.ValidationError, OverflowError):
        return None


def one_line(text: str) -> str:
    """Return text of an image or an advisory without line ends and other characters that hide or reorder it."""
    return _FORMAT_CONTROLS.sub(" ", text).strip()


def why_disabled(rule: Rule) -> str:
    """Say who disabled a finding, why and until when."""
    until = f", until {utc_text(rule.expires)}" if rule.expires else ""
    return one_line(f"disabled by rule {rule.id} of {rule.author}{until}: {rule.reason}")


def exploit_facts(exploit: Exploit) -> dict[str, str | float]:
    """Give what is known of a flaw's exploitation, by name; nothing of what is not known."""
    kev = exploit.kev
    facts = {
        "exploitedSince": kev.added if kev else None,
        "exploitDue": kev.due if kev else None,
        "ransomware": "known" if kev and kev.ransomware else None,
        "epss": exploit.epss,
        "epssPercentile": exploit.epss_percentile,
    }
    return {name: value for name, value in facts.items() if value is not None}
