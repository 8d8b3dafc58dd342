#!/usr/bin/env bash
# Every test, in lanes side by side: those of the whole system mostly wait, as do those of the templates for their tools;
# the others compute. Each lane's output is shown as one piece; the exit code is that of a lane that failed.
set -euo pipefail

outputs=$(mktemp -d)
trap 'rm -rf "$outputs"; jobs -p | xargs -r kill 2>/dev/null || true' EXIT

beside=(infra e2e)
declare -A lanes
for name in "${beside[@]}"; do
  pytest -o cache_dir=".pytest_cache/$name" "tests/$name" >"$outputs/$name" 2>&1 &
  lanes[$name]=$!
done

status=0
pytest "${beside[@]/#/--ignore=tests/}" || status=$?

for name in "${beside[@]}"; do
  echo "» Those of tests/$name, which run beside them"
  tail -n +1 -f --pid="${lanes[$name]}" "$outputs/$name"
  wait "${lanes[$name]}" || status=$?
done
exit "$status"
