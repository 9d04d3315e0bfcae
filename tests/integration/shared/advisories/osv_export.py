"""The public OSV export in small: the archive, the list of records and every record by itself, over HTTP."""

import json
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from tests.integration.shared.advisories.feed_server import FeedServer, content
from tests.unit.shared.advisories.osv_samples import Json, write_feed


def publish(server: FeedServer, ecosystem: str, records: Iterable[Json]) -> None:
    """Export the records of an ecosystem in place of those before, each file with an ETag of its content."""
    records = list(records)
    place = f"/{ecosystem}/"
    for path in [path for path in server.answers if path.startswith(place)]:
        del server.answers[path]
    with tempfile.TemporaryDirectory() as directory:
        archive = write_feed(Path(directory), ecosystem, records).read_bytes()
    files = {"all.zip": archive, "modified_id.csv": listing(records)}
    files |= {f"{record['id']}.json": json.dumps(record).encode() for record in records}
    server.answers |= {place + name: content(body, f'"{sha256(body).hexdigest()}"') for name, body in files.items()}


def listing(records: Iterable[Json]) -> bytes:
    """Write the list of records, the newest first."""
    newest_first = sorted(records, key=lambda record: str(record["modified"]), reverse=True)
    return "".join(f"{record['modified']},{record['id']}\n" for record in newest_first).encode()
