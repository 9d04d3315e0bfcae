import gzip
import tarfile
from contextlib import suppress
from itertools import repeat

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.failures import FailureReason, ScanFailure
from shared.inventory.fingerprints import number, numbers
from shared.inventory.interface import FoundPackage, LayerInventory, PackageKind
from shared.inventory.layer import scan_layer
from shared.inventory.limits import ScanLimits
from shared.inventory.merge import merge_layers
from tests.support.go_programs import go_program
from tests.support.rpm_databases import header, sqlite_database
from tests.unit.shared.inventory.layer_making import (
    GZIP,
    PLAIN,
    ZSTD,
    digest_of,
    file,
    folder,
    hard_link,
    layer,
    link,
    manifest,
    metadata,
    scan,
    stanza,
    tar,
)
from tests.unit.shared.inventory.readers.zip_making import archive, pom

STATUS = "var/lib/dpkg/status"
SAMPLE = tar(
    file(STATUS, stanza("bash", "5.2")),
    link("lib", "usr/lib"),
    file("lib/apk/db/installed", "P:musl\nV:1\n\n"),
    file("etc/os-release", "ID=debian\n"),
)


def names(inventory: LayerInventory) -> dict[str, list[str]]:
    return {path: [package.name for package in facts.packages] for path, facts in inventory.files.items()}


def test_packages_are_kept_by_the_path_that_names_them() -> None:
    found = layer(
        file(STATUS, stanza("bash", "5.2") + stanza("dash", "0.5")),
        file("app/node_modules/left-pad/package.json", manifest("left-pad", "1.3.0")),
        file("app/package.json", manifest("app", "1.0.0")),
        file("usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA", metadata("six", "1.16")),
    )
    assert names(found) == {
        STATUS: ["bash", "dash"],
        "app/node_modules/left-pad/package.json": ["left-pad"],
        "usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA": ["six"],
    }
    assert found.files["app/node_modules/left-pad/package.json"].packages == (
        FoundPackage(kind=PackageKind.NPM, name="left-pad", version="1.3.0"),
    )


@pytest.mark.parametrize("root", ["./", "/", ""])
def test_a_leading_root_makes_no_difference(root: str) -> None:
    assert names(layer(file(root + STATUS, stanza("bash", "5.2")))) == {STATUS: ["bash"]}


def test_the_three_encodings_of_a_layer_hold_the_same() -> None:
    archive = tar(file(STATUS, stanza("bash", "5.2")), link("bin", "usr/bin"))
    found = [
        scan_layer([body], digest="sha256:1", media_type=kind, diff_id=digest_of(archive), limits=ScanLimits())
        for kind, body in ((GZIP, gzip.compress(archive)), (ZSTD, zstandard.compress(archive)), (PLAIN, archive))
    ]
    assert found[0] == found[1] == found[2]
    assert names(found[0]) == {STATUS: ["bash"]}


def test_a_layer_inventory_survives_storage() -> None:
    found = layer(
        file(STATUS, stanza("bash", "5.2")),
        file("var/lib/rpm/Packages", b"\0"),
        file("etc/os-release", "ID=debian\n"),
        file("etc/.wh.gone"),
        file("srv/.wh..wh..opq"),
        link("lib", "usr/lib"),
        folder("usr"),
    )
    assert msgspec.json.decode(msgspec.json.encode(found), type=LayerInventory) == found


def test_whiteouts_and_opaque_directories_are_noted_and_are_no_files() -> None:
    found = layer(
        file("a/.wh.b"), file(".wh.top"), file("c/d/.wh..wh..opq"), file(".wh..wh..opq"), file(".wh..wh.plnk")
    )
    assert found.whiteouts == ("a/b", "top")
    assert found.opaque == ("", "c/d")
    assert found.files_seen == b""


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh..."])
def test_a_whiteout_of_no_file_is_corrupt(name: str) -> None:
    with pytest.raises(ScanFailure, match="whiteout") as caught:
        layer(file("a/" + name))
    assert caught.value.reason is FailureReason.LAYER_CORRUPT


def test_every_path_leaves_its_fingerprint() -> None:
    found = layer(folder("a"), file("a/b"), link("c", "a"), hard_link("d", "a/b"))
    assert set(numbers(found.files_seen)) == {number("a/b"), number("c"), number("d")}
    assert set(numbers(found.directories_seen)) == {number("a")}
    assert found.links == {"c": "a"}


def test_a_hard_link_to_a_file_that_was_read_holds_the_same() -> None:
    first, second = "a/node_modules/x/package.json", "b/node_modules/x/package.json"
    found = layer(file(first, manifest("x", "1")), hard_link(second, "./" + first))
    assert names(found) == {first: ["x"], second: ["x"]}


def test_a_hard_link_to_a_file_that_went_by_unread_is_unreadable() -> None:
    path = "app/node_modules/x/package.json"
    found = layer(file("store/abc", manifest("x", "1")), hard_link(path, "store/abc"))
    assert found.files[path].unreadable == "a hard link to store/abc, which was not read"


def test_programs_are_noted_by_their_existence_also_as_hard_links() -> None:
    found = layer(file("bin/[", b"ELF"), hard_link("bin/sh", "bin/["), file("usr/bin/dpkg", b"ELF"), file("bin/ls"))
    assert set(found.files) == {"bin/sh", "usr/bin/dpkg"}


def test_rpm_databases_are_never_silently_ignored() -> None:
    paths = ["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db"]
    found = layer(*(file(path, b"\0" * 100) for path in paths))
    assert {path for path, facts in found.files.items() if facts.unreadable} == set(paths)


def test_of_an_rpm_database_with_a_log_both_are_seen() -> None:
    folder = "var/lib/rpm/"
    database = file(folder + "rpmdb.sqlite", sqlite_database([header("bash")]))
    assert names(layer(database, file(folder + "rpmdb.sqlite-wal"))) == {folder + "rpmdb.sqlite": ["bash"]}
    assert layer(database, file(folder + "rpmdb.sqlite-wal", b"\1")).files[folder + "rpmdb.sqlite-wal"].unreadable


SHOP = ["stdlib", "github.com/gin-gonic/gin", "github.com/fork/sys"]


def test_programs_of_go_are_read_wherever_they_lie_while_the_rest_goes_by() -> None:
    found = layer(
        file("before", b"x" * 300_000),
        file("srv/shop", go_program()),
        file("usr/lib/plugin.so", go_program(pointed=True)),
        file("small", b"\x7fELF" + bytes(1000)),
        file("picture", b"\x7fELF" + b"\xff" * 300_000),
        file(STATUS, stanza("bash", "5.2")),
    )
    assert names(found) == {"srv/shop": SHOP, "usr/lib/plugin.so": SHOP, STATUS: ["bash"]}


def test_a_program_counts_for_no_limit_of_kept_files() -> None:
    assert names(scan(tar(file("shop", go_program())), ScanLimits(kept_file_bytes=10, kept_bytes=100))) == {
        "shop": SHOP
    }
    with pytest.raises(ScanFailure, match="kept bytes"):
        scan(tar(file("shop", go_program())), ScanLimits(kept_bytes=20))


def test_a_program_that_is_cut_off_is_a_corrupt_layer() -> None:
    archive = tar(file("shop", go_program()))
    for size in (600, 5000, 200_000, archive.find(b"go1.22.1") + 3):
        with pytest.raises(ScanFailure, match="are missing at its end"):
            scan(archive[:size])


def test_a_hard_link_to_a_program_holds_the_same() -> None:
    found = layer(file("bin/shop", go_program()), hard_link("bin/sell", "bin/shop"), hard_link("bin/x", "etc/none"))
    assert names(found) == {"bin/shop": SHOP, "bin/sell": SHOP}


def test_the_lists_of_dpkg_name_the_owners_of_programs_in_any_order() -> None:
    lists = file("var/lib/dpkg/info/shop.list", "/.\n/usr/bin/shop\n/sbin/sell\n/usr/bin/other\n")
    programs = [file(path, go_program()) for path in ("usr/bin/shop", "usr/sbin/sell", "usr/local/bin/shop")]
    for found in (layer(lists, *programs), layer(*programs, lists)):
        owned = found.files["var/lib/dpkg/info/shop.list"].owned
        assert owned == {"usr/bin/shop": "shop", "usr/sbin/sell": "shop"}


def test_distroless_lists_name_the_owners_of_programs() -> None:
    path = "var/lib/dpkg/status.d/shop.md5sums"
    found = layer(file(path, "0" * 32 + "  usr/bin/shop\n"), file("usr/bin/shop", go_program()))
    assert found.files[path].owned == {"usr/bin/shop": "shop"}


def test_of_two_members_with_one_path_the_later_one_counts() -> None:
    assert names(layer(file(STATUS, stanza("old", "1")), file(STATUS, stanza("new", "2")))) == {STATUS: ["new"]}
    assert names(layer(file(STATUS, stanza("old", "1")), link(STATUS, "elsewhere"))) == {}
    assert layer(link("a", "b"), file("a")).links == {}


def test_a_sparse_package_database_is_unreadable() -> None:
    member, body = file(STATUS, stanza("bash", "5.2"))
    member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.name": STATUS}
    member.name = "GNUSparseFile.0/status"
    assert "sparse" in layer((member, body)).files[STATUS].unreadable


def test_names_that_are_not_utf_8_are_stored() -> None:
    member = tarfile.TarInfo("caf\udce9")
    member.type, member.linkname = tarfile.SYMTYPE, "\udcff"
    found = scan(tar((member, b""), layout=tarfile.GNU_FORMAT))
    assert found.links == {"caf\\xe9": "\\xff"}
    assert msgspec.json.decode(msgspec.json.encode(found), type=LayerInventory) == found


def test_what_stays_in_memory_is_bounded() -> None:
    archive = tar(*(link(f"l{number}", "t" * 90) for number in range(100)))
    with pytest.raises(ScanFailure, match="kept bytes"):
        scan(archive, ScanLimits(kept_bytes=5000))
    with pytest.raises(ScanFailure, match=r"kept file size: b'var/lib/dpkg/status' has \d+ bytes, 20 are read"):
        scan(tar(file(STATUS, stanza("bash", "5.2"))), ScanLimits(kept_file_bytes=20))
    with pytest.raises(ScanFailure, match="packages: more than 1"):
        scan(tar(file(STATUS, stanza("bash", "5.2") + stanza("dash", "0.5"))), ScanLimits(packages=1))


def test_a_large_file_that_nobody_reads_is_no_breach() -> None:
    assert names(scan(tar(file("big", bytes(100_000))), ScanLimits(kept_file_bytes=10, kept_bytes=10))) == {}


def test_an_archive_that_is_too_large_is_named_and_the_scan_goes_on() -> None:
    content = archive(pom("org.a", "b", "1.0"))
    entries = [file("b.jar", content), file("c.jar", content + bytes(1000))]
    facts = scan(tar(*entries), ScanLimits(kept_file_bytes=10, kept_bytes=len(content))).files
    assert [package.name for package in facts["b.jar"].packages] == ["org.a:b"]
    assert facts["c.jar"].unreadable == f"{len(content) + 1000} bytes, {len(content)} are read"


def test_archives_do_not_stay_in_memory() -> None:
    content = archive(pom("org.a", "b", "1.0"))
    entries = [file(f"{number}.jar", content) for number in range(10)]
    assert len(scan(tar(*entries), ScanLimits(kept_bytes=len(content))).files) == 10


def test_a_million_entries_and_one_are_a_named_breach() -> None:
    thousand = tar(file("f"))[:512] * 1000
    limits = ScanLimits(entries=1_000_000)
    with pytest.raises(ScanFailure, match="entries: more than 1000000") as caught:
        scan_layer(repeat(thousand, 1001), digest="sha256:1", media_type=PLAIN, diff_id="sha256:0", limits=limits)
    assert caught.value.reason is FailureReason.LIMIT_EXCEEDED


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 4000), st.binary(max_size=40), st.booleans())
def test_a_layer_with_any_bytes_changed_gives_an_inventory_or_a_scan_failure(
    at: int, noise: bytes, sealed: bool
) -> None:
    archive = bytearray(SAMPLE)
    archive[at : at + len(noise)] = noise
    if sealed:
        # With the checksum of the first header put right, the noise gets further than that.
        archive[148:156] = b"%06o\0 " % (sum(archive[:148]) + 256 + sum(archive[156:512]))
    with suppress(ScanFailure):
        found = scan(bytes(archive))
        assert merge_layers([found, found]).packages is not None


def test_a_layer_with_other_content_than_promised_gives_nothing() -> None:
    archive = tar(file(STATUS, stanza("bash", "5.2")))
    with pytest.raises(ScanFailure) as caught:
        scan_layer([archive], digest="sha256:1", media_type=PLAIN, diff_id="sha256:" + "0" * 64, limits=ScanLimits())
    assert caught.value.reason is FailureReason.DIGEST_MISMATCH
