"""The feed of sample advisories, made from the JSON files beside this module."""

import io
import zipfile
from pathlib import Path

from local.samples.images import DISTRIBUTION

_ADVISORIES = Path(__file__).with_name("advisories")
_MADE = (2026, 1, 1, 0, 0, 0)


def write_feed(folder: Path) -> None:
    """Write ``ecosystems.txt`` and ``{ecosystem}/all.zip``; files that hold the same already are not touched."""
    _write_changed(folder / "ecosystems.txt", f"{DISTRIBUTION}\n".encode())
    _write_changed(folder / DISTRIBUTION / "all.zip", _zip_of_advisories())


def _zip_of_advisories() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_ADVISORIES.glob("*.json")):
            # A fixed time: the same advisories are the same feed.
            archive.writestr(zipfile.ZipInfo(path.name, _MADE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _write_changed(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
