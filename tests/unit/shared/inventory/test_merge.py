import pytest

from shared.domain.packages import Distribution, Inventory
from shared.inventory.interface import LayerInventory
from shared.inventory.merge import merge_layers
from tests.support.go_programs import go_program
from tests.support.rpm_databases import header, ndb_database, sqlite_database
from tests.unit.shared.inventory.layer_making import file, folder, hard_link, layer, link, manifest, metadata, stanza
from tests.unit.shared.inventory.readers.zip_making import archive, pom

STATUS = "var/lib/dpkg/status"
OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
EXPRESS = "app/node_modules/express/package.json"


def versions(inventory: Inventory) -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in inventory.packages]


def layers_of(inventory: Inventory, *layers: LayerInventory) -> dict[str, int]:
    digests = [layer.digest for layer in layers]
    return {package.name: digests.index(package.layer) for package in inventory.packages}


def test_an_empty_image_holds_nothing() -> None:
    assert merge_layers([]) == Inventory(packages=())


def test_a_package_is_named_in_full() -> None:
    only = layer(
        file("etc/os-release", OS_RELEASE),
        file(STATUS, stanza("libssl3", "3.0.11-1~deb12u2", Source="openssl (3.0.11-1)")),
    )
    inventory = merge_layers([only])

    assert inventory.distribution == Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)")
    (package,) = inventory.packages
    assert package.ecosystem == "Debian"
    assert (package.source, package.source_version) == ("openssl", "3.0.11-1")
    assert package.purl == "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"
    assert (package.path, package.layer) == (STATUS, only.digest)


def test_an_upgrade_belongs_to_the_layer_that_brought_it_and_the_rest_stays_where_it_was() -> None:
    base = layer(file(STATUS, stanza("bash", "5.2") + stanza("curl", "7.88")))
    upgrade = layer(file(STATUS, stanza("bash", "5.2") + stanza("curl", "8.0") + stanza("git", "2.39")))
    inventory = merge_layers([base, upgrade])

    assert versions(inventory) == [("bash", "5.2"), ("curl", "8.0"), ("git", "2.39")]
    assert layers_of(inventory, base, upgrade) == {"bash": 0, "curl": 1, "git": 1}


def test_a_package_that_was_removed_and_came_back_is_from_the_layer_of_its_return() -> None:
    one = layer(file(STATUS, stanza("bash", "5.2") + stanza("curl", "7.88")))
    two = layer(file(STATUS, stanza("bash", "5.2")))
    three = layer(file(STATUS, stanza("bash", "5.2") + stanza("curl", "7.88")), file("x"))
    assert layers_of(merge_layers([one, two, three]), one, two, three) == {"bash": 0, "curl": 2}


def test_a_language_package_that_is_upgraded_through_a_whiteout_has_its_new_version_only() -> None:
    base = layer(file("s/requests-2.30.dist-info/METADATA", metadata("requests", "2.30")))
    upgrade = layer(
        file("s/.wh.requests-2.30.dist-info"),
        file("s/requests-2.31.dist-info/METADATA", metadata("requests", "2.31")),
    )
    inventory = merge_layers([base, upgrade])
    assert versions(inventory) == [("requests", "2.31")]
    assert inventory.packages[0].layer == upgrade.digest


def test_a_whiteout_and_a_new_file_of_the_same_name_leave_the_new_file() -> None:
    base = layer(file(EXPRESS, manifest("express", "4.0.0")))
    upper = layer(file("app/node_modules/.wh.express"), file(EXPRESS, manifest("express", "4.1.0")))
    assert versions(merge_layers([base, upper])) == [("express", "4.1.0")]


def test_a_rewritten_file_with_the_same_package_keeps_its_layer() -> None:
    base = layer(file(EXPRESS, manifest("express", "4.0.0")))
    chown = layer(file(EXPRESS, manifest("express", "4.0.0")), file("other"))
    assert merge_layers([base, chown]).packages[0].layer == base.digest


@pytest.mark.parametrize(
    "upper",
    [
        layer(file("app/.wh.node_modules")),
        layer(file(".wh.app")),
        layer(file("app/node_modules/express/.wh.package.json")),
        layer(folder("app/node_modules"), file("app/node_modules/.wh..wh..opq")),
        layer(file("app/.wh..wh..opq")),
        layer(file(".wh..wh..opq")),
        layer(file("app", b"now a file")),
        layer(file("app/node_modules", b"now a file")),
        layer(link("app/node_modules", "/elsewhere")),
        layer(folder("app/node_modules/express/package.json")),
        layer(file(EXPRESS, "{}")),
    ],
    ids=lambda layer: ",".join((*layer.whiteouts, *layer.opaque, *layer.links)) or "replaced",
)
def test_what_is_deleted_hidden_or_replaced_is_gone(upper: LayerInventory) -> None:
    base = layer(file(EXPRESS, manifest("express", "4.0.0")), file("b/node_modules/x/package.json", manifest("x", "1")))
    left = versions(merge_layers([base, upper]))
    assert ("express", "4.0.0") not in left
    assert left == ([] if upper.opaque == ("",) else [("x", "1")])


def test_a_whiteout_of_a_name_that_only_begins_alike_hides_nothing_else() -> None:
    base = layer(file("app2/node_modules/x/package.json", manifest("x", "1")))
    assert versions(merge_layers([base, layer(file(".wh.app"), file("ap", b""))])) == [("x", "1")]


def test_an_opaque_directory_hides_only_what_is_below_its_layer() -> None:
    base = layer(file(EXPRESS, manifest("express", "4.0.0")))
    upper = layer(
        file("app/.wh..wh..opq"),
        file("app/node_modules/koa/package.json", manifest("koa", "2.0.0")),
    )
    top = layer(file("app/node_modules/ms/package.json", manifest("ms", "1.0.0")))
    assert versions(merge_layers([base, upper, top])) == [("koa", "2.0.0"), ("ms", "1.0.0")]


def test_a_directory_of_an_upper_layer_does_not_hide_the_one_below() -> None:
    base = layer(file(EXPRESS, manifest("express", "4.0.0")))
    assert versions(merge_layers([base, layer(folder("app"), folder("app/node_modules"))])) == [("express", "4.0.0")]


def test_a_linked_os_release_is_followed() -> None:
    only = layer(link("etc/os-release", "../usr/lib/os-release"), file("usr/lib/os-release", OS_RELEASE))
    distribution = merge_layers([only]).distribution
    assert distribution is not None
    assert distribution.version_id == "12"


def test_a_file_below_a_link_is_found_where_the_link_leads() -> None:
    base = layer(link("lib", "usr/lib"), file("etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"))
    upper = layer(file("lib/apk/db/installed", "P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n"))
    (package,) = merge_layers([base, upper]).packages
    assert package.path == "usr/lib/apk/db/installed"
    assert package.purl == "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1"


def test_a_directory_replaces_a_link_of_a_lower_layer() -> None:
    base = layer(link("lib", "usr/lib"))
    upper = layer(folder("lib"), file("lib/apk/db/installed", "P:musl\nV:1\n\n"))
    assert merge_layers([base, upper]).packages[0].path == "lib/apk/db/installed"


def test_a_whiteout_below_a_link_hides_what_the_link_leads_to() -> None:
    base = layer(link("srv", "data/srv"), file("data/srv/node_modules/x/package.json", manifest("x", "1")))
    assert merge_layers([base, layer(file("srv/.wh.node_modules"))]).packages == ()


def test_links_that_lead_nowhere_or_in_circles_end() -> None:
    only = layer(
        link("etc", "loop"),
        link("loop", "etc"),
        link("bin", "bin"),
        link("lib", "lib/deeper"),
        file("etc/os-release", OS_RELEASE),
        file("lib/apk/db/installed", "P:musl\nV:1\n\n"),
    )
    inventory = merge_layers([only])
    assert inventory.distribution is None
    assert not inventory.has_shell
    assert inventory.unreadable == ("lib/apk/db/installed: links without end",)


def test_a_package_database_behind_a_link_to_where_nobody_reads_is_unreadable() -> None:
    only = layer(link("var/lib/dpkg", "/data/dpkg"), file("data/dpkg/status", stanza("bash", "5.2")))
    assert merge_layers([only]).unreadable == ("var/lib/dpkg/status: a link to data/dpkg/status, which was not read",)


def test_unreadable_databases_are_named_until_they_are_deleted() -> None:
    base = layer(file("var/lib/rpm/rpmdb.sqlite", b"\0"), file(STATUS, "Package: x\nStatus: install ok installed\n\n"))
    assert merge_layers([base]).unreadable == (
        "var/lib/dpkg/status: package x has no version",
        "var/lib/rpm/rpmdb.sqlite: the database cannot be read to its end: it is no Berkeley DB hash table",
    )
    assert merge_layers([base, layer(file("var/lib/.wh.rpm"), file("var/lib/dpkg/.wh.status"))]).unreadable == ()


@pytest.mark.parametrize(
    ("entries", "shell", "installer"),
    [
        ((file("bin/sh"), file("usr/bin/apt")), True, True),
        ((link("bin", "usr/bin"), file("usr/bin/dash"), link("usr/bin/sh", "dash"), file("usr/bin/dpkg")), True, True),
        ((file("bin/busybox"), link("bin/sh", "/bin/busybox"), file("sbin/apk")), True, True),
        ((file("bin/["), hard_link("bin/sh", "bin/[")), True, False),
        ((link("usr/bin/yum", "dnf-3"), file("usr/bin/dnf-3"), link("usr/bin/python", "sh")), False, True),
        ((link("bin/sh", "missing"), file("opt/bin/bash"), folder("usr/bin/apt")), False, False),
    ],
)
def test_shell_and_package_manager_are_found_in_the_merged_tree(entries, shell: bool, installer: bool) -> None:  # type: ignore[no-untyped-def]
    inventory = merge_layers([layer(*entries)])
    assert (inventory.has_shell, inventory.has_package_manager) == (shell, installer)


def test_a_deleted_shell_is_no_shell() -> None:
    assert not merge_layers([layer(file("bin/sh")), layer(file("bin/.wh.sh"))]).has_shell


def test_a_language_package_of_an_os_package_names_its_owner() -> None:
    path = "usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO"
    only = layer(
        file(path, metadata("six", "1.16.0")),
        file("usr/local/lib/six-1.17.dist-info/METADATA", metadata("six", "1.17")),
        file("var/lib/dpkg/info/python3-six.list", f"/.\n/usr\n/{path}\n"),
        file(STATUS, stanza("python3-six", "1.16.0-4")),
    )
    assert {package.path: package.owner for package in merge_layers([only]).packages} == {
        path: "python3-six",
        "usr/local/lib/six-1.17.dist-info/METADATA": "",
        STATUS: "",
    }


def test_a_package_inside_an_archive_is_named_by_its_place_and_owned_with_the_archive() -> None:
    web = archive({"lib/b.jar": archive(pom("org.a", "b", "1.0"))})
    owner = file("var/lib/dpkg/info/libweb.list", "/usr/share/java/web.war\n")
    image = merge_layers(
        [layer(file(STATUS, stanza("libweb", "1")), owner, file("usr/share/java/web.war", web), file("app.war", web))]
    )
    places = {package.path: package.owner for package in image.packages if package.ecosystem == "Maven"}
    assert places == {"app.war!/lib/b.jar": "", "usr/share/java/web.war!/lib/b.jar": "libweb"}


def test_a_file_that_somebody_else_rewrote_is_no_longer_owned() -> None:
    path = "usr/lib/node_modules/npm/package.json"
    base = layer(file(path, manifest("npm", "9.0.0")), file("var/lib/dpkg/info/nodejs.list", f"/{path}\n"))
    chown = layer(file(path, manifest("npm", "9.0.0")), file("x"))
    upgrade = layer(file(path, manifest("npm", "10.0.0")))
    assert merge_layers([base, chown]).packages[0].owner == "nodejs"
    assert merge_layers([base, upgrade]).packages[0].owner == ""


def test_an_apk_database_that_is_rewritten_whole_does_not_take_over_what_others_rewrote() -> None:
    path = "usr/lib/node_modules/npm/package.json"
    npm = "P:npm\nV:9\nF:usr/lib/node_modules/npm\nR:package.json\n\n"
    base = layer(file(path, manifest("npm", "9.0.0")), file("lib/apk/db/installed", npm))
    upgrade = layer(file(path, manifest("npm", "10.0.0")))
    more = layer(file("lib/apk/db/installed", npm + "P:curl\nV:8\n\n"))
    owners = {package.version: package.owner for package in merge_layers([base, upgrade, more]).packages}
    assert owners == {"9": "", "8": "", "10.0.0": ""}
    assert {package.owner for package in merge_layers([base, more]).packages} == {"npm", ""}


def test_without_an_os_release_the_database_names_the_ecosystem() -> None:
    inventory = merge_layers([layer(file(STATUS, stanza("a", "1")), file("lib/apk/db/installed", "P:b\nV:1\n\n"))])
    assert inventory.distribution is None
    assert [(p.ecosystem, p.purl) for p in inventory.packages] == [
        ("Alpine", "pkg:apk/alpine/b@1"),
        ("Debian", "pkg:deb/debian/a@1?arch=amd64"),
    ]


def test_an_rpm_database_behind_a_link_is_read_and_its_packages_are_named_in_full() -> None:
    base = layer(
        link("var/lib/rpm", "../../usr/lib/sysimage/rpm"),
        file("etc/os-release", 'ID="almalinux"\nVERSION_ID="8.9"\n'),
        file(
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            sqlite_database([header("nodejs", "18.1", "1.el8", epoch=1, module="nodejs:18:80:a7")]),
        ),
    )
    (package,) = merge_layers([base]).packages
    assert (package.ecosystem, package.version, package.module) == ("AlmaLinux", "1:18.1-1.el8", "nodejs:18:80:a7")
    assert package.purl == "pkg:rpm/almalinux/nodejs@18.1-1.el8?arch=noarch&distro=almalinux-8.9&epoch=1"


def test_an_rpm_database_behind_a_link_to_where_nobody_reads_is_unreadable() -> None:
    only = layer(link("var/lib/rpm", "/data/rpm"), file("data/rpm/rpmdb.sqlite", sqlite_database([])))
    found = merge_layers([only]).unreadable
    assert "var/lib/rpm/rpmdb.sqlite: a link to data/rpm/rpmdb.sqlite, which was not read" in found


def test_a_language_package_of_an_rpm_package_names_its_owner() -> None:
    path = "usr/lib/python3.9/site-packages/six-1.15.0.dist-info/METADATA"
    six = header("python3-six", files=[("/" + path, 0o100644)])
    base = layer(file(path, metadata("six", "1.15.0")), file("var/lib/rpm/Packages.db", ndb_database([six])))
    more = layer(file("var/lib/rpm/Packages.db", ndb_database([six, header("bash")])))
    assert {package.owner for package in merge_layers([base, more]).packages} == {"python3-six", ""}


def test_a_program_of_an_os_package_names_its_owner_until_somebody_else_rewrites_it() -> None:
    podman = header("podman", files=[("/usr/bin/podman", 0o100755)])
    base = layer(file("usr/bin/podman", go_program()), file("var/lib/rpm/Packages.db", ndb_database([podman])))
    more = layer(file("var/lib/rpm/Packages.db", ndb_database([podman, header("bash")])))
    newer = layer(file("usr/bin/podman", go_program("go1.23.0")))
    assert {p.owner for p in merge_layers([base, more]).packages if p.ecosystem == "Go"} == {"podman"}
    assert {p.owner for p in merge_layers([base, newer]).packages if p.ecosystem == "Go"} == {""}


def test_a_program_of_an_apk_package_names_its_owner() -> None:
    installed = "P:kubectl\nV:1\nF:usr/bin\nR:kubectl\na:0:0:755\nZ:Q1=\nF:etc\nR:kubectl.conf\n\n"
    base = layer(file("usr/bin/kubectl", go_program()), file("lib/apk/db/installed", installed))
    assert {p.owner for p in merge_layers([base]).packages if p.ecosystem == "Go"} == {"kubectl"}


def test_layers_of_fifty_thousand_links_merge_in_reasonable_time() -> None:
    base = LayerInventory(
        digest="sha256:1", diff_id="sha256:1", links={f"d{n % 500}/l{n}": f"../d{n % 7}/x" for n in range(50_000)}
    )
    uppers = [layer(file(f"d1/.wh.l{n}"), file(f"d{n}", b"")) for n in range(10)]
    assert merge_layers([base, *uppers]).packages == ()
