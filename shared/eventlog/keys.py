"""Keys of the table ``events``: reversible escapes for streams and commands, and the three kinds of rows."""

from __future__ import annotations

import hashlib
import re

HEAD = "head"
_MARKER = "id-"
_EVENT = "e-"
AFTER_EVENTS = "e."  # '.' follows '-'
# Forbidden in keys: / \ # ? and control characters (Table service data model). Everything but these is escaped.
_PLAIN = re.compile(r"[A-Za-z0-9.:_@|-]")
_ALL_PLAIN = re.compile(rf"(?:{_PLAIN.pattern})*")
_ESCAPE = re.compile(r"=([0-9A-F]{2})")
MAX_KEY = 1024 // 2  # in characters; a key is at most 1 KiB, and the service counts UTF-16


def escape(text: str) -> str:
    """Make a key of any text; different texts give different keys."""
    if _ALL_PLAIN.fullmatch(text):
        return text
    return "".join(char if _PLAIN.fullmatch(char) else _escaped(char) for char in text)


def unescape(key: str) -> str:
    """Give the text that a key was made of."""
    raw = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), key)
    return raw.encode("latin-1").decode() if "=" in key else raw


def event_row(version: int) -> str:
    """Name the row of an event."""
    return f"{_EVENT}{version:010d}"


def marker_row(command_id: str) -> str:
    """Name the row that marks a command as carried out; an id that is too long for a key is named by its hash."""
    key = _MARKER + escape(command_id)
    # No escape gives "==": a hash is never taken for an id.
    return key if len(key) <= MAX_KEY else f"{_MARKER}=={hashlib.sha256(command_id.encode()).hexdigest()}"


def _escaped(char: str) -> str:
    return "".join(f"={byte:02X}" for byte in char.encode())
