#!/usr/bin/env bash
# Installs the Debian packages named on the command line unless their programs are there already.
set -euo pipefail

missing=()
for package in "$@"; do
    case $package in
        python3-venv) python3 -c 'import ensurepip' 2>/dev/null || missing+=("$package") ;;
        tesseract-ocr) command -v tesseract >/dev/null || missing+=("$package") ;;
        *) command -v "$package" >/dev/null || missing+=("$package") ;;
    esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
fi
echo "» Installing from Debian: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "Could not install ${missing[*]}; run: apt-get install ${missing[*]}" >&2
    exit 1
fi
