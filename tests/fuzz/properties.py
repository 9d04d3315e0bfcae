"""What holds for everything that a reader or a scan gives back, whatever it was given."""

import msgspec

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Distribution, Inventory
from shared.inventory.interface import FileFacts, FoundPackage, LayerInventory, Reader
from shared.inventory.layer import scan_layer
from shared.inventory.limits import ScanLimits
from shared.inventory.merge import merge_layers
from shared.inventory.purl import purl_of
from shared.inventory.readers.fields import is_sane

DEBIAN = Distribution("debian", "12", "Debian GNU/Linux 12")
LIMITS = ScanLimits(
    inflated_bytes=16 << 20,
    ratio_free_bytes=4 << 20,
    zstd_window_bytes=8 << 20,
    kept_file_bytes=1 << 20,
    kept_bytes=4 << 20,
    seconds=10,
)


def check_facts(facts: FileFacts) -> FileFacts:
    """Check that facts can be stored and shown: sane names, and nothing that JSON cannot hold."""
    for package in facts.packages:
        assert is_sane(package.name), package
        assert is_sane(package.version), package
        assert purl_of(package, DEBIAN).isascii(), package
    assert facts.unreadable.isprintable(), facts.unreadable
    stored = msgspec.json.encode(facts)
    assert msgspec.json.decode(stored, type=FileFacts) == facts
    assert len(stored.splitlines()) == 1
    return facts


def check_reader(reader: Reader, path: str, content: bytes) -> FileFacts:
    """Check what a reader makes of a file; no exception may leave it."""
    return check_facts(reader(path, content))


def check_found(facts: FileFacts, *names: str) -> None:
    """Check that packages whose part of the file is whole were found."""
    found = {package.name for package in facts.packages}
    assert found.issuperset(names), f"{names} were lost: {sorted(found)[:20]}, {facts.unreadable!r}"


def check_found_or_said(facts: FileFacts, *packages: FoundPackage) -> None:
    """Check that packages were found, or that the facts say that something could not be read."""
    assert facts.unreadable or set(packages) <= set(facts.packages), "packages were lost without a word"


def check_told(failure: ScanFailure, *reasons: FailureReason) -> None:
    """Check that a failure can be shown to people, and that it has one of the reasons, if some are given."""
    assert failure.message.isprintable(), failure.message
    assert len(failure.message) < 2000, failure.message
    assert not reasons or failure.reason in reasons


def check_layer(content: bytes, media_type: str, diff_id: str, limits: ScanLimits = LIMITS) -> LayerInventory | None:
    """Check that a layer ends in an inventory that can be stored and merged, or in a typed failure."""
    pieces = (content[start : start + 4096] for start in range(0, len(content), 4096))
    try:
        layer = scan_layer(pieces, digest="sha256:0", media_type=media_type, diff_id=diff_id, limits=limits)
        merged = merge_layers([layer, layer])
    except ScanFailure as failure:
        check_told(failure)
        return None
    assert msgspec.json.decode(msgspec.json.encode(layer), type=LayerInventory) == layer
    assert msgspec.json.decode(msgspec.json.encode(merged), type=Inventory) == merged
    assert all(reason.isprintable() for reason in merged.unreadable), merged.unreadable
    return layer
