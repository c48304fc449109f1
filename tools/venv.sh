#!/bin/sh
# Makes a virtual environment with the first Python on PATH that is new enough: sh tools/venv.sh FOLDER
set -eu
folder=$1
for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
        found=$python
        break
    fi
done
if [ -z "${found:-}" ]; then
    there=$(python3 --version 2>/dev/null || echo "not there")
    echo "make: no Python from 3.11 to 3.14 on PATH (python3 is $there)." >&2
    echo "make: install one (Debian: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "make: $found cannot make a virtual environment: its venv module is missing." >&2
    echo "make: install it (Debian: apt-get install python3-venv) and run make again." >&2
    exit 1
fi
echo "Making $folder with $("$found" --version) ..."
"$found" -m venv "$folder"
