"""The text of a query as tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.kql.failures import SyntaxFailure


class TokenKind(StrEnum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    TIMESPAN = "timespan"
    STRING = "string"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text as written, and its offset."""

    kind: TokenKind
    text: str
    at: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.at + len(self.text)

    @property
    def shown(self) -> str:
        """Its text as errors show it."""
        return self.text if self.kind is not TokenKind.END else "<EOF>"


_UNITS = (
    "microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|ticks?|micros?|millis?|nanoseconds?|nanos?|secs?|mins?"
    "|hrs?|ms|us|ns|d|h|m|s"
)
_TOKEN = re.compile(
    rf"""
      (?P<space>[\s\u200b\ufeff]+|//[^\n]*)
    | (?P<string>[hH]?(?:@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|```.*?```))
    | (?P<timespan>[0-9]+(?:\.[0-9]+)?(?:{_UNITS})(?![A-Za-z0-9_]))
    | (?P<number>0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<name>in~|\$?[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>=~|!~|==|!=|<>|<=|>=|=>|\.\.|[-+*/%()\[\]{{}},.:;|<>=!])
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTES = ("```", "@'", '@"', "'", '"')


def tokens(text: str) -> list[Token]:
    """Cut a query into tokens, the last of which is the end; raise SyntaxFailure."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stray(text, at)
        if match.lastgroup != "space":
            found.append(Token(TokenKind(match.lastgroup or ""), match.group(), at))
        at = match.end()
    found.append(Token(TokenKind.END, "", len(text)))
    return found


def _stray(text: str, at: int) -> SyntaxFailure:
    rest = text[at : at + 40].splitlines()[0]
    for quote in _QUOTES:
        if rest.startswith(quote):
            return SyntaxFailure(at, rest, quote.removeprefix("@"))
    return SyntaxFailure(at, rest[:1], "")


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_PLAIN = frozenset("\\\"'")


def string_value(token: Token) -> str:
    """Return what a string literal stands for; raise SyntaxFailure at an escape that there is none of."""
    text = token.text[1:] if token.text[0] in "hH" else token.text
    if text.startswith("```"):
        return text[3:-3]
    if text.startswith("@"):
        quote = text[1]
        return text[2:-1].replace(quote * 2, quote)
    return _ESCAPE.sub(lambda found: _unescaped(found.group(1), token), text[1:-1])


def _unescaped(escape: str, token: Token) -> str:
    if escape in _PLAIN:
        return escape
    if escape in _ESCAPED:
        return _ESCAPED[escape]
    if escape[0] in "uUx" and len(escape) > 1:
        code = int(escape[1:], 16)
    elif escape[0] in "01234567":
        code = int(escape, 8)
    else:
        raise SyntaxFailure(token.at, token.text[:40], "an escape sequence of the language")
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise SyntaxFailure(token.at, token.text[:40], "a character")
    return chr(code)
