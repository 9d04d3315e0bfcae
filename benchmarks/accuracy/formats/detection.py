"""Which scanner wrote a document, by its shape."""

from pathlib import Path

import msgspec

from benchmarks.accuracy.formats.grype import Grype
from benchmarks.accuracy.formats.osv_scanner import OsvScanner
from benchmarks.accuracy.formats.plimsoll import Plimsoll
from benchmarks.accuracy.formats.trivy import Trivy
from benchmarks.accuracy.interface import Format, Json, Scan, UnreadableScan

_FORMATS: tuple[Format, ...] = (Trivy(), Grype(), OsvScanner(), Plimsoll())


def read_scan(path: Path) -> Scan:
    """Read a scanner's answer from a file, or raise UnreadableScan."""
    try:
        content = path.read_bytes()
        document: Json = msgspec.json.decode(content, type=dict[str, object])
    except (OSError, msgspec.MsgspecError) as error:
        raise UnreadableScan(f"{path} holds no JSON object: {error}") from error
    for known in _FORMATS:
        if known.is_it(document):
            return known.read(content)
    raise UnreadableScan(f"{path} is of no known scanner: give the JSON of Trivy, Grype or OSV-Scanner")
