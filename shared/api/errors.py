"""Errors as Azure Resource Manager shows them: ``{"error": {"code", "message"}}`` with the right status."""

from __future__ import annotations

import msgspec


class ApiError(Exception):
    """An answer that is an error: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> bytes:
        """Give the JSON body."""
        return msgspec.json.encode({"error": {"code": self.code, "message": self.message}})


def bad_request(name: str, why: str) -> ApiError:
    """Make the error for a parameter or field that cannot be used."""
    return ApiError(400, "InvalidParameter", f"{name}: {why}")


def not_found(code: str, message: str) -> ApiError:
    """Make the error for something that does not exist."""
    return ApiError(404, code, message)
