"""Errors as Azure Resource Manager shows them: ``{"error": {"code", "message"}}`` with the right status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """An answer that is an error: HTTP status, code and message, and headers such as ``Retry-After``.

    ``details`` are errors of the same shape, which may have fields of their own.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        details: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.details = details

    def content(self) -> dict[str, Any]:
        """Give the body."""
        details = {"details": list(self.details)} if self.details else {}
        return {"error": {"code": self.code, "message": self.message, **details}}


def bad_request(name: str, why: str) -> ApiError:
    """Make the error for a parameter or field that cannot be used."""
    return ApiError(400, "InvalidParameter", f"{name}: {why}")


def not_found(code: str, message: str) -> ApiError:
    """Make the error for something that does not exist."""
    return ApiError(404, code, message)


def too_many_requests(message: str, seconds: int) -> ApiError:
    """Make the error for a caller that must wait; clients of Azure do so by themselves."""
    return ApiError(429, "RateLimiting", message, {"Retry-After": str(seconds)})
