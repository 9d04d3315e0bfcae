"""The commands over the app in memory: what they write, and their exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import installation
from cli.__main__ import main
from shared.domain.image_health import Health
from shared.eventlog.streams import image_stream
from shared.projections.pointer import Pointer
from tests.support.command_runs import run, run_json
from tests.support.examples import image_id, push
from tests.support.poison import PoisonedApp

STREAM = str(image_stream(image_id(1)))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[PoisonedApp]:
    """Put an app with two healthy images in the place of the installation."""
    made = PoisonedApp()
    for number in (1, 2):
        made.record_push(push(f"e{number}", number, tag=f"v{number}"))
    made.work()
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: made)
    yield made
    made.rebuild.stopped.clear()


def test_a_rebuild_switches_and_tells_what_it_compared(app: PoisonedApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rebuild") == 0
    told = capsys.readouterr().out
    assert "Compared: 2 images, 2 charges." in told
    assert "Generation 2 is live; the one before is kept: `rollback` goes back." in told
    assert app.generations.pointer() == Pointer(live=2, kept=(1,), newest=2)


def test_a_rebuild_without_a_switch_leaves_the_live_generation(app: PoisonedApp) -> None:
    assert run("rebuild", "--no-switch") == 0
    assert app.generations.pointer() == Pointer(live=1, building=2, newest=2)
    assert run("rebuild") == 0
    assert app.generations.pointer().live == 2


def test_a_rebuild_that_keeps_nothing_deletes_the_generation_before(app: PoisonedApp) -> None:
    assert run("rebuild", "--no-keep-old") == 0
    assert app.generations.pointer() == Pointer(live=2, newest=2)
    assert app.tables["images1"].rows == {}


def test_only_the_generation_before_is_kept_by_the_next_rebuild(app: PoisonedApp) -> None:
    assert (run("rebuild"), run("rebuild")) == (0, 0)
    assert app.generations.pointer() == Pointer(live=3, kept=(2,), newest=3)


def test_a_rebuild_with_a_poison_event_is_no_success_and_names_the_stream(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app.poison(image_stream(image_id(1)))
    assert run("rebuild") == 1
    told = capsys.readouterr().out
    assert f"! {STREAM}" in told
    assert "1 streams cannot be projected: 1 images stay as not assessed, 0 are missing." in told
    assert "So generation 2 is not switched to." in told
    assert app.generations.pointer().live == 1
    app.mend()
    assert run("rebuild") == 0
    assert app.generations.pointer().live == 2
    assert app.health(1).health is Health.HEALTHY


def test_a_stream_that_is_poisoned_between_replay_and_comparison_is_told_and_not_switched_over(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rebuild", "--no-switch") == 0
    app.record_push(push("late", 1, minute=1, tag="late"))
    app.projector.into(app.generations.number(1), image_id(1))
    app.poison(image_stream(image_id(1)))
    status, told = run_json(capsys, "rebuild")
    assert (status, told["switched"], told["stalled"], told["wrong"]) == (1, False, [STREAM], [])
    assert app.generations.pointer().live == 1


def test_a_stalled_stream_is_switched_over_where_that_is_asked_for_and_never_looks_healthy(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app.poison(image_stream(image_id(1)))
    assert run("rebuild") == 1
    status, told = run_json(capsys, "rebuild", "--allow-stalled", "1")
    assert (status, told["switched"], told["stalled"]) == (0, True, [STREAM])
    assert app.generations.pointer().live == 2
    assert app.health(1).health is Health.NOT_ASSESSED
    assert app.health(2).health is Health.HEALTHY
    assert len(app.query_billing.charges("2026-11", None)) == 2
    app.mend()
    assert run("requeue", "--all") == 0
    assert app.health(1).health is Health.HEALTHY


def test_more_stalled_streams_than_were_expected_are_not_switched_over(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app.record_push(push("new", 3, tag="new"))
    for number in (1, 3):
        app.poison(image_stream(image_id(number)))
    assert run("rebuild", "--allow-stalled", "1") == 1
    told = capsys.readouterr().out
    assert "2 streams cannot be projected: 1 images stay as not assessed, 1 are missing." in told
    assert "`rebuild --allow-stalled 2` switches all the same." in told
    assert app.generations.pointer().live == 1


def test_a_new_generation_that_is_wrong_is_never_switched_to(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rebuild", "--no-switch") == 0
    rows = app.tables["images2"].rows
    (_, (one, _)), (_, (other, _)) = rows.items()
    app.tables["images2"].upsert({**one, "answer_0": other["answer_0"]})
    status, told = run_json(capsys, "rebuild")
    assert (status, told["switched"], len(told["wrong"])) == (1, False, 1)
    assert run("rebuild") == 1
    assert "It is not switched to." in capsys.readouterr().out
    assert app.generations.pointer().live == 1
    assert run("rebuild", "--restart") == 0
    assert app.generations.pointer().live == 3


def test_a_rebuild_that_is_interrupted_says_so_and_goes_on_when_it_is_run_again(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    run("rebuild", "--no-switch")
    run("rebuild", "--restart", "--no-switch")
    app.builds.put(app.rebuild.begin(), ())  # as if nothing had been replayed
    app.tables["projections"].before_write.append(_interrupt)
    assert run("rebuild") == 130
    assert "interrupted: run it again, and it goes on" in capsys.readouterr().err
    assert app.generations.pointer().live == 1
    app.rebuild.stopped.clear()
    assert run("rebuild") == 0
    assert app.generations.pointer().live == 3


def test_a_rollback_goes_back_and_forth(app: PoisonedApp, capsys: pytest.CaptureFixture[str]) -> None:
    run("rebuild")
    assert run_json(capsys, "rollback") == (0, {"live": 1, "building": None, "kept": [2], "newest": 2})
    assert run("rollback", "--to", "2") == 0
    assert "Generation 2 is live; kept: 1." in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("rollback",), ("rollback", "--to", "7"), ("drop", "1")])
def test_a_step_that_makes_no_sense_is_wrong_use(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith("plimsoll: ")
    assert app.generations.pointer() == Pointer()


def test_a_kept_generation_is_dropped(app: PoisonedApp) -> None:
    run("rebuild")
    assert run("drop", "1") == 0
    assert app.generations.pointer() == Pointer(live=2, newest=2)


def test_dead_letters_are_listed_and_taken_up_again(app: PoisonedApp, capsys: pytest.CaptureFixture[str]) -> None:
    app.poison(image_stream(image_id(1)))
    app.sweep()
    assert run("requeue", "--list") == 1
    assert "image-weighed" in capsys.readouterr().out
    assert run("requeue", STREAM) == 1
    app.mend()
    status, told = run_json(capsys, "requeue", "--all")
    assert (status, [one["error"] for one in told]) == (0, [""])
    assert app.health(1).health is Health.HEALTHY
    assert run("requeue", "--list") == 0
    assert "There are no dead letters." in capsys.readouterr().out


def test_a_letter_that_is_not_there_is_a_problem_and_no_letter_named_is_wrong_use(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("requeue", "image|nobody|nothing") == 1
    assert "no dead letter is of image|nobody|nothing" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        run("requeue")
    assert left.value.code == 2


def test_text_of_strangers_does_not_reach_the_terminal_as_it_is(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app.dead_letters.add("registry-events", "\x1b[2J", "\x1b[31m[bold]", "{}", app.world.clock())
    run("requeue", "--list")
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "[bold]" in told


def test_progress_is_shown_on_standard_error_only(app: PoisonedApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rebuild") == 0
    written = capsys.readouterr()
    assert "Replaying into generation 2" in written.err
    assert written.out.startswith("Compared: 2 images")


def test_the_status_is_well_until_something_must_be_looked_at(
    app: PoisonedApp, capsys: pytest.CaptureFixture[str]
) -> None:
    app.projections_queue.take()
    status, told = run_json(capsys, "status")
    assert (status, told["problems"], told["projections"]["live"]) == (0, [], 1)
    app.poison(image_stream(image_id(1)))
    app.sweep()
    assert run("status") == 1
    said = capsys.readouterr().out
    assert "! 1 dead letters: see `requeue --list`" in said
    assert "! the last sweep could not project 1 streams" in said


@pytest.mark.parametrize("arguments", [(), ("rebild",), ("drop",), ("drop", "x"), ("rebuild", "--workers", "0")])
def test_wrong_use_is_told_with_the_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(*arguments)
    assert left.value.code == 2
    assert "usage: python -m cli" in capsys.readouterr().err


def test_without_settings_and_without_a_local_installation_one_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("status", "--data", str(tmp_path)) == 1
    assert "set the settings of the function app, or start one with `make run`" in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"], {"AzureWebJobsStorage": "x", "UNHEALTHY_FROM": "sometimes"}) == 2
    assert "UNHEALTHY_FROM" in capsys.readouterr().err


def test_the_environment_comes_before_what_the_local_start_recorded(tmp_path: Path) -> None:
    (tmp_path / "installation.json").write_text(json.dumps({"AzureWebJobsStorage": "local", "UNHEALTHY_FROM": "low"}))
    assert installation.settings_of({"UNHEALTHY_FROM": "high"}, tmp_path) == {
        "AzureWebJobsStorage": "local",
        "UNHEALTHY_FROM": "high",
    }
    azure = {"AzureWebJobsStorage__accountName": "contoso"}
    assert installation.settings_of(azure, tmp_path) == azure


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_help_imports_no_sdk() -> None:
    import subprocess

    script = "import sys, cli.__main__; print(*[name for name in sys.modules if name.startswith(('azure', 'rich'))])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=240)
    assert told.stdout.split() == []
