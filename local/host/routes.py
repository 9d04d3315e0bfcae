"""Which function answers a path: the route templates of ASP.NET Core.

https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from local.host.errors import HostRefused
from local.host.functions import Function, HttpTrigger

_PARAMETER = re.compile(r"\{(\*{0,2})([A-Za-z_][\w-]*)((?::[A-Za-z]+(?:\([^()]*\))?)*)(=[^{}?]*)?(\?)?\}")
_CONSTRAINT = re.compile(r":([A-Za-z]+)(?:\(([^()]*)\))?")
_RESERVED = ("admin", "runtime")

# Lower is tried first: a literal before a parameter with a constraint, before one without, before the rest.
_LITERAL, _MIXED, _CONSTRAINED, _PLAIN, _REST = range(5)

_PATTERNS = {
    "int": r"-?\d{1,10}",
    "long": r"-?\d{1,19}",
    "bool": r"(?i:true|false)",
    "guid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "alpha": r"[A-Za-z]*",
    "required": r"[^/]+",
}


@dataclass(frozen=True)
class Route:
    """One template, compiled: a pattern over the path, and what the parameters are called."""

    function: Function
    pattern: re.Pattern[str]
    precedence: tuple[int, ...]
    methods: frozenset[str]
    defaults: dict[str, str] = field(default_factory=dict)


class RouteTable:
    """The HTTP functions of an app by path and method."""

    def __init__(self, functions: list[Function], prefix: str) -> None:
        routes = [
            _compile(function, function.trigger, prefix)
            for function in functions
            if isinstance(function.trigger, HttpTrigger)
        ]
        self._routes = sorted(routes, key=lambda route: route.precedence)

    def find(self, method: str, path: str) -> tuple[Function, dict[str, str]] | None:
        """Return the function for a raw (still percent-encoded) path, and the values of its parameters.

        Paths match without regard to case. A wrong method is the same as no route.
        """
        decoded = decode_path(path)
        for route in self._routes:
            if route.methods and method not in route.methods:
                continue
            if match := route.pattern.fullmatch(decoded):
                found = {_original(name): value for name, value in match.groupdict().items() if value}
                return route.function, route.defaults | found
        return None


def decode_path(raw: str) -> str:
    """Decode a path as the Functions front end does: all but ``%2F``, without the slash in front."""
    kept = re.sub("%2f", lambda match: "%25" + match[0][1:], raw, flags=re.IGNORECASE)
    return unquote(kept).removeprefix("/")


def _compile(function: Function, trigger: HttpTrigger, prefix: str) -> Route:
    template = "/".join(part.strip("/") for part in (prefix, trigger.route) if part.strip("/"))
    segments = template.split("/") if template else []
    if segments and segments[0].lower() in _RESERVED:
        raise HostRefused(f"function {function.name} has the route {template}, which belongs to the host")
    try:
        parts = [_compile_segment(segment, index == 0) for index, segment in enumerate(segments)]
        pattern = re.compile("".join(part for part, _ in parts) + "/?", re.IGNORECASE | re.DOTALL)
    except (ValueError, re.error) as error:
        raise HostRefused(f"function {function.name} has the route {template}: {error}") from error
    defaults = {match[2]: match[4][1:] for match in _PARAMETER.finditer(template) if match[4]}
    # A route that ends earlier is tried before one whose next part may be missing.
    return Route(function, pattern, tuple(rank for _, rank in parts), trigger.methods, defaults)


def _compile_segment(segment: str, is_first: bool) -> tuple[str, int]:
    """Return the pattern of a segment with the slash before it, and its rank."""
    slash = "" if is_first else "/"
    whole = _PARAMETER.fullmatch(segment)
    if not whole:
        return slash + _compile_mixed(segment), _MIXED if "{" in segment else _LITERAL
    stars, name, constraints, default, optional = whole.groups()
    if stars:
        return f"(?:{slash}(?P<{_group(name)}>.*))?", _REST
    value = f"{_constrain(constraints)}(?P<{_group(name)}>[^/]+)"
    rank = _CONSTRAINED if constraints else _PLAIN
    return (f"(?:{slash}{value})?" if optional or default else slash + value), rank


def _compile_mixed(segment: str) -> str:
    """Compile text around parameters, as in ``v{version}.json``."""
    pattern, position = "", 0
    for match in _PARAMETER.finditer(segment):
        pattern += _literal(segment[position : match.start()])
        pattern += f"{_constrain(match[3])}(?P<{_group(match[2])}>[^/]+?)"
        position = match.end()
    return pattern + _literal(segment[position:])


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError(f'"{text}" is not a parameter that this host knows')
    return re.escape(text)


def _constrain(constraints: str) -> str:
    """Turn ``:int:length(3)`` into look-aheads over the segment."""
    pattern = ""
    for name, argument in _CONSTRAINT.findall(constraints):
        pattern += f"(?={_constraint(name.lower(), argument)}(?:/|$))"
    return pattern


def _constraint(name: str, argument: str) -> str:
    if name in _PATTERNS and not argument:
        return _PATTERNS[name]
    if name == "regex":
        return argument.removeprefix("^").removesuffix("$")
    lengths = {"length": "{%s}", "minlength": "{%s,}", "maxlength": "{0,%s}"}
    if name in lengths and re.fullmatch(r"\d+(,\d+)?", argument):
        return "[^/]" + lengths[name] % argument
    raise ValueError(f"the constraint {name}({argument}) is not supported here")


# Names of groups take no hyphen; names of route parameters do.
def _group(name: str) -> str:
    return name.replace("-", "__hyphen__")


def _original(group: str) -> str:
    return group.replace("__hyphen__", "-")
