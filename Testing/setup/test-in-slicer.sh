#!/bin/sh
# Run the self-test of each module in a real Slicer: test-in-slicer.sh /path/to/Slicer
# Slicer needs a screen; without one, use a virtual one: xvfb-run -a make test-slicer SLICER=...
set -u

slicer=$1
project=$(cd "$(dirname "$0")/../.." && pwd)
modules="ELMEDSegment ELMEDRadiomics ELMEDPlayground"
failed=""

if ! command -v "$slicer" >/dev/null 2>&1; then
    echo "'$slicer' is not a program. Give the path of Slicer's executable: make test-slicer SLICER=/path/to/Slicer" >&2
    exit 1
fi
for module in $modules; do
    echo "== $module"
    "$slicer" --testing --no-splash --no-main-window \
        --additional-module-paths "$project/ELMEDSegment" "$project/ELMEDRadiomics" "$project/ELMEDPlayground" \
        --python-code "import slicer, slicer.testing; slicer.testing.runUnitTest(['$project/$module'], '$module')" \
        </dev/null || failed="$failed $module"
done
if [ -n "$failed" ]; then
    echo "Failed:$failed" >&2
    exit 1
fi
echo "All self-tests passed."
