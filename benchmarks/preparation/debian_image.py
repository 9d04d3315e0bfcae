"""A real image where none is named: the root of a minimal Debian, made with mmdebstrap and kept in a registry."""

import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

import urllib3

from benchmarks.failures import CannotRun
from benchmarks.image_name import ImageName
from local.images.image import build_image
from local.images.layers import Layer, sha256
from local.images.push import push

_RELEASE = "bookworm"
_LEVEL = 6  # what image builders use


def debian_image(host: str, folder: Path) -> ImageName:
    """Return the name of the image in a registry, making and pushing it first if it is not there. Raises CannotRun."""
    name = ImageName(host, "bench/debian", _RELEASE)
    if not _is_there(name):
        with tempfile.TemporaryDirectory(dir=folder) as made:
            root = Path(made) / "root.tar"
            _bootstrap(root)
            push(name.url, name.repository, build_image([layer_of(root)]), name.tag)
    return name


def layer_of(archive: Path) -> Layer:
    """Make a gzip layer of a tar file."""
    content = archive.read_bytes()
    blob = gzip.compress(content, _LEVEL, mtime=0)
    return Layer("application/vnd.oci.image.layer.v1.tar+gzip", blob, sha256(blob), sha256(content))


def _is_there(name: ImageName) -> bool:
    headers = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
    url = f"{name.url}/v2/{name.repository}/manifests/{name.tag}"
    return urllib3.request("HEAD", url, headers=headers, timeout=60, retries=False).status == 200


def _bootstrap(target: Path) -> None:
    program = shutil.which("mmdebstrap")
    if program is None:
        raise CannotRun("a Debian image is made with mmdebstrap: install it, or name an image with --image")
    command = [program, "--variant=minbase", "--components=main", _RELEASE, str(target), *_mirror()]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise CannotRun(
            "mmdebstrap failed: run as root with a Debian mirror within reach, or name an image with --image. "
            f"It said: {made.stderr[-1000:].strip()}"
        )


def _mirror() -> list[str]:
    """Return the archive from which this machine itself installs the release, else nothing: then the public one."""
    apt = shutil.which("apt-get")
    if apt is None:
        return []
    wanted = ["Created-By: Packages", "Origin: Debian", f"Codename: {_RELEASE}"]
    listed = subprocess.run(
        [apt, "indextargets", "--format", "$(REPO_URI)", *wanted], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()[:1]
