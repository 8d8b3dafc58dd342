#!/usr/bin/env bash
# Every test, in two lanes side by side: those of the whole system mostly wait, the others mostly compute.
# Each lane's output is shown as one piece; the exit code is that of a lane that failed.
set -euo pipefail

whole_system=$(mktemp)
trap 'rm -f "$whole_system"; jobs -p | xargs -r kill 2>/dev/null || true' EXIT

pytest -o cache_dir=.pytest_cache/e2e tests/e2e >"$whole_system" 2>&1 &
lane=$!

status=0
pytest --ignore=tests/e2e || status=$?

echo "» The tests of the whole system, which run beside them"
tail -n +1 -f --pid="$lane" "$whole_system"
wait "$lane" || status=$?
exit "$status"
