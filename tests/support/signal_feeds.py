"""Feeds of exploit signals as their publishers write them, small."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from shared.advisories.signals.fetch import Source
from tests.support.memory_app import MemoryApp

DAY = "2026-11-01"


def kev(*cves: str, **changes: Any) -> bytes:
    """Return a catalog; the first entry is used by ransomware."""
    entries = [
        {
            "cveID": cve,
            "vendorProject": "Contoso",
            "product": "Widget",
            "vulnerabilityName": f"{cve} of a widget",
            "dateAdded": DAY,
            "shortDescription": "It is bad.",
            "requiredAction": "Apply updates.",
            "dueDate": "2026-11-22",
            "knownRansomwareCampaignUse": "Unknown" if number else "Known",
            "notes": "",
            "cwes": ["CWE-787"],
        }
        for number, cve in enumerate(cves)
    ]
    catalog = {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": "2026.11.01",
        "dateReleased": f"{DAY}T15:00:00.0000Z",
        "count": len(cves),
        "vulnerabilities": entries,
    }
    return json.dumps(catalog | changes).encode()


def epss(**scores: float) -> bytes:
    """Return a table of scores; names are like ``CVE_2026_0001``, and a percentile is the square root of a score."""
    lines = [f"{name.replace('_', '-')},{score:.5f},{score**0.5:.5f}" for name, score in scores.items()]
    head = f"#model_version:v2025.03.14,score_date:{DAY}T00:00:00+0000\ncve,epss,percentile\n"
    return gzip.compress((head + "".join(f"{line}\n" for line in lines)).encode(), mtime=0)


def write_feeds(folder: Path, kev_content: bytes | None = None, epss_content: bytes | None = None) -> dict[str, str]:
    """Write feeds as files; return the settings that name them."""
    named = {"kev_url": (folder / "kev.json", kev_content), "epss_url": (folder / "epss.csv.gz", epss_content)}
    settings = {}
    for name, (path, content) in named.items():
        if content is not None:
            path.write_bytes(content)
        settings[name] = "" if content is None else str(path)
    return settings


def put_in_force(
    app: MemoryApp, folder: Path, kev_content: bytes | None = None, epss_content: bytes | None = None
) -> None:
    """Refresh the signals of an app from feeds of this content."""
    places = write_feeds(folder, kev_content, epss_content)
    app.signals.update((Source("kev", places["kev_url"]), Source("epss", places["epss_url"])))
