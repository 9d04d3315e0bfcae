"""Query and route parameters, turned into what services take; every mistake is an ApiError 400 that names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from shared.api.errors import bad_request
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health
from shared.domain.references import ImageId, InvalidReference, parse_digest, parse_registry, parse_repository
from shared.domain.severity import Severity
from shared.services.query_images import ImageFilter

MAX_WORDS = 1000
# What clocks of clients and workers may be apart: of a time further ahead nobody can know what the log will say.
_CLOCK_SKEW = timedelta(minutes=5)
_PROBABILITY = re.compile(r"[01]?\.?[0-9]{1,20}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def time(name: str, text: str | None) -> datetime | None:
    """Read an RFC 3339 time; None where it is not given."""
    if not text:
        return None
    try:
        # A '+' of an offset arrives as a space from clients that do not escape it.
        at = msgspec.convert(text.replace(" ", "+"), datetime)
        if at.tzinfo is None:
            raise bad_request(name, "must have a time zone, such as the Z in 2026-11-22T10:00:00Z")
        return at.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError, UnicodeEncodeError) as error:
        raise bad_request(name, f"must be a time such as 2026-11-22T10:00:00Z, not {text[:60]!r}") from error


def as_of(text: str | None, now: datetime, name: str = "asOf") -> datetime | None:
    """Read the time as of which the log is read, which is not in the future; None where it is not given."""
    at = time(name, text)
    if at is not None and at > now + _CLOCK_SKEW:
        raise bad_request(name, f"must not lie in the future: it is {now:%Y-%m-%dT%H:%M:%SZ}, not yet {text!r:.60}")
    return at


def month(name: str, text: str | None, default: datetime) -> str:
    """Read a month ``YYYY-MM``; the default is the month of a time."""
    if not text:
        return default.strftime("%Y-%m")
    if not _MONTH.fullmatch(text):
        raise bad_request(name, f"must be a month such as 2026-11, not {text[:60]!r}")
    return text


def one_of[Choice](name: str, text: str | None, choices: Callable[[str], Choice], allowed: str) -> Choice | None:
    """Read one of several words; None where it is not given."""
    if not text:
        return None
    try:
        return choices(text)
    except ValueError as error:
        raise bad_request(name, f"must be one of {allowed}, not {text[:60]!r}") from error


def flag(name: str, text: str | None) -> bool | None:
    """Read ``true`` or ``false``; None where it is not given."""
    return one_of(name, text, lambda given: ("false", "true").index(given) == 1, "true, false")


def probability(name: str, text: str | None) -> float | None:
    """Read a number above 0 and up to 1, written with a point; None where it is not given."""
    if not text:
        return None
    if not _PROBABILITY.fullmatch(text) or not 0 < float(text) <= 1:
        raise bad_request(name, f"must be a number above 0 and up to 1, such as 0.1, not {text[:60]!r}")
    return float(text)


def words(name: str, text: str | None) -> str | None:
    """Read a text that is only compared with others; None where it is not given."""
    if not text or not text.strip():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad_request(name, "must be text in UTF-8") from error
    if len(text) > MAX_WORDS:
        raise bad_request(name, f"must have at most {MAX_WORDS} characters")
    return text.strip()


def reference(name: str, text: str | None, parse: Callable[[object], str]) -> str | None:
    """Read a registry, repository, tag or digest; None where it is not given."""
    if not text:
        return None
    try:
        return parse(text)
    except InvalidReference as error:
        raise bad_request(name, str(error)) from error


def image_id(registry: str, digest: str) -> ImageId:
    """Read the two parts that name an image in a route."""
    try:
        return ImageId(parse_registry(registry), parse_digest(digest))
    except InvalidReference as error:
        raise bad_request("image", str(error)) from error


def chosen[Choice](name: str, text: str, choices: Mapping[str, Choice]) -> Choice:
    """Return what one of several words stands for."""
    if text not in choices:
        raise bad_request(name, f"must be one of {', '.join(choices)}, not {text[:60]!r}")
    return choices[text]


def image_filter(query: Mapping[str, str]) -> ImageFilter:
    """Read what a list of images is narrowed down to: ``registry``, ``repository`` and ``health``."""
    return ImageFilter(
        registry=reference("registry", query.get("registry"), parse_registry),
        repository=reference("repository", query.get("repository"), parse_repository),
        health=one_of("health", query.get("health"), Health, ", ".join(Health)),
    )


def finding_criteria(query: Mapping[str, str]) -> FindingCriteria:
    """Read what findings over all images are searched by."""
    given = query.get
    return FindingCriteria(
        registry=reference("registry", given("registry"), parse_registry),
        repository=reference("repository", given("repository"), parse_repository),
        digest=reference("digest", given("digest"), parse_digest),
        cve=words("cve", given("cve")),
        package=words("package", given("package")),
        version=words("version", given("version")),
        severity=one_of("severity", given("severity"), Severity, ", ".join(Severity)),
        disabled=flag("disabled", given("disabled")),
        fixable=flag("fixable", given("fixable")),
        exploited=flag("exploited", given("exploited")),
        epss_from=probability("epssFrom", given("epssFrom")),
    )
