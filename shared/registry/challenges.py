"""Parsing ``WWW-Authenticate``: how a registry asks to be authenticated to.

Sources: RFC 9110, section 11 (challenges, auth-params, token68); Docker "Token Authentication Specification".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_MAX_LENGTH = 8192
# Possessive quantifiers: a hostile header costs linear time.
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_PARAMETER = re.compile(rf"({_WORD})[ \t]*+=[ \t]*+({_WORD}|{_QUOTED})", re.ASCII)
_SCHEME = re.compile(_WORD, re.ASCII)
_TOKEN68 = re.compile(r"[ \t]++[A-Za-z0-9._~+/-]++=*+[ \t]*+(?=,|$)", re.ASCII)
_SEPARATOR = re.compile(r"[ \t,]*+")
_ESCAPE = re.compile(r"\\(.)")


class InvalidChallenge(ValueError):
    """A ``WWW-Authenticate`` header that does not follow its grammar, or asks for what is not supported."""


class Challenge(NamedTuple):
    """One challenge: its scheme and its parameters, both names in lower case."""

    scheme: str
    parameters: Mapping[str, str]

    @property
    def realm(self) -> str:
        """Give the realm: for Bearer, the address that tokens are asked from."""
        return self.parameters.get("realm", "")

    @property
    def service(self) -> str:
        """Give the name under which the token service knows the registry."""
        return self.parameters.get("service", "")


def choose_challenge(header: str) -> Challenge:
    """Return the Bearer challenge of a header, else its Basic one. Raises InvalidChallenge."""
    challenges = parse_challenges(header)
    for scheme in ("bearer", "basic"):
        for challenge in challenges:
            if challenge.scheme == scheme:
                return challenge
    raise InvalidChallenge(f"it offers {[challenge.scheme for challenge in challenges]}, not Bearer or Basic")


def parse_challenges(header: str) -> list[Challenge]:
    """Parse every challenge of a header, in order. Raises InvalidChallenge."""
    if len(header) > _MAX_LENGTH:
        raise InvalidChallenge(f"it is longer than {_MAX_LENGTH} characters")
    challenges: list[Challenge] = []
    parameters: dict[str, str] = {}
    position = _skip(header, 0)
    while position < len(header):
        match = _PARAMETER.match(header, position) if challenges else None
        if match:
            _add(parameters, match[1].lower(), _unquoted(match[2]))
        else:
            match = _scheme(header, position)
            parameters = {}
            challenges.append(Challenge(match[0].lower(), parameters))
        position = _skip(header, _after(header, match))
    return challenges


def _scheme(header: str, position: int) -> re.Match[str]:
    match = _SCHEME.match(header, position)
    if match is None:
        raise InvalidChallenge(f"it cannot be parsed from character {position} on")
    return match


def _after(header: str, match: re.Match[str]) -> int:
    # Only a scheme may be followed by credentials in token68 form ("Negotiate YII="); they are of no use here.
    if match.re is _SCHEME and (token68 := _TOKEN68.match(header, match.end())):
        return token68.end()
    return match.end()


def _skip(header: str, position: int) -> int:
    match = _SEPARATOR.match(header, position)
    return match.end() if match else position


def _add(parameters: dict[str, str], name: str, value: str) -> None:
    if name in parameters:
        raise InvalidChallenge(f"it gives {name} twice")
    parameters[name] = value


def _unquoted(value: str) -> str:
    return _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
