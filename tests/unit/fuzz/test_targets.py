"""Every target of the fuzzer stands its seeds and the same few hundred mutations; ``make fuzz`` looks much further."""

import pytest

from tests.fuzz.all_targets import TARGETS
from tests.fuzz.mutation import check_some


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_stands_what_is_made_of_its_valid_inputs(name: str) -> None:
    check_some(TARGETS[name], 200)
