#!/usr/bin/env bash
# Makes .venv hold exactly what requirements.lock says (every file checked by its hash), and the `marquee` command.
set -euo pipefail
cd "$(dirname "$0")/.."

newest_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Marquee needs Python 3.11 or newer; install it (Debian 12: apt-get install python3 python3-venv)." >&2
    exit 1
}

if [ ! -x .venv/bin/uv ]; then
    python=$(newest_python)
    echo "» Making a Python environment in .venv ($("$python" --version))"
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        tools/system_packages.sh python3-venv
    fi
    "$python" -m venv --clear .venv
    mkdir -p .cache
    # The installer itself is pinned like everything else: its entry is cut out of the lock.
    awk '/^[a-z0-9]/{wanted = ($0 ~ /^uv==/)} wanted && !/^ *#/' requirements.lock > .cache/uv.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .cache/uv.lock
fi

echo "» Installing Python packages"
uv=.venv/bin/uv
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
