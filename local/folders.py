"""Where the local start keeps what it writes."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class DataFolder:
    """The folder that outlives a run: storage, registry, logs and sample advisories."""

    root: Path

    def create(self) -> "DataFolder":
        """Make the folder and what is always in it; what exists is left as it is."""
        for folder in (self.azurite, self.registry, self.cache, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    @property
    def azurite(self) -> Path:
        """Blobs, queues and tables."""
        return self.root / "azurite"

    @property
    def registry(self) -> Path:
        """The images of the local registry."""
        return self.root / "registry"

    @property
    def registry_configuration(self) -> Path:
        """The configuration that every start writes anew."""
        return self.root / "registry.yml"

    @property
    def cache(self) -> Path:
        """Copies of advisory snapshots; may be deleted at any time."""
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        """One file for each program; ``.1`` is the run before."""
        return self.root / "logs"

    @property
    def undelivered_events(self) -> Path:
        """Registry events that the host kept refusing, one JSON object a line."""
        return self.logs / "undelivered-events.jsonl"

    @property
    def sample_advisories(self) -> Path:
        """The feed that is made from the sample advisories."""
        return self.root / "sample-advisories"

    @property
    def installation(self) -> Path:
        """The settings under which the product was last started here, for the command line."""
        return self.root / "installation.json"

    @property
    def samples_pushed(self) -> Path:
        """Exists once the sample images have been pushed."""
        return self.root / "samples-pushed.json"
