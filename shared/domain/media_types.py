"""Media types of manifests: which name an image, which an index.

Sources: OCI Image Specification 1.1, "Media Types"; Docker Image Manifest Version 2, Schema 2.
"""

from typing import Final

DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"

IMAGE_MANIFESTS: Final = frozenset({DOCKER_MANIFEST, OCI_MANIFEST})
INDEX_MANIFESTS: Final = frozenset({DOCKER_LIST, OCI_INDEX})
