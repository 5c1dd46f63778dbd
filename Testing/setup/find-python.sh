#!/bin/sh
# Print the Python that the project's environment is made with: $PYTHON when it is set, else python3
# when it is 3.10 to 3.13, else the newest of python3.13 to python3.10 on the PATH.
set -u

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    if supported "$PYTHON"; then
        command -v "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON does not start a Python 3.10 to 3.13. Set PYTHON to one that does, or leave it unset." >&2
    exit 1
fi
for candidate in python3 python3.13 python3.12 python3.11 python3.10; do
    if supported "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
done
echo "ELMED needs Python 3.10, 3.11, 3.12 or 3.13, and none is on the PATH. Install one, or name it: make test PYTHON=/path/to/python3" >&2
exit 1
