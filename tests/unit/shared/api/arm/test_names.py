"""Names of sub-assessments."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.api.arm.names import SubAssessmentNames

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NAMES = SubAssessmentNames("contoso.azurecr.io", "team/app", "sha256:1")


@given(st.text(), st.text(), st.text(), st.text())
def test_a_name_is_a_guid_of_36_characters(registry: str, repository: str, digest: str, finding: str) -> None:
    name = SubAssessmentNames(registry, repository, digest).name(finding)
    assert len(name) == 36
    assert GUID.fullmatch(name)


def test_a_name_never_changes() -> None:
    # Clients keep them: another way to make names would orphan what they have noted.
    assert NAMES.name("finding") == "03a9b64d-8276-8d64-8bf1-8252cb6dadd5"


def test_a_name_leads_to_its_image_and_repository() -> None:
    other = SubAssessmentNames("contoso.azurecr.io", "team/other", "sha256:1")
    assert NAMES.may_hold(NAMES.name("finding"))
    assert not other.may_hold(NAMES.name("finding"))
    assert NAMES.name("finding") != NAMES.name("another")
    assert NAMES.name("finding") != other.name("finding")
