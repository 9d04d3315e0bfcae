"""The commands that verify the log and carry it elsewhere: what they write, and their exit status."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from shared.bootstrap import App
from shared.eventlog.streams import image_stream
from tests.support.command_runs import run, run_json
from tests.support.examples import finding, image_id, report
from tests.support.histories import live
from tests.support.memory_app import MemoryAdvisories
from tests.support.stored_app import StoredApp
from tests.support.whole_answer import whole_answer

STREAM = str(image_stream(image_id(1)))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> StoredApp:
    """Put an app to which a few things happened in the place of the installation."""
    made = StoredApp()
    made.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    for number, deed in enumerate(("push", "push", "index", "rule", "two flaws", "delete", "pull")):
        live(made, deed, number)
    installed(made, monkeypatch)
    return made


def installed(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: app)


def empty(like: StoredApp, monkeypatch: pytest.MonkeyPatch) -> StoredApp:
    """Put an app without a log in the place of the installation."""
    made = StoredApp()
    made.world.clock.at = like.world.clock()
    installed(made, monkeypatch)
    return made


def tamper(app: StoredApp) -> None:
    key = next(key for key in app.rows if key[1] == "e-0000000002")
    row, etag = app.rows[key]
    app.rows[key] = ({**row, "data": row["data"] + " "}, etag)


def test_a_log_that_is_as_it_was_written_verifies(app: StoredApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 0
    told = capsys.readouterr().out
    assert "Verified: 4 streams, " in told
    assert "Everything is as it was written." in told
    status, found = run_json(capsys, "verify", STREAM)
    assert (status, found["streams"], found["problems"]) == (0, 1, [])


def test_a_log_that_was_changed_is_a_problem_that_names_the_place(
    app: StoredApp, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(app)
    assert run("verify") == 1
    told = capsys.readouterr().out
    assert ", event 3: " in told
    assert "Everything" not in told
    status, found = run_json(capsys, "verify")
    assert (status, [one["version"] for one in found["problems"]]) == (1, [3])


def test_what_somebody_wrote_into_the_log_does_not_reach_the_terminal_as_it_is(
    app: StoredApp, capsys: pytest.CaptureFixture[str]
) -> None:
    [key, *_] = (key for key in app.rows if key[1] == "head")
    app.rows["image|\x1b[2J|x", "head"] = app.rows.pop(key)
    assert run("verify") == 1
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_log_moves_to_another_installation_and_answers_the_same_once_it_is_rebuilt(
    app: StoredApp, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    assert run("export", file) == 0
    assert f"documents are in {file}.documents: an import needs both." in capsys.readouterr().out
    assert file.read_bytes().startswith(b"\x1f\x8b") is name.endswith(".gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, f"{name}.documents"]

    moved = empty(app, monkeypatch)
    assert run("import", file) == 0
    assert "Run `rebuild` now" in capsys.readouterr().out
    assert run("rebuild") == 0
    assert whole_answer(moved) == whole_answer(app)
    assert run("verify") == 0


def test_a_log_moves_through_standard_output_and_input(
    app: StoredApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    output = io.TextIOWrapper(io.BytesIO())
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", output)
        assert run("export", "-", "--documents", tmp_path) == 0
    output.buffer.seek(0)
    written = output.buffer.read()
    assert written == _exported(app, tmp_path)
    moved = empty(app, monkeypatch)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(written))))
    assert run("import", "-", "--documents", tmp_path) == 0
    assert run("rebuild") == 0
    assert whole_answer(moved) == whole_answer(app)


def _exported(app: StoredApp, folder: Path) -> bytes:
    app.export_log(folder / "again")
    return (folder / "again").read_bytes()


@pytest.mark.parametrize(
    "arguments", [("export", "-"), ("import", "-"), ("export", "-", "--without-documents", "--json")]
)
def test_what_standard_output_and_input_cannot_do_is_wrong_use(
    app: StoredApp, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith("plimsoll: ")


def test_a_log_that_was_tampered_with_leaves_the_last_export_as_it_is(
    app: StoredApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log.jsonl.gz"
    run("export", file)
    before = file.read_bytes()
    tamper(app)
    assert run("export", file) == 1
    assert ", event 3: " in capsys.readouterr().err
    assert file.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_an_export_that_is_interrupted_leaves_nothing_under_its_name(
    app: StoredApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.eventlog.archive.ArchiveWriter.end", _interrupt)
    assert run("export", tmp_path / "log.jsonl", "--without-documents") == 130
    assert list(tmp_path.iterdir()) == []


def test_an_export_to_where_nothing_can_be_written_is_a_problem(
    app: StoredApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", tmp_path / "nowhere" / "log.jsonl", "--without-documents") == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_an_installation_with_a_log_takes_no_import_and_is_told_what_does(
    app: StoredApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("export", tmp_path / "log.jsonl")
    other = empty(app, monkeypatch)
    live(other, "push", 5)
    before = dict(other.rows)
    assert run("import", tmp_path / "log.jsonl") == 1
    told = capsys.readouterr().err
    assert "the log is not empty" in told
    assert "Import into a storage account without a log" in told
    assert other.rows == before


def test_a_file_that_is_imported_again_changes_nothing(
    app: StoredApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("export", tmp_path / "log.jsonl")
    before = dict(app.rows)
    status, told = run_json(capsys, "import", tmp_path / "log.jsonl")
    assert (status, told["written"]) == (0, 0)
    assert app.rows == before


@pytest.mark.parametrize("end", [0, 1, 10, 50, -9, -1])
def test_a_compressed_file_that_was_cut_off_is_refused_and_nothing_is_written(
    app: StoredApp, end: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log.jsonl.gz"
    run("export", file)
    file.write_bytes(file.read_bytes()[:end])
    moved = empty(app, monkeypatch)
    assert run("import", file) == 1
    assert "cut off" in capsys.readouterr().err
    assert moved.rows == {}


def test_a_compressed_file_of_which_a_byte_was_changed_is_refused(
    app: StoredApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.jsonl.gz"
    run("export", file)
    whole = file.read_bytes()
    for at in range(10, len(whole), len(whole) // 20):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        moved = empty(app, monkeypatch)
        assert run("import", file) == 1
        assert moved.rows == {}


def test_a_folder_without_the_documents_is_refused(
    app: StoredApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("export", tmp_path / "log.jsonl", "--without-documents")
    assert "Documents were left out" in capsys.readouterr().out
    moved = empty(app, monkeypatch)
    assert run("import", tmp_path / "log.jsonl") == 1
    assert "is named by an event and is not there" in capsys.readouterr().err
    assert moved.rows == {}
    assert run("import", tmp_path / "log.jsonl", "--without-documents") == 0


def test_a_document_that_was_damaged_since_the_last_export_is_written_anew(app: StoredApp, tmp_path: Path) -> None:
    run("export", tmp_path / "log.jsonl")
    [path, *_] = (tmp_path / "log.jsonl.documents" / "reports").iterdir()
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert run("export", tmp_path / "log.jsonl") == 0
    assert path.read_bytes() == whole


@pytest.mark.parametrize("arguments", [("verify", "image|x"), ("export",), ("import",), ("import", "a", "b")])
def test_wrong_use_is_told_with_the_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(*arguments)
    assert left.value.code == 2
    assert "usage: python -m cli" in capsys.readouterr().err


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
