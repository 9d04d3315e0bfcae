"""All settings: typed, read from the environment once, validated at start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from shared.domain.clouds import CLOUDS, cloud_of
from shared.domain.clouds import Cloud as Cloud
from shared.domain.discovery import DiscoveryMode
from shared.domain.exclusions import Exclusions
from shared.domain.references import parse_registry
from shared.domain.registry_resources import RegistryResource, parse_resource_id
from shared.domain.roles import Role
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.limit_settings import Limits, read_limits
from shared.log_lines import LogFormat
from shared.registry.allowlist import parse_entry

_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_PUBLIC_OSV = "https://osv-vulnerabilities.storage.googleapis.com"
_PUBLIC_KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
_PUBLIC_EPSS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
_MOST_DAYS = 36_500
_MOST_SECONDS = 3_600
_ECOSYSTEMS = "Debian,Ubuntu,Alpine,AlmaLinux,Rocky Linux,PyPI,npm,Go,Maven,NuGet,RubyGems,crates.io,Packagist"


class InvalidSettings(ValueError):
    """One or more settings cannot be used; the message names each with the reason."""


class Settings(msgspec.Struct, frozen=True):
    """What an installation can choose. Names of the environment are the fields' in upper case."""

    storage_connection: str = ""
    storage_endpoints: tuple[str, str, str] | None = None
    identity_client_id: str = ""
    registries: tuple[str, ...] = ()
    registry_credentials: Mapping[str, tuple[str, str]] = {}
    registry_resources: Mapping[str, RegistryResource] = {}
    support_matrix: SupportMatrix = SupportMatrix.EXTENDED
    unhealthy_from: Severity = Severity.LOW
    osv_base: str = _PUBLIC_OSV
    osv_ecosystems: tuple[str, ...] = ()
    osv_extra_bases: tuple[str, ...] = ()
    kev_url: str = ""
    epss_url: str = ""
    subscription_id: str = _NO_SUBSCRIPTION
    azure_cloud: Cloud = Cloud.PUBLIC
    discovery: DiscoveryMode = DiscoveryMode.OFF
    exclusions: Exclusions = Exclusions()
    event_storage_id: str = ""
    event_identity_id: str = ""
    recent_pull_days: int = 30
    rescan_after_days: int = 7
    max_feed_age_days: int = 7
    report_retention_days: int = 0
    notification_topic_endpoint: str = ""
    notification_topic_key: str = ""
    notify_from: Severity = Severity.HIGH
    cache_dir: str = ""
    index_seconds: int = 0
    in_azure: bool = False
    sign_in: bool = False
    function_key_role: Role | None = Role.READER
    log_format: LogFormat = LogFormat.TEXT
    limits: Limits = Limits()


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, or raise InvalidSettings that names every wrong one."""
    env = os.environ if environment is None else environment
    problems: list[str] = []

    def read[T](name: str, parse: _Parser[T], default: str) -> T:
        try:
            return parse(env.get(name, "").strip() or default)
        except ValueError as error:
            problems.append(f"{name}: {str(error).removeprefix(f'{name}: ')}")
            return parse(default)

    settings = _chosen(env, read, read_limits(env, problems))
    if not settings.storage_connection and settings.storage_endpoints is None:
        problems.append("AzureWebJobsStorage: not set; give a connection string or AzureWebJobsStorage__accountName")
    problems.extend(_of_other_clouds(settings))
    if problems:
        raise InvalidSettings("; ".join(problems))
    return settings


class _Read(Protocol):
    def __call__[T](self, name: str, parse: _Parser[T], default: str) -> T: ...


def _chosen(env: Mapping[str, str], read: _Read, limits: Limits) -> Settings:
    cloud = read("AZURE_CLOUD", Cloud, "AzurePublic")
    return Settings(
        storage_connection=env.get("AzureWebJobsStorage", ""),
        storage_endpoints=_storage_endpoints(env, cloud),
        identity_client_id=env.get("AzureWebJobsStorage__clientId", ""),
        registries=read("REGISTRIES", _registries, ""),
        registry_credentials=read("REGISTRY_CREDENTIALS", _credentials, "{}"),
        registry_resources=read("REGISTRY_RESOURCE_IDS", _resources, ""),
        support_matrix=read("SUPPORT_MATRIX", SupportMatrix, "extended"),
        unhealthy_from=read("UNHEALTHY_FROM", Severity, "low"),
        osv_base=env.get("OSV_BASE", "").strip() or _PUBLIC_OSV,
        osv_ecosystems=read("OSV_ECOSYSTEMS", _list, _ECOSYSTEMS),
        osv_extra_bases=read("OSV_EXTRA_BASES", _list, ""),
        # Set to nothing, a feed is off: there is no other word for that.
        kev_url=env.get("KEV_URL", _PUBLIC_KEV).strip(),
        epss_url=env.get("EPSS_URL", _PUBLIC_EPSS).strip(),
        subscription_id=env.get("SUBSCRIPTION_ID", "").strip() or _NO_SUBSCRIPTION,
        azure_cloud=cloud,
        discovery=_discovery(read("DISCOVERY", DiscoveryMode, "list"), env),
        exclusions=Exclusions(read("EXCLUDED_REGISTRIES", _list, ""), read("EXCLUDING_TAG", _tag, "plimsoll=off")),
        event_storage_id=env.get("EVENT_STORAGE_ID", "").strip(),
        event_identity_id=env.get("EVENT_IDENTITY_ID", "").strip(),
        recent_pull_days=read("RECENT_PULL_DAYS", _positive, "30"),
        rescan_after_days=read("RESCAN_AFTER_DAYS", _positive, "7"),
        max_feed_age_days=read("MAX_FEED_AGE_DAYS", _positive, "7"),
        report_retention_days=read("REPORT_RETENTION_DAYS", _days_or_none, "0"),
        notification_topic_endpoint=read("NOTIFICATION_TOPIC_ENDPOINT", _address, ""),
        notification_topic_key=env.get("NOTIFICATION_TOPIC_KEY", "").strip(),
        notify_from=read("NOTIFY_FROM", Severity, "high"),
        cache_dir=env.get("CACHE_DIR", "").strip(),
        index_seconds=read("INDEX_SECONDS", _seconds, "0"),
        in_azure=bool(env.get("IDENTITY_ENDPOINT")),
        sign_in=signing_in(env),
        function_key_role=read("FUNCTION_KEY_ROLE", _key_role, "reader"),
        log_format=read("LOG_FORMAT", LogFormat, "json" if env.get("IDENTITY_ENDPOINT") else "text"),
        limits=limits,
    )


def _of_other_clouds(settings: Settings) -> list[str]:
    """Name the registries that this installation's identity cannot sign in to: each cloud has its own."""
    clouds = {entry: cloud_of(parse_entry(entry).host) for entry in settings.registries}
    return [
        f"REGISTRIES: {entry} lies in {cloud}, and AZURE_CLOUD is {settings.azure_cloud}: watch it from there"
        for entry, cloud in clouds.items()
        if cloud not in (None, settings.azure_cloud)
    ]


type _Parser[T] = Callable[[str], T]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _registries(text: str) -> tuple[str, ...]:
    entries = _list(text)
    for entry in entries:
        parse_entry(entry)
    return entries


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError(f"must be an address with https://, not {text!r}")
    return text


def _resources(text: str) -> Mapping[str, RegistryResource]:
    """Read ``<login server>=<resource id>`` entries."""
    resources = {}
    for entry in _list(text):
        server, separator, resource_id = entry.partition("=")
        if not separator:
            raise ValueError(f"{entry!r} must be <login server>=<resource id>")
        host = parse_registry(server.strip().lower())
        resources[host] = parse_resource_id(host, resource_id.strip())
    return resources


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(f"must be at least 1, not {number}")
    return number


def _days_or_none(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST_DAYS:
        raise ValueError(f"must be from 0 (for ever) to {_MOST_DAYS}, not {number}")
    return number


def _tag(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise ValueError(f"must be <name>=<value> of a resource tag, not {text!r}")
    return name.strip(), value.strip()


def _discovery(chosen: DiscoveryMode, env: Mapping[str, str]) -> DiscoveryMode:
    """Give what is possible: without a subscription and an identity, as on one machine, there is nothing to look in."""
    able = env.get("SUBSCRIPTION_ID", "").strip() not in ("", _NO_SUBSCRIPTION) and env.get("IDENTITY_ENDPOINT")
    return chosen if able else DiscoveryMode.OFF


def _key_role(text: str) -> Role | None:
    roles = {"none": None, "reader": Role.READER, "admin": Role.ADMIN}
    if text.lower() not in roles:
        raise ValueError(f"must be one of {', '.join(roles)}, not {text!r}")
    return roles[text.lower()]


def _seconds(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST_SECONDS:
        raise ValueError(f"must be from 0 (at every question) to {_MOST_SECONDS}, not {number}")
    return number


def _credentials(text: str) -> Mapping[str, tuple[str, str]]:
    try:
        return msgspec.json.decode(text, type=dict[str, tuple[str, str]])
    except msgspec.MsgspecError as error:
        raise ValueError('must be JSON such as {"registry.example": ["user", "password"]}') from error


def _storage_endpoints(env: Mapping[str, str], cloud: Cloud) -> tuple[str, str, str] | None:
    """Give the blob, queue and table addresses of the identity-based form of AzureWebJobsStorage."""
    named = [env.get(f"AzureWebJobsStorage__{kind}ServiceUri", "") for kind in ("blob", "queue", "table")]
    if all(named):
        return named[0], named[1], named[2]
    account = env.get("AzureWebJobsStorage__accountName", "")
    if not account:
        return None
    suffix = CLOUDS[cloud].storage_suffix
    blob, queue, table = (f"https://{account}.{kind}.{suffix}" for kind in ("blob", "queue", "table"))
    return blob, queue, table


def signing_in(environment: Mapping[str, str] | None = None) -> bool:
    """Say whether App Service authentication is on; the platform itself sets this variable, and nobody else can."""
    env = os.environ if environment is None else environment
    return env.get("WEBSITE_AUTH_ENABLED", "").strip().lower() == "true"


def schedule(name: str, default: str) -> str:
    """Give the NCRONTAB expression of a timer; triggers need it when the app is indexed, before any other setting."""
    return os.environ.get(name, "").strip() or default
