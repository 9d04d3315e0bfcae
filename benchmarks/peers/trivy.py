"""Trivy as a peer: never needed, never installed, measured where its program and a database are given.

Options: https://trivy.dev/docs/latest/references/configuration/cli/trivy_image/
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks.failures import CannotRun
from benchmarks.image_name import ImageName
from benchmarks.processes import Program

_OFFLINE = ("--skip-db-update", "--skip-java-db-update", "--skip-vex-repo-update", "--offline-scan")
_QUIET = ("--quiet", "--skip-version-check", "--disable-telemetry")


class Trivy(msgspec.Struct, frozen=True):
    """The program, a cache folder whose ``db`` holds its database, and a folder for the SBOMs that are made."""

    program: str
    cache: Path
    sboms: Path

    def scan(self, image: ImageName) -> Program:
        """Give the scan of an image that Trivy has not seen before."""
        return Program("Trivy", self._image(image, "--format", "json", "--list-all-pkgs"), self._forget, _facts)

    def rescan(self, image: ImageName) -> Program:
        """Give the scan of an image's SBOM, which is made now. Raises CannotRun."""
        sbom = self.sboms / f"{image.repository.replace('/', '-')}-{image.tag}.cdx.json"
        made = subprocess.run(
            self._image(image, "--format", "cyclonedx", "--output", str(sbom)), capture_output=True, check=False
        )
        if made.returncode:
            said = made.stderr.decode("utf-8", "replace")[-1000:]
            raise CannotRun(f"Trivy cannot make an SBOM of {image}, leave --trivy out: {said}")
        command = (self.program, "sbom", *self._common(), "--format", "json", str(sbom))
        return Program("Trivy sbom", command, _nothing, _facts)

    def _image(self, image: ImageName, *options: str) -> tuple[str, ...]:
        source = ("--insecure", "--image-src", "remote", "--skip-check-update")
        return (self.program, "image", *self._common(), *source, *options, str(image))

    def _common(self) -> tuple[str, ...]:
        return ("--cache-dir", str(self.cache), "--scanners", "vuln", *_OFFLINE, *_QUIET)

    def _forget(self) -> None:
        # What it knows of layers; the database beside it stays.
        shutil.rmtree(self.cache / "fanal", ignore_errors=True)


def find_trivy(program: str | None, cache: Path | None, sboms: Path) -> Trivy | None:
    """Return Trivy if it is there and has a database; raise CannotRun if it was asked for and cannot run."""
    found = shutil.which(program or "trivy")
    if found and cache and (cache / "db" / "trivy.db").is_file():
        sboms.mkdir(parents=True, exist_ok=True)
        return Trivy(found, cache.resolve(), sboms)
    if program or cache:
        raise CannotRun(
            "Trivy needs --trivy PROGRAM (or trivy on PATH) and --trivy-cache FOLDER with db/trivy.db in it"
        )
    return None


def _nothing() -> None:
    return


def _facts(output: bytes) -> Mapping[str, int]:
    results = json.loads(output).get("Results") or []
    return {
        "packages": sum(len(result.get("Packages") or ()) for result in results),
        "findings": sum(len(result.get("Vulnerabilities") or ()) for result in results),
    }
