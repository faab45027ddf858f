#!/usr/bin/python3
"""Ends whatever still lives in a test's directory: processes, mounts, cgroups, then the directory.

  sweep.py DIRECTORY...   these directories
  sweep.py                every /tmp/apus-test.PID.* whose process PID is gone

A process belongs to a directory when its command line, environment, working directory or mounts
name it; that also finds the containers of a daemon or test that was killed. Needs root.
"""
import glob
import os
import re
import shutil
import signal
import sys
import time


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def link(path):
    try:
        return os.readlink(path).encode()
    except OSError:
        return b""


def ancestors():
    pid, found = os.getpid(), set()
    while pid > 1:
        found.add(pid)
        pid = int(read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1])
    return found


def members(directory):
    "The processes of this directory, children of nobody of ours."
    name, own, spared = directory.encode(), link("/proc/self/ns/mnt"), ancestors()
    for pid in (int(p) for p in os.listdir("/proc") if p.isdigit()):
        if pid in spared:
            continue
        at = f"/proc/{pid}"
        # Only in a mount namespace of its own do a process's mounts say where it belongs.
        apart = link(at + "/ns/mnt") not in (own, b"")
        if (name in read(at + "/cmdline") or name in read(at + "/environ") or link(at + "/cwd").startswith(name)
                or link(at + "/exe").startswith(name) or (apart and name in read(at + "/mountinfo"))):
            yield pid


def cgroups(pid):
    "Directories of the cgroups of a process, where they are not the sweeper's own."
    own = read("/proc/self/cgroup")
    for line in read(f"/proc/{pid}/cgroup").splitlines():
        _, controllers, path = line.decode().split(":", 2)
        if line in own.splitlines() or path == "/" or "process_api" in path:
            continue
        top = controllers.removeprefix("name=") or "unified"
        base = f"/sys/fs/cgroup/{top}" if os.path.isdir(f"/sys/fs/cgroup/{top}") else "/sys/fs/cgroup"
        yield base + path


def remove_cgroup(path):
    frozen = os.path.join(path, "freezer.state")
    if os.path.exists(frozen):
        with open(frozen, "w") as file:
            file.write("THAWED")
    for _ in range(50):
        try:
            for folder, _, _ in os.walk(path, topdown=False):
                os.rmdir(folder)
            return
        except OSError:
            time.sleep(0.02)


def sweep(directory):
    directory = os.path.realpath(directory)
    assert re.match(r"^/(tmp|var/tmp|run|root|dev/shm)/[^/]+", directory), directory
    groups = set()
    for _ in range(20):
        found = list(members(directory))
        for pid in found:
            groups.update(cgroups(pid))
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not found:
            break
        for group in groups:
            state = os.path.join(group, "freezer.state")
            if os.path.exists(state):
                with open(state, "w") as file:
                    file.write("THAWED")
        time.sleep(0.02)
    for _ in range(5):
        mounts = [line.split()[4].decode() for line in read("/proc/self/mountinfo").splitlines()]
        left = [m for m in mounts if m == directory or m.startswith(directory + "/")]
        for mount in reversed(left):
            os.system(f"umount -l '{mount}' 2>/dev/null")
        if not left:
            break
    for group in sorted(groups, key=len, reverse=True):
        remove_cgroup(group)
    shutil.rmtree(directory, ignore_errors=True)
    return len(groups)


def remove_orphans():
    "Cgroups that carry the number of a test that is gone, and what a killed apusd left; none with a process in it."
    parents = {"/sys/fs/cgroup", *glob.glob("/sys/fs/cgroup/*/")}
    for line in read("/proc/self/cgroup").decode().splitlines():
        _, controllers, path = line.split(":", 2)
        parents.add(f"/sys/fs/cgroup/{controllers.removeprefix('name=') or 'unified'}{path}")
    for parent in parents:
        for path in glob.glob(f"{parent}/*apus-test*"):
            owner = re.search(r"apus-test[-.](\d+)", path)
            if owner and not os.path.isdir(f"/proc/{owner[1]}"):
                remove_cgroup(path)
        for folder, _, _ in os.walk(f"{parent}/apus", topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass


def main():
    directories = sys.argv[1:]
    if not directories:
        for path in glob.glob("/tmp/apus-test.*"):
            owner = os.path.basename(path).split(".")[1]
            if not os.path.exists(f"/proc/{owner}"):
                directories.append(path)
    for directory in directories:
        if os.path.isdir(directory):
            sweep(directory)
    if not sys.argv[1:]:
        remove_orphans()


main()
