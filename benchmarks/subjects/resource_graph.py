"""Queries of Resource Graph, from the text to the page, over a made estate whose rows are warm."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.preparation.made_estate import MadeEstate
from benchmarks.subjects.timed import Outcome, Timed
from shared.api.resource_graph.tables import ResourceTables
from shared.domain.severity import Severity
from shared.kql.sandbox.client import QuerySandbox
from shared.kql.sandbox.orders import Order
from shared.services.query_resource_graph import QueryResourceGraph
from shared.stores import utc_now

_FINDINGS = (
    "securityresources | where type == 'microsoft.security/assessments/subassessments'"
    " | where id has 'c0b7cfc6-3172-465a-b378-53c7ff2cc0d5'"
)
_BARE = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
_ADDITIONAL = "properties.additionalData"
_HIGH = f"{_BARE} | where properties.status.severity == '{Severity.HIGH.capitalize()}'"
QUERIES = {
    "a digest": f"{_BARE} | where {_ADDITIONAL}.artifactDetails.digest == 'sha256:{5:064x}' | project id, properties",
    "a repository": f"{_BARE} | where {_ADDITIONAL}.artifactDetails.repositoryName == 'team/app-7'"
    " | summarize count() by tostring(properties.id) | top 10 by count_",
    "a severity, counted": f"{_HIGH} | summarize count() by tostring({_ADDITIONAL}.softwareDetails.packageName)",
    "a severity, projected": f"{_HIGH} | project id, cve = properties.id, image = {_ADDITIONAL}.artifactDetails.digest",
    "a CVE": f"{_BARE} | where properties.id == 'CVE-2026-00042' | project id, properties.resourceDetails.id",
    "all, counted": f"{_BARE} | summarize count() by tostring(properties.status.severity)",
    "all, joined": f"{_FINDINGS} | extend key = extract('assessments/([^/]+)/', 1, id) | join kind=inner"
    " (securityresources | where type == 'microsoft.security/assessments' | project key = name) on key | count",
    "all, each array": f"{_FINDINGS} | mv-expand r = {_ADDITIONAL}.vulnerabilityDetails.references"
    " | summarize dcount(tostring(r.link))",
}
_SETTLE = 2


def query(name: str, findings: str, times: str) -> Timed:
    """Time a query again and again; the facts are the 95th percentile and how the rows came to be warm."""
    estate = MadeEstate(int(findings))
    sandbox = QuerySandbox(os.process_cpu_count() or 1)
    ask = QueryResourceGraph(sandbox, ResourceTables(estate, estate), utc_now)
    order = Order(QUERIES[name])
    started = time.perf_counter()
    total = ask(order, resumed=False).total
    first = time.perf_counter() - started
    for _ in range(_SETTLE):
        ask(order, resumed=False)

    def timed() -> Outcome:
        latencies = []
        for _ in range(int(times)):
            began = time.perf_counter()
            ask(order, resumed=False)
            latencies.append(time.perf_counter() - began)
        # It ends with this process: what it took is counted up to then.
        held = _resident(sandbox.server.pid)
        slow = sorted(latencies)[max(0, -(-len(latencies) * 95 // 100) - 1)]
        facts = {"p95 (ms)": round(slow * 1000), "first (ms)": round(first * 1000), "rows": total, "server (MiB)": held}
        return int(times), facts

    return timed


def _resident(process: int | None) -> int:
    """Return the memory of a process in MiB; nothing where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)
