import pytest

from shared.advisories.modules import ORDINARY, UNTOLD, advised_modules, concerns, installed_module

MODULAR = "1:18.19.0-1.module_el8.9.0+3729+bee9dd5a"


@pytest.mark.parametrize(
    ("summary", "modules"),
    [
        ("Important: nodejs:18 security update", "nodejs:18"),
        ("Important: container-tools:rhel8 security and bug fix update", "container-tools:rhel8"),
        ("Moderate: virt:rhel and virt-devel:rhel security update", "virt:rhel virt-devel:rhel"),
        ("perl-IO-Socket-SSL:2.066, perl-libwww-perl:6.34 update", "perl-IO-Socket-SSL:2.066 perl-libwww-perl:6.34"),
        ("Red Hat Security Advisory: php:8.2 security update", "php:8.2"),
        ("Low: mod_auth_openidc:2.3  security update", "mod_auth_openidc:2.3"),
        ("Important: varnish security update", UNTOLD),
        ("", UNTOLD),
        pytest.param("nodejs:18 " + "a:1 " * 1_000_000, UNTOLD, id="hostile length"),
    ],
)
def test_the_summary_names_the_streams_of_modular_builds(summary: str, modules: str) -> None:
    assert advised_modules([MODULAR], summary) == modules
    assert advised_modules(["0:2.7.0-10.module+el8.4.0+570+c2eaf144"], summary) == modules


def test_ordinary_builds_belong_to_no_module_whatever_the_summary_says() -> None:
    assert advised_modules(["4.18.0-553.30.1.el8_10"], "Moderate: kernel:4.18.0 security update") == ORDINARY
    assert advised_modules(["2-1.el8", "3-1.el8"], "Low: kernel-modules-extra security update") == ORDINARY


def test_an_advisory_without_builds_may_speak_of_all() -> None:
    assert advised_modules([], "Important: nodejs:18 security update") is None


@pytest.mark.parametrize(
    ("label", "version", "module"),
    [
        ("nodejs:18:8090020231212151433:a75119d5", MODULAR, "nodejs:18"),
        ("nodejs:18", "1-1", "nodejs:18"),
        ("perl-IO-Socket-SSL:2.066:8:x", "1-1", "perl-IO-Socket-SSL:2.066"),
        ("", MODULAR, UNTOLD),
        ("", "1-1.el9", ORDINARY),
        ("no label", MODULAR, UNTOLD),
        ("no label", "1-1.el9", ORDINARY),
    ],
)
def test_the_label_tells_the_stream_of_an_installed_package(label: str, version: str, module: str) -> None:
    assert installed_module(label, version) == module


@pytest.mark.parametrize(
    ("advised", "installed", "answer"),
    [
        (None, "nodejs:18", True),
        (None, ORDINARY, True),
        (ORDINARY, ORDINARY, True),
        (ORDINARY, "nodejs:18", False),
        (ORDINARY, UNTOLD, False),
        ("nodejs:18", ORDINARY, False),
        (UNTOLD, ORDINARY, False),
        ("nodejs:18", "nodejs:18", True),
        ("nodejs:18", "nodejs:1", False),
        ("idm:DL1 idm:client", "idm:client", True),
        (UNTOLD, "nodejs:18", "the advisory does not name its module stream, and the package is of nodejs:18"),
        (UNTOLD, UNTOLD, "the advisory does not name its module stream, and the package is of an unnamed one"),
        ("nodejs:18", UNTOLD, "the package does not name its module stream, and the advisory is for nodejs:18"),
    ],
)
def test_an_advisory_concerns_the_builds_of_its_module_alone(
    advised: str | None, installed: str, answer: bool | str
) -> None:
    assert concerns(advised, installed) == answer
