"""Tables for spreadsheets: comma-separated values (RFC 4180) in which no cell is a formula.

A spreadsheet takes a cell that begins with one of a few characters for a formula and runs it
(https://owasp.org/www-community/attacks/CSV_Injection); an apostrophe before it makes it text. Where the list separator
of the system is a semicolon, a cell begins behind each.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from shared.api.images import stated_reason
from shared.api.scan_facts import one_line
from shared.domain.exploits import Exploit, ExploitSignals, NoSignals
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.domain.references import ImageId
from shared.services.query_caveats import Caveats

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"

_NO_SIGNALS = NoSignals()
_NO_CAVEATS = Caveats()
_FORMULA_STARTS = tuple("=+-@|%＝＋－＠")  # what else OWASP names, tabs and line ends, is never left at a beginning
_NEXT_FORMULA = re.compile(rf';(?=[\s"]*[{re.escape("".join(_FORMULA_STARTS))}])')
_FINDINGS = (
    *("registry", "digest", "id", "cve", "advisory", "aliases", "severity", "cvss", "package", "version", "source"),
    *("sourceVersion", "ecosystem", "purl", "path", "layer", "fixStatus", "fixedVersion", "remediation", "title"),
    *("published", "undetermined", "disabledBy", "references"),
    *("exploitedSince", "exploitDue", "ransomware", "epss", "epssPercentile"),
)
_SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")
_IMAGES = (
    *("registry", "repository", "tags", "digest", "platform", "os", "health", "reason", *_SEVERITIES),
    *("undetermined", "disabledFindings", "packages", "firstSeen", "lastPushed", "lastPulled", "lastScan", "charged"),
)


def findings_table(image: ImageId, judged: Iterable[JudgedFinding], signals: ExploitSignals = _NO_SIGNALS) -> bytes:
    """Give one line for each finding, under a line of names."""
    return _table(_FINDINGS, ((*_finding(image, one), *_exploit(signals.of(one.finding))) for one in judged))


def images_table(images: Iterable[ImageHealth], caveats: Caveats = _NO_CAVEATS) -> bytes:
    """Give one line for each image, under a line of names."""
    return _table(_IMAGES, (_image(health, stated_reason(health, caveats)) for health in images))


def _finding(image: ImageId, one: JudgedFinding) -> Sequence[object]:
    found, package = one.finding, one.finding.package
    return (
        *(image.registry, image.digest, found.id, found.cve, found.advisory, found.aliases, found.severity, found.cvss),
        *(package.name, package.version, package.source, package.source_version, package.ecosystem, package.purl),
        *(package.path, package.layer, found.fix_status, found.fixed_version, found.remediation, found.title),
        *(found.published, found.undetermined, one.disabled_by, found.references),
    )


def _exploit(exploit: Exploit) -> Sequence[object]:
    kev = exploit.kev
    ransomware = "" if kev is None else "yes" if kev.ransomware else "not known"
    return kev and kev.added, kev and kev.due, ransomware, exploit.epss, exploit.epss_percentile


def _image(health: ImageHealth, reason: str) -> Sequence[object]:
    system = f"{health.os.name} {health.os.version}" if health.os else ""
    scanned = health.last_scan.time if health.last_scan else None
    times = (health.first_seen, health.last_pushed, health.last_pulled, scanned)
    return (
        *(health.registry, health.repository, health.tags, health.digest, health.platform, system),
        *(health.health, reason, *(health.severities[severity] for severity in _SEVERITIES)),
        *(health.undetermined, health.disabled_findings, health.packages),
        *(f"{time:%Y-%m-%dT%H:%M:%SZ}" if time else None for time in times),
        "yes" if health.charged else "no",
    )


def _table(names: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(names)
    table.writerows([_cell(content) for content in line] for line in lines)
    return written.getvalue().encode()


def _cell(content: object) -> object:
    if isinstance(content, (int, float)):
        return content
    text = " ".join(map(str, content)) if isinstance(content, tuple) else "" if content is None else str(content)
    shown = _NEXT_FORMULA.sub(";'", one_line(text))
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown
