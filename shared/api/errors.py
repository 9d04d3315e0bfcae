"""Errors as Azure Resource Manager shows them: ``{"error": {"code", "message"}}`` with the right status.

Source: "Microsoft Azure REST API guidelines" and the type CloudErrorBody of the API definitions: ``details`` are errors
of the same shape, and may have fields of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class ApiError(Exception):
    """An answer that is an error: HTTP status, code and message, and where there are any its details and headers."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}

    @property
    def content(self) -> dict[str, Any]:
        """What the body says."""
        details = {"details": list(self.details)} if self.details else {}
        return {"error": {"code": self.code, "message": self.message, **details}}

    def body(self) -> bytes:
        """Give the JSON body."""
        return msgspec.json.encode(self.content)


def bad_request(name: str, why: str) -> ApiError:
    """Make the error for a parameter or field that cannot be used."""
    return ApiError(400, "InvalidParameter", f"{name}: {why}")


def not_found(code: str, message: str) -> ApiError:
    """Make the error for something that does not exist."""
    return ApiError(404, code, message)


def unauthenticated(message: str) -> ApiError:
    """Make the error for a caller that nobody knows; clients of Azure look for the header."""
    return ApiError(401, "AuthenticationFailed", message, headers={"WWW-Authenticate": "Bearer"})


def too_many_requests(message: str, seconds: int) -> ApiError:
    """Make the error for a caller that must wait; clients of Azure do so by themselves."""
    return ApiError(429, "RateLimiting", message, headers={"Retry-After": str(seconds)})
