"""Limits as settings: each has a default and a name, is told to the README, and a wrong one is refused at start."""

from pathlib import Path

import msgspec
import pytest

from shared import limit_settings
from shared.limit_settings import Limits
from shared.settings import InvalidSettings, load

STORAGE = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
README = Path(__file__).parents[3] / "README.md"


def test_without_settings_the_defaults_count() -> None:
    settings = load(STORAGE)
    assert settings.limits == Limits()


def test_every_limit_has_a_setting_of_its_own() -> None:
    # The last one is a number of processes.
    numbers = {name: str(2000 + place) for place, name in enumerate(limit_settings.NAMES)} | {"PARALLEL_LAYERS": "7"}
    settings = load({**STORAGE, **numbers})
    assert numbers_of(settings.limits) == [int(number) for number in numbers.values()]
    assert settings.limits.manifest.layers == int(numbers["MAX_LAYERS"])
    assert settings.limits.layer.seconds == int(numbers["MAX_LAYER_SECONDS"])


def test_the_readme_lists_every_limit_with_its_default() -> None:
    defaults = numbers_of(Limits())
    table = README.read_text(encoding="utf-8")
    for name, default in zip(limit_settings.NAMES, defaults, strict=True):
        assert f"| `{name}` | `{int(default)}` |" in table


def numbers_of(limits: Limits) -> list[float]:
    """Return all limits in the order of their names."""
    return [number for group in msgspec.structs.astuple(limits) for number in msgspec.structs.astuple(group)]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "9" * 40, "1_000", "１２"])
@pytest.mark.parametrize("name", ["MAX_LAYERS", "MAX_LAYER_SECONDS"])
def test_a_limit_that_is_no_positive_whole_number_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=rf"^{name}: must be a whole number from 1 to") as refused:
        load({**STORAGE, name: value})
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("value", ["1023", str(2**31 + 1)])
def test_a_window_that_zstd_cannot_have_is_refused(value: str) -> None:
    with pytest.raises(InvalidSettings, match="MAX_ZSTD_WINDOW_BYTES"):
        load({**STORAGE, "MAX_ZSTD_WINDOW_BYTES": value})


def test_seconds_that_no_timer_can_take_are_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"MAX_LAYER_SECONDS: must be a whole number from 1 to 1000000000,"):
        load({**STORAGE, "MAX_LAYER_SECONDS": str(10**9 + 1)})


def test_mistakes_in_limits_are_named_together_with_all_others() -> None:
    with pytest.raises(InvalidSettings) as refused:
        load({"MAX_LAYERS": "x", "MAX_PACKAGES": "y", "AZURE_CLOUD": "z"})
    assert all(name in str(refused.value) for name in ("MAX_LAYERS", "MAX_PACKAGES", "AZURE_CLOUD"))
