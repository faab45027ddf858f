#!/usr/bin/python3
"""Writes the functions that apus-runtime or apus-shim executes, in the order of their first use, for the linker.

  bench/order.py PROGRAM FILE     needs root, gcc, nm, busybox-static; takes some minutes
"""
import bisect
import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

program, file = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])


def call(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def bundle(directory, args):
    (directory / "rootfs/bin").mkdir(parents=True)
    for name in ("dev", "proc", "sys"):
        (directory / "rootfs" / name).mkdir()
    shutil.copy(shutil.which("busybox"), directory / "rootfs/bin/busybox")
    for name in ("true", "sleep"):
        (directory / "rootfs/bin" / name).symlink_to("busybox")
    call(program, "spec", "--bundle", directory)
    config = json.loads((directory / "config.json").read_text())
    config["process"].update(terminal=False, args=args)
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}],
    }
    (directory / "config.json").write_text(json.dumps(config))
    return directory


def functions():
    "Addresses, ascending, and the names that each has."
    names = {}
    for line in call("nm", "--defined-only", program, stdout=subprocess.PIPE).stdout.splitlines():
        address, kind, name = line.split(" ", 2)
        if kind in "tTwWi":
            names.setdefault(int(address, 16), []).append(name)
    return sorted(names), names


def runtime(work, tracer):
    base = [program, "--root", work / "state"]
    short, long = bundle(work / "short", ["/bin/true"]), bundle(work / "long", ["/bin/sleep", "1000"])
    name = f"apus-order-{os.getpid()}"
    # Once before, so that its filter is in the cache.
    call(*base, "run", "--detach", "--bundle", long, name, stdin=subprocess.DEVNULL)
    addresses = []
    try:
        # Its init, which waits, could not be followed to an end.
        call(*base, "create", "--bundle", short, name + "-life", stdin=subprocess.DEVNULL)
        verbs = [
            ["run", "--bundle", short, name + "-run"],
            ["exec", name, "/bin/true"],
            ["start", name + "-life"],
            ["delete", "--force", name + "-life"],
            ["state", name],
        ]
        for verb in verbs:
            call(tracer, work / "list", *base, *verb, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            addresses += executed(work / "list")
    finally:
        call(*base, "delete", "--force", name)
    return addresses


def shim(work, tracer):
    "One that starts, has a container for its life, and ends."
    callers = importlib.import_module("shim")
    # As `start` itself, it has answered and is gone while the shim is followed.
    start = work / "start"
    start.write_text(f"""#!/bin/sh
        ({tracer} {work}/list {program} "$@" >{work}/answer; : >{work}/done) >/dev/null 2>&1 &
        until [ -s {work}/answer ]; do sleep 0.1; done
        cat {work}/answer""")
    start.chmod(0o755)
    messages = callers.generated(work)
    callers.answer_events(work / "events")
    name = f"order-{os.getpid()}"
    one = callers.Shim(start, program.with_name("apus-runtime"), work, messages, "order")
    log = f"json-file://{work}/log"
    one.bundle(name, ["/bin/busybox", "sh", "-c", "echo begins; busybox sleep 1000"])
    one.start(name)
    one.connect()
    one.create(name, log, log)
    one.begin(name)
    one.pid(name)
    one.kill(name)
    one.wait(name)
    one.delete(name)
    one.end()
    while not (work / "done").exists():
        time.sleep(0.1)
    return executed(work / "list")


def executed(file):
    return [int(line, 16) for line in file.read_text().split()]


with tempfile.TemporaryDirectory(prefix="apus-order-") as work:
    work = pathlib.Path(work)
    tracer = work / "functions"
    call("gcc", "-O2", "-o", tracer, pathlib.Path(__file__).parent / "functions.c")
    addresses = (shim if program.name == "apus-shim" else runtime)(work, tracer)

starts, names = functions()
ordered = {}
for address in addresses:
    place = bisect.bisect_right(starts, address) - 1
    if place >= 0:
        ordered.setdefault(starts[place])
file.write_text("".join(f"{name}\n" for start in ordered for name in sorted(names[start])))
print(f"{file}: {len(ordered)} functions")
