"""A place among the tokens of a query, and the steps that parsers take from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.kql.failures import LimitFailure, SyntaxFailure
from shared.kql.lexer import Token, TokenKind, string_value, tokens
from shared.kql.limits import NESTING


class Cursor:
    """Walks through the tokens of one query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._next]

    def ahead(self, by: int) -> Token:
        """Return a token after the next one."""
        return self._tokens[min(self._next + by, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the next token."""
        taken = self.token
        if taken.kind is not TokenKind.END:
            self._next += 1
        return taken

    def at(self, *texts: str) -> bool:
        """Say whether the next token is one of these signs or words."""
        token = self.token
        return token.text in texts and token.kind in (TokenKind.SIGN, TokenKind.NAME)

    def accept(self, *texts: str) -> Token | None:
        """Take the next token if it is one of these."""
        return self.take() if self.at(*texts) else None

    def expect(self, *texts: str) -> Token:
        """Take the next token, which must be one of these; raise SyntaxFailure."""
        if not self.at(*texts):
            raise self.unexpected(" or ".join(texts))
        return self.take()

    def name(self) -> Token:
        """Take a name; raise SyntaxFailure."""
        if self.token.kind is not TokenKind.NAME:
            raise self.unexpected("a name")
        return self.take()

    def column(self) -> str:
        """Take the name of a column, bare or as ``['any text']``; raise SyntaxFailure."""
        if self.at("[") and self.ahead(1).kind is TokenKind.STRING and self.ahead(2).text == "]":
            self.take()
            value = string_value(self.take())
            self.expect("]")
            return value
        return self.name().text

    def unexpected(self, expected: str) -> SyntaxFailure:
        """Make the failure for a token that cannot stand here."""
        return SyntaxFailure(self.token.at, self.token.shown, expected)

    def raw_parenthesis(self) -> str:
        """Take ``( … )`` without brackets inside, and return what is between them as written."""
        opening = self.expect("(")
        while not self.at(")"):
            if self.token.kind is TokenKind.END or self.at("("):
                raise self.unexpected(")")
            self.take()
        return self.text[opening.end : self.take().at].strip()

    def list_of[Item](self, item: Callable[[], Item]) -> tuple[Item, ...]:
        """Take items with commas between them."""
        found = [item()]
        while self.accept(","):
            found.append(item())
        return tuple(found)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting; raise LimitFailure when there are too many."""
        self._depth += 1
        if self._depth > NESTING:
            raise LimitFailure(f"The query is nested more than {NESTING} levels deep.", self.token.at)
        try:
            yield
        finally:
            self._depth -= 1
