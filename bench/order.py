#!/usr/bin/python3
"""Writes the functions that apus-runtime executes, in the order of their first use, for the linker.

  bench/order.py PROGRAM FILE     needs root, gcc, nm, busybox-static; takes some minutes
"""
import bisect
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

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


with tempfile.TemporaryDirectory(prefix="apus-order-") as work:
    work = pathlib.Path(work)
    tracer, base = work / "functions", [program, "--root", work / "state"]
    call("gcc", "-O2", "-o", tracer, pathlib.Path(__file__).parent / "functions.c")
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
            addresses += [int(line, 16) for line in (work / "list").read_text().split()]
    finally:
        call(*base, "delete", "--force", name)

starts, names = functions()
ordered = {}
for address in addresses:
    place = bisect.bisect_right(starts, address) - 1
    if place >= 0:
        ordered.setdefault(starts[place])
file.write_text("".join(f"{name}\n" for start in ordered for name in sorted(names[start])))
print(f"{file}: {len(ordered)} functions")
