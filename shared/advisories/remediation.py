"""What to do about a finding, in one sentence."""

from shared.advisories.flaws import Flaw
from shared.domain.findings import FixStatus
from shared.domain.packages import Package


def remediation(package: Package, version: str, flaw: Flaw) -> str:
    """Name the upgrade that removes a flaw; ``version`` is the installed one that its advisory speaks of."""
    if flaw.undetermined:
        return f"Check {package.name} {version} by hand: {flaw.undetermined}"
    if flaw.fixed_version:
        return f"Upgrade {_named(package)} from {version} to {flaw.fixed_version} or later"
    if flaw.fix_status is FixStatus.WILL_NOT_FIX:
        return f"Replace or remove {_named(package)}: its vendor will not fix this flaw in this release"
    if flaw.fix_status is FixStatus.NOT_FIXED:
        return f"No fixed version of {_named(package)} exists yet"
    return f"Upgrade {_named(package)} to a version later than the affected ones; the advisory names none"


def _named(package: Package) -> str:
    if package.source and package.source != package.name:
        return f"{package.name} (source package {package.source})"
    return package.name
