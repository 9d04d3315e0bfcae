import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
HEAVY = ["azure", "requests", "msal", "cryptography", "aiohttp", "zstandard"]


def test_importing_the_client_loads_nothing_heavy() -> None:
    code = "import sys, shared.registry.client, shared.registry.azure_credentials; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in found.stdout.split()}
    assert "urllib3" in loaded
    assert loaded.isdisjoint(HEAVY)
