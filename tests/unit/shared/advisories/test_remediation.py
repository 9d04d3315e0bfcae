import msgspec
import pytest

from shared.advisories.flaws import Flaw
from shared.advisories.remediation import remediation
from shared.domain.findings import FixStatus
from shared.domain.severity import Severity
from tests.unit.shared.advisories.osv_samples import package

FLAW = Flaw(None, "X-1", (), Severity.LOW, (), None, None, None, FixStatus.NOT_FIXED, (), None, "")
OPENSSL = package("Debian", "openssl", "3.0.11-1", source="openssl", source_version="3.0.11-1")


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        (
            FLAW._replace(fixed_version="3.0.15-1", fix_status=FixStatus.FIXED),
            "Upgrade openssl from 3.0.11-1 to 3.0.15-1 or later",
        ),
        (FLAW, "No fixed version of openssl exists yet"),
        (
            FLAW._replace(fix_status=FixStatus.WILL_NOT_FIX),
            "Replace or remove openssl: its vendor will not fix this flaw in this release",
        ),
        (
            FLAW._replace(fix_status=FixStatus.UNKNOWN),
            "Upgrade openssl to a version later than the affected ones; the advisory names none",
        ),
        (
            FLAW._replace(undetermined="odd version", fix_status=FixStatus.UNKNOWN),
            "Check openssl 3.0.11-1 by hand: odd version",
        ),
    ],
)
def test_what_to_do_is_one_sentence(flaw: Flaw, text: str) -> None:
    assert remediation(OPENSSL, "3.0.11-1", flaw) == text


def test_a_source_package_of_another_name_is_named() -> None:
    libssl = msgspec.structs.replace(OPENSSL, name="libssl3")
    flaw = FLAW._replace(fixed_version="3.0.15-1", fix_status=FixStatus.FIXED)
    expected = "Upgrade libssl3 (source package openssl) from 3.0.11-1 to 3.0.15-1 or later"
    assert remediation(libssl, "3.0.11-1", flaw) == expected
