"""Errors as Azure Resource Manager shows them: ``{"error": {"code", "message"}}`` with the right status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An answer that is an error: HTTP status, code and message, and headers such as ``Retry-After``."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def content(self) -> dict[str, Any]:
        """Give the body."""
        return {"error": {"code": self.code, "message": self.message}}


def bad_request(name: str, why: str) -> ApiError:
    """Make the error for a parameter or field that cannot be used."""
    return ApiError(400, "InvalidParameter", f"{name}: {why}")


def not_found(code: str, message: str) -> ApiError:
    """Make the error for something that does not exist."""
    return ApiError(404, code, message)
