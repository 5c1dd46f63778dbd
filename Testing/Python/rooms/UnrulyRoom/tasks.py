"""A room whose tasks behave well and badly: what the worker must cope with."""

# These functions are what they are called, take what every task takes, and behave badly on purpose.
# ruff: noqa: ARG001, D103, PLW1510, S607, T201
from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from ELMEDLib.errors import InputError


def echo(arguments, progress):
    progress("reading", 0.25, "Reading")
    progress("thinking", 0.5, "Thinking")
    progress("thinking", 1.0, "Done")
    return {"echo": arguments}


def process_id(arguments, progress):
    return {"pid": os.getpid(), "niceness": os.nice(0) if hasattr(os, "nice") else None}


def variables(arguments, progress):
    return {"safe path": os.environ.get("PYTHONSAFEPATH")}


def shout(arguments, progress):
    print("a library prints on standard output")
    os.write(1, b'{"event": "result", "id": 1, "result": {"forged": true}}\n')
    subprocess.run([sys.executable, "-c", "print('a child prints')"])
    subprocess.run(["cat"], check=True)  # ends at once: standard input is empty
    return {"honest": True}


def refuse(arguments, progress):
    raise InputError("The volume is empty.", "Choose another one.")


def warn_as_libraries_do(arguments, progress):
    print(f"NiftiImageIO (0x1): {arguments['path']} has unexpected scales in sform")
    return {}


def stumble(arguments, progress):
    raise RuntimeError(f"secret patient {arguments['name']}")


def use_what_is_not_there(arguments, progress):
    import no_such_package.inside  # noqa: F401


def return_what_json_cannot_carry(arguments, progress):
    return {"value": float("nan")}


def run_out_of_memory(arguments, progress):
    raise MemoryError


def die(arguments, progress):
    sys.stderr.write("last words\n")
    sys.stderr.flush()
    os.kill(os.getpid(), 9)


def die_and_leave_a_child(arguments, progress):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(arguments["children"]).write_text(str(child.pid))
    os.kill(os.getpid(), 9)


def start_a_child_and_wait(arguments, progress):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(arguments["children"]).write_text(f"{os.getpid()} {child.pid}")
    progress("waiting", 0.5, "Waiting for ever")
    time.sleep(600)


def report_for_ever(arguments, progress):
    Path(arguments["started"]).write_text(str(os.getpid()))
    try:
        while True:
            progress("waiting", 0.5, "Waiting")
            time.sleep(0.02)
    finally:
        Path(arguments["cleaned"]).write_text("yes")


TASKS = {
    function.__name__: function
    for function in (
        echo,
        process_id,
        variables,
        shout,
        refuse,
        warn_as_libraries_do,
        stumble,
        use_what_is_not_there,
        return_what_json_cannot_carry,
        run_out_of_memory,
        die,
        die_and_leave_a_child,
        start_a_child_and_wait,
        report_for_ever,
    )
}
