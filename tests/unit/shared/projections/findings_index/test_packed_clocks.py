"""The clocks of an image in one value of the index."""

import zlib

import pytest

from shared.projections.findings_index.file import IndexDamaged
from shared.projections.findings_index.packed_clocks import unpack_clocks


@pytest.mark.parametrize("packed", [b"", b"no clocks", zlib.compress(b"no clocks")])
def test_what_are_no_clocks_is_damage(packed: bytes) -> None:
    with pytest.raises(IndexDamaged, match="cannot be read"):
        unpack_clocks(packed)
