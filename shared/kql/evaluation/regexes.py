"""Regular expressions, by RE2: its time grows with the text only, never with what the expression could mean.

The library is loaded when an expression is first used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from shared.kql.failures import LimitFailure, SemanticFailure

_MOST_CHARACTERS = 4096
_MEMORY = 8 * 1024 * 1024
_NAMED = re.compile(r"\(\?<([A-Za-z_])")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Compile an expression; raise SemanticFailure where it is none, or LimitFailure where it is too large."""
    import re2

    if len(pattern) > _MOST_CHARACTERS:
        raise LimitFailure(f"A regular expression is longer than {_MOST_CHARACTERS} characters.")
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(_NAMED.sub(r"(?P<\1", pattern), options)
    except re2.error as error:
        told = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise SemanticFailure(f"the regular expression cannot be used: {told[:200]}") from error


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what says whether a text holds a match."""
    search = compiled(pattern).search
    return lambda text: search(text) is not None
