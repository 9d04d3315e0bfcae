"""What a registry's refusal means, typed by what to do about it."""

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Endpoint
from shared.registry.network_failures import firewalled
from shared.registry.web import Answer

_ROLES = (
    "give the scanner's identity the role AcrPull, or on a registry with repository permissions "
    "Container Registry Repository Reader, and Container Registry Repository Catalog Lister to have all of it compared"
)


def unauthorized(endpoint: Endpoint, why: str) -> ScanFailure:
    """Make the failure of missing access to a registry; for one of Azure it says which role to give."""
    advice = _ROLES if endpoint.azure else "check the user name and password configured for it"
    return ScanFailure(FailureReason.UNAUTHORIZED, f"no access to {endpoint.host}: {why}; {advice}")


def refused(
    endpoint: Endpoint, answer: Answer, what: str, missing: FailureReason, body: bytes | None = None
) -> ScanFailure:
    """Make the failure of an answer that is no success; ``missing`` is the reason that a 404 stands for.

    The answer is read as far as it explains itself, unless its ``body`` has been read.
    """
    said = answer.excerpt() if body is None else body
    if answer.status == 403 and (closed := firewalled(endpoint, answer.host, said)):
        return closed
    if answer.status == 404:
        return ScanFailure(missing, f"{what} is not in {endpoint.host}: it was deleted, or its name is mistyped")
    # A storage host that refuses knows no roles: its download address has expired, and the next one may work.
    if answer.status in (401, 403) and not answer.foreign:
        return unauthorized(endpoint, f"it answered {answer.status} for {what}")
    text = f"{endpoint.host} answered {answer.status} for {what}: the scan is repeated later"
    return ScanFailure(FailureReason.REGISTRY_ERROR, text)
