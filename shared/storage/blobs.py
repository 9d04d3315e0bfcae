"""A blob container as the product uses it: documents by name, written once or under an ETag."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from shared.storage.account import StorageAccount

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient


class BlobChanged(Exception):
    """A blob was written by somebody else since it was read; read it again and decide anew."""


@dataclass(frozen=True)
class BlobContainer:
    """One container; it is created at its first use."""

    account: StorageAccount
    name: str

    @cached_property
    def _client(self) -> ContainerClient:
        from azure.core.exceptions import ResourceExistsError

        client = self.account.blobs.get_container_client(self.name)
        with contextlib.suppress(ResourceExistsError):
            client.create_container()
        return client

    def read(self, name: str) -> bytes | None:
        """Return a blob's content, or None where there is no such blob."""
        found = self.read_versioned(name)
        return found[0] if found else None

    def read_versioned(self, name: str) -> tuple[bytes, str] | None:
        """Return a blob's content and ETag, or None where there is no such blob."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            stream = self._client.download_blob(name)
            return stream.readall(), str(stream.properties.etag)
        except ResourceNotFoundError:
            return None

    def read_from(self, name: str, offset: int, limit: int) -> bytes:
        """Return at most ``limit`` bytes of a blob from ``offset`` on; empty at or past its end."""
        from azure.core.exceptions import HttpResponseError

        try:
            return self._client.download_blob(name, offset=offset, length=limit).readall()
        except HttpResponseError as error:
            if error.status_code == 416:  # the offset is the end of the blob
                return b""
            raise

    def write(self, name: str, content: bytes, *, if_match: str | None = None) -> None:
        """Write a blob, replacing any; with ``if_match`` only the version with that ETag, else BlobChanged.

        An empty ``if_match`` means that the blob must not exist yet.
        """
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError

        try:
            if if_match:
                self._client.upload_blob(
                    name, content, overwrite=True, etag=if_match, match_condition=MatchConditions.IfNotModified
                )
            else:
                self._client.upload_blob(name, content, overwrite=if_match is None)
        except (ResourceModifiedError, ResourceExistsError) as error:
            raise BlobChanged(f"blob {self.name}/{name} was changed by somebody else") from error

    def write_once(self, name: str, content: bytes) -> None:
        """Write a blob that is named by its content; one that is there already is the same."""
        from azure.core.exceptions import ResourceExistsError

        try:
            self._client.upload_blob(name, content, overwrite=False)
        except ResourceExistsError:
            return

    def upload_file(self, name: str, path: Path) -> None:
        """Write a file as a blob that is named by its content; one that is there already is the same."""
        from azure.core.exceptions import ResourceExistsError

        with path.open("rb") as source:
            try:
                self._client.upload_blob(name, source, overwrite=False)
            except ResourceExistsError:
                return

    def download_file(self, name: str, path: Path) -> bool:
        """Write a blob to a file, whole or not at all; False where there is no such blob."""
        from azure.core.exceptions import ResourceNotFoundError

        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as target:
            try:
                self._client.download_blob(name).readinto(target)
            except BaseException as error:
                os.unlink(target.name)
                if isinstance(error, ResourceNotFoundError):
                    return False
                raise
        os.replace(target.name, path)
        return True

    def exists(self, name: str) -> bool:
        """Say whether a blob is there."""
        return bool(self._client.get_blob_client(name).exists())

    def delete(self, name: str) -> None:
        """Delete a blob; one that is gone already is fine."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            self._client.delete_blob(name)
        except ResourceNotFoundError:
            return

    def delete_older(self, name: str, than: datetime) -> bool:
        """Delete a blob that was last written before a time; say whether it is gone."""
        from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

        try:
            self._client.delete_blob(name, if_unmodified_since=than)
        except ResourceNotFoundError:
            return True
        except ResourceModifiedError:
            return False
        return True

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the names of all blobs that start with a prefix, in order."""
        for name in self._client.list_blob_names(name_starts_with=prefix or None):
            yield str(name)
