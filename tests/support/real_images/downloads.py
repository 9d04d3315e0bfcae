"""Packages from the registries, fetched with their own tools and kept between test runs."""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_BINARIES = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin:/sbin"
ENVIRONMENT = {**os.environ, "PATH": _BINARIES, "LC_ALL": "C", "npm_config_update_notifier": "false"}


def run(command: Sequence[str | Path], folder: Path | None = None, *, text: str | None = None) -> str:
    """Run a program to its end and return what it printed."""
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=ENVIRONMENT, input=text, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Downloads:
    """A folder of what was downloaded; several test runs may share it."""

    folder: Path

    def debs(self, *names: str) -> Path:
        """Download Debian packages, as this machine's archive has them."""
        return self._kept("apt", names, lambda folder: self._apt(names, folder))

    def wheels(self, *requirements: str) -> Path:
        """Download wheels, without what they need, for Linux on x86-64 whatever this machine is."""
        platform = ("--platform", "manylinux2014_x86_64", "--python-version", "3.13", "--only-binary", ":all:")
        command = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", *platform, *requirements, "-d", ".")
        return self._kept("pip", requirements, lambda folder: run(command, folder))

    def npm_packages(self, *names: str) -> Path:
        """Download packages of npm, without what they need."""
        return self._kept("npm", names, lambda folder: run(("npm", "pack", "--silent", *names), folder))

    def node_modules(self, *names: str) -> Path:
        """Install packages of npm with what they need."""
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", ".")
        return self._kept("node", names, lambda folder: run(("npm", "install", *options, *names), folder))

    def _apt(self, names: Sequence[str], folder: Path) -> None:
        command = ("apt-get", "download", "-q", *names)
        if subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True).returncode:
            # A machine whose lists were cleaned away: it gets lists of its own.
            lists = self.folder / "lists"
            (lists / "partial").mkdir(parents=True, exist_ok=True)
            options = ("-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User=root")
            run(("apt-get", *options, "update", "-q"))
            run(("apt-get", *options, "download", "-q", *names), folder)

    def _kept(self, kind: str, names: Sequence[str], fetch: Callable[[Path], object]) -> Path:
        key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
        target = self.folder / f"{kind}-{key}"
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
                fresh = Path(scratch) / "fresh"
                fresh.mkdir()
                fetch(fresh)
                with contextlib.suppress(OSError):  # another test run was faster
                    fresh.rename(target)
        return target
