#!/bin/sh
# Run the self-test of each module in a real Slicer: test-in-slicer.sh /path/to/Slicer
# Slicer needs a screen; without one, use a virtual one: xvfb-run -a make test-slicer SLICER=...
# The exit status is Slicer's: 0 when every self-test passed.
set -u

slicer=$1
project=$(cd "$(dirname "$0")/../.." && pwd)

if ! command -v "$slicer" >/dev/null 2>&1; then
    echo "'$slicer' is not a program. Give the path of Slicer's executable: make test-slicer SLICER=/path/to/Slicer" >&2
    exit 1
fi
exec "$slicer" --testing --no-splash \
    --additional-module-paths "$project/ELMEDSegment" "$project/ELMEDRadiomics" "$project/ELMEDPlayground" \
    --python-script "$project/Testing/slicer/run_self_tests.py" </dev/null
