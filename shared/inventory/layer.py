"""Scan one layer: from compressed chunks to what the layer holds."""

from collections.abc import Iterable

from shared.inventory.failures import corrupt
from shared.inventory.fingerprints import fingerprint
from shared.inventory.inflate import inflate
from shared.inventory.interface import FileFacts, LayerInventory, Reader
from shared.inventory.limits import Meter, ScanLimits
from shared.inventory.paths import normalise, text
from shared.inventory.programs import with_programs
from shared.inventory.readers.program import SMALLEST, read_program
from shared.inventory.tar_stream import Kind, Member, TarStream
from shared.inventory.wanted import ARCHIVES, LISTS, PRESENT, wanted

# OCI image specification 1.1, "Whiteouts". The second prefix is that of AUFS's own books, which no runtime unpacks.
_WHITEOUT = b".wh."
_BOOKKEEPING = b".wh..wh."
_OPAQUE = b".wh..wh..opq"


def scan_layer(
    chunks: Iterable[bytes], *, digest: str, media_type: str, diff_id: str, limits: ScanLimits
) -> LayerInventory:
    """Read a layer that arrives in compressed chunks, already verified against ``digest``, to its end.

    Raises ScanFailure: layer-unsupported, layer-corrupt, digest-mismatch (against ``diff_id``) and limit-exceeded.
    """
    meter = Meter(limits, digest)
    pieces = inflate(chunks, media_type=media_type, diff_id=diff_id, meter=meter)
    scan = _Scan(TarStream(pieces, meter), meter)
    scan.run()
    return scan.inventory(diff_id)


class _Scan:
    """What has been seen of a layer so far; of two members with one path the later one counts."""

    def __init__(self, tar: TarStream, meter: Meter) -> None:
        self._tar = tar
        self._meter = meter
        self._files: dict[bytes, FileFacts] = {}
        self._links: dict[bytes, bytes] = {}
        self._whiteouts: set[bytes] = set()
        self._opaque: set[bytes] = set()
        self._files_seen = bytearray()
        self._directories_seen = bytearray()
        self._lists: dict[bytes, bytes] = {}

    def run(self) -> None:
        """Walk the layer to its end."""
        for member in self._tar.members():
            path = member.path
            if _WHITEOUT in path and (name := path.rpartition(b"/")[2]).startswith(_WHITEOUT):
                self._whiteout(path, name)
            elif member.kind is Kind.DIRECTORY:
                self._forget(path)
                self._directories_seen += fingerprint(path)
            else:
                self._forget(path)
                self._files_seen += fingerprint(path)
                self._file_or_link(member)

    def inventory(self, diff_id: str) -> LayerInventory:
        """Give what the layer holds."""
        self._files |= with_programs(self._files, self._lists)
        return LayerInventory(
            digest=self._meter.layer,
            diff_id=diff_id,
            files={text(path): facts for path, facts in self._files.items()},
            links={text(path): text(target) for path, target in self._links.items()},
            whiteouts=tuple(sorted(map(text, self._whiteouts))),
            opaque=tuple(sorted(map(text, self._opaque))),
            files_seen=bytes(self._files_seen),
            directories_seen=bytes(self._directories_seen),
        )

    def _forget(self, path: bytes) -> None:
        if path in self._files:
            del self._files[path]
        if path in self._links:
            del self._links[path]

    def _whiteout(self, path: bytes, name: bytes) -> None:
        folder = path[: -len(name)]
        self._meter.kept(len(path))
        if name == _OPAQUE:
            self._opaque.add(folder.rstrip(b"/"))
        elif not name.startswith(_BOOKKEEPING):
            hidden = name.removeprefix(_WHITEOUT)
            if hidden in (b"", b".", b".."):
                raise corrupt(self._meter.layer, f"the whiteout {path[:200]!a} names no file")
            self._whiteouts.add(folder + hidden)

    def _file_or_link(self, member: Member) -> None:
        if member.kind is Kind.FILE:
            facts = self._read(member)
        elif member.kind is Kind.HARD_LINK:
            facts = self._linked(member)
        else:
            if member.kind is Kind.SYMBOLIC_LINK:
                self._meter.kept(len(member.path) + len(member.target))
                self._links[member.path] = member.target
            return
        if facts is not None:
            self._files[member.path] = facts

    def _read(self, member: Member) -> FileFacts | None:
        reader = wanted(member.path)
        if isinstance(reader, FileFacts):
            return reader
        if reader is None:
            if member.size < SMALLEST or member.sparse:
                return None
            facts = read_program(self._tar)
            self._meter.kept(sum(len(package.name) + len(package.version) for package in facts.packages))
        elif member.sparse:
            return FileFacts(unreadable="stored as a sparse file, which is not read")
        else:
            facts = self._content(member, reader)
        self._meter.packages(len(facts.packages) + len(facts.owned))
        # A file that tells nothing is kept out; that it took the place of a lower one shows in files_seen.
        return None if facts == PRESENT else facts

    def _content(self, member: Member, reader: Reader) -> FileFacts:
        if reader in ARCHIVES:
            # Many a service is one archive with all that it needs, larger than any package database.
            if member.size > self._meter.limits.kept_bytes:
                return FileFacts(unreadable=f"{member.size} bytes, {self._meter.limits.kept_bytes} are read")
            self._meter.kept(len(member.path))
        else:
            self._meter.kept_file(member.path, member.size)
        content = self._tar.body()
        if reader in LISTS:
            self._lists[member.path] = content
        return reader(text(member.path), content)

    def _linked(self, member: Member) -> FileFacts | None:
        reader = wanted(member.path)
        if isinstance(reader, FileFacts):
            return reader
        target = normalise(member.target)
        if wanted(target) is reader:
            return self._files.get(target)
        if reader is None:
            return None
        # The target went by unread, and a stream does not turn back.
        return FileFacts(unreadable=f"a hard link to {text(target)[:200]}, which was not read")
