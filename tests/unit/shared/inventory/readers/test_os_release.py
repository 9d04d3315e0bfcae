import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.packages import Distribution
from shared.inventory.interface import FileFacts
from shared.inventory.readers.os_release import read_os_release


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n', ("debian", "12", "Debian GNU/Linux 12")),
        ("ID='alpine'\nVERSION_ID=3.20.1\n", ("alpine", "3.20.1", "")),
        ('ID=a\nPRETTY_NAME="A \\"b\\" \\$c \\\\"\n', ("a", "", 'A "b" $c \\')),
        ("ID=a\nPRETTY_NAME='$x \\y'\n", ("a", "", "$x \\y")),
        ("ID=first\nID=second\n", ("second", "", "")),
        ("#ID=comment\nID_LIKE=debian\nMY_ID=x\n", ("linux", "", "")),
        ("", ("linux", "", "")),
        ('ID="\n', ('"', "", "")),
    ],
)
def test_the_distribution_is_read(content: str, expected: tuple[str, str, str]) -> None:
    assert read_os_release("", content.encode()).distribution == Distribution(*expected)


@given(st.binary() | st.text(st.sampled_from("ID=\"'\\\nVERSION_")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    facts = read_os_release("", content)
    assert isinstance(facts, FileFacts)
    assert facts.distribution


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\x9b31m", "\x07", "\u202e", "\u200b"])
def test_what_a_terminal_would_obey_or_nobody_sees_is_replaced(hidden: str) -> None:
    content = f'ID="deb{hidden}ian"\nVERSION_ID="1{hidden}2"\nPRETTY_NAME="{hidden}Debian"\n'.encode()
    distribution = read_os_release("", content).distribution
    assert distribution is not None
    assert distribution.id.startswith("deb\ufffd")
    assert (distribution.id + distribution.version_id + distribution.name).isprintable()
