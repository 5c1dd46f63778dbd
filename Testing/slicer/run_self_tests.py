r"""Run the modules' self-tests inside a real Slicer, and end it with the right exit code.

    Slicer --testing --no-splash --additional-module-paths ELMEDSegment ELMEDRadiomics \\
        ELMEDPlayground --python-script Testing/slicer/run_self_tests.py

`make test-slicer SLICER=/path/to/Slicer` does it. A test that skips itself, for a missing package,
says why and counts as passed.
"""

# ruff: noqa: T201 - what Slicer's console shows

import logging
import sys
import traceback
import unittest

import slicer

MODULES = ("ELMEDSegment", "ELMEDRadiomics", "ELMEDPlayground")


def passes(name: str) -> bool:
    """Open a module's panel and run its self-test."""
    try:
        slicer.util.selectModule(name)
        slicer.selfTests[name](msec=0)
    except unittest.SkipTest as reason:
        print(f"SKIPPED {name}: {reason}")
    except BaseException:
        traceback.print_exc()
        print(f"FAILED {name}")
        return False
    else:
        print(f"PASSED {name}")
    return True


def main() -> int:
    """Return 0 when every module that was asked for is loaded and passes."""
    asked = sys.argv[1:] or MODULES
    missing = [name for name in asked if not hasattr(slicer.modules, name.lower())]
    for name in missing:
        print(f"FAILED {name}: the module is not loaded; see --additional-module-paths")
    passed = [passes(name) for name in asked if name not in missing]
    return 0 if passed and all(passed) and not missing else 1


if __name__ == "__main__":
    logging.info("Running the self-tests of %s", ", ".join(MODULES))
    slicer.util.exit(main())
