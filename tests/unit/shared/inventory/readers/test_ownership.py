import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts
from shared.inventory.readers.ownership import (
    FileBudget,
    TooManyFiles,
    owned_in_folders,
    owned_programs,
    read_list,
    read_md5sums,
)

LIST = "var/lib/dpkg/info/"


@pytest.mark.parametrize("name", ["python3-x.list", "python3-x:amd64.list"])
def test_a_list_names_the_owner_of_language_packages_only(name: str) -> None:
    content = (
        b"/.\n/usr\n/usr/lib/x.egg-info\n/usr/lib/x.egg-info/PKG-INFO\n/usr/lib/x.dist-info/METADATA\n"
        b"/usr/lib/node_modules/npm/package.json\n/usr/share/doc/x/package.json\n/usr/share/METADATA\n"
        b"/usr/share/java/x-1.jar\n/usr/lib/x.deps.json\n/usr/share/rubygems-integration/all/specifications/x-1.gemspec\n"
        b"/usr/share/php/vendor/composer/installed.json\n/usr/share/doc/x.gemspec\n"
    )
    assert read_list(LIST + name, content).owned == dict.fromkeys(
        (
            "usr/lib/x.egg-info",
            "usr/lib/x.egg-info/PKG-INFO",
            "usr/lib/x.dist-info/METADATA",
            "usr/lib/node_modules/npm/package.json",
            "usr/share/java/x-1.jar",
            "usr/lib/x.deps.json",
            "usr/share/rubygems-integration/all/specifications/x-1.gemspec",
            "usr/share/php/vendor/composer/installed.json",
        ),
        "python3-x",
    )


def test_a_name_with_dots_is_kept_whole() -> None:
    assert read_list(LIST + "python3.11.list", b"/a.egg-info\n").owned == {"a.egg-info": "python3.11"}


def test_the_sums_of_distroless_images_name_owners_too() -> None:
    content = f"{'0' * 32}  usr/lib/a.egg-info\n{'f' * 32}  usr/lib/a.so\nx  b.egg-info\n".encode()
    assert read_md5sums("var/lib/dpkg/status.d/python3-a.md5sums", content).owned == {"usr/lib/a.egg-info": "python3-a"}


def test_files_belong_to_the_folder_above_them() -> None:
    stanza = b"P:x\nR:METADATA\nF:a.dist-info\nR:METADATA\nF:\nR:b.egg-info\nF:a/../c.dist-info\nR:METADATA\n"
    assert list(owned_in_folders(stanza, FileBudget())) == [
        "a.dist-info/METADATA",
        "b.egg-info",
        "c.dist-info/METADATA",
    ]


def test_programs_of_apk_packages_are_owned_by_their_mode() -> None:
    programs = b"F:usr/bin\nR:run\na:0:0:755\nZ:Q1\nR:note\nR:set\na:0:0:4711\n"
    stanza = b"P:x\n" + programs + b"F:lib\nR:x.so.1\na:0:0:755\nR:y\na:0:0:600\n"
    assert list(owned_in_folders(stanza, FileBudget())) == ["usr/bin/run", "usr/bin/set"]


def test_a_list_may_name_a_program_by_where_bin_used_to_be() -> None:
    programs = [b"usr/bin/a", b"usr/sbin/b", b"opt/c", b"d"]
    assert owned_programs(b"var/lib/dpkg/info/p:amd64.list", b"/.\n/bin/a\n/usr/sbin/b\n/usr/opt/c\n/d", programs) == {
        "usr/bin/a": "p",
        "usr/sbin/b": "p",
        "d": "p",
    }


@settings(deadline=None)
@given(st.binary() | st.text(st.sampled_from("/.\nFR:METADATAdist-info")).map(str.encode))
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_list(LIST + "a.list", content), FileFacts)
    assert isinstance(read_md5sums(LIST + "a.md5sums", content), FileFacts)
    assert list(owned_in_folders(content, FileBudget())) is not None


@pytest.mark.parametrize(
    "content", [b"/" + b"a/" * 2_000_000 + b"METADATA", b"/METADATA\n" * 500_000, b"/" + b"/METADATA/" * 300_000]
)
def test_hostile_sizes_take_linear_time(content: bytes) -> None:
    start = time.process_time()
    read_list(LIST + "a.list", content)
    assert time.process_time() - start < 10


def test_names_below_a_long_folder_are_not_multiplied_without_end() -> None:
    names = b"R:METADATA\n" * 20_000
    with pytest.raises(TooManyFiles, match="more than 67108864 bytes"):
        list(owned_in_folders(b"P:x\nF:" + b"d" * 4000 + b"\n" + names, FileBudget()))


def test_a_path_that_linux_cannot_have_is_left_out() -> None:
    stanza = b"P:x\nF:" + b"d" * 4100 + b".dist-info\nR:METADATA\nF:a.dist-info\nR:METADATA\n"
    assert list(owned_in_folders(stanza, FileBudget())) == ["a.dist-info/METADATA"]
