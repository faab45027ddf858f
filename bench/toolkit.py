#!/usr/bin/python3
"""apusctl, apusd and apus-shim beside ctr, containerd and its shim, in one run. Asserts nothing.

  bench/toolkit.py [RUNS]     needs root, $APUS_BIN, and Debian's containerd, runc, umoci, busybox-static
"""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(os.environ.get("APUS_BIN", ".build/release")).resolve()
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
CONTAINERS = 20


def sh(command, **options):
    return subprocess.run(command, shell=isinstance(command, str), check=True, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, **options)


def row(*cells):
    print(f"  {cells[0]:<44}" + "".join(f"{c:>16}" for c in cells[1:]))


def timed(command):
    "Milliseconds of each run, in order; the command must succeed."
    times = []
    for number in range(RUNS + 3):
        begin = time.monotonic()
        subprocess.run([c.replace("{n}", str(number)) for c in command], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
        times.append((time.monotonic() - begin) * 1000)
    return times[3:]


def spread(times):
    tenths = statistics.quantiles(times, n=10)
    return f"{statistics.median(times):.1f}", f"{tenths[0]:.1f} to {tenths[8]:.1f}"


def memory(pid):
    "RSS and PSS in KiB."
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return [int(re.search(rf"^{k}:\s+(\d+)", text, re.M)[1]) for k in ("Rss", "Pss")]


def pids_of(directory, name):
    "Processes of a program that mention this directory."
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                argv = (entry / "cmdline").read_bytes()
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            program = pathlib.Path(argv.split(b"\0")[0].decode(errors="replace")).name
            if program == name and str(directory).encode() in argv + environment + os.readlink(entry / "cwd").encode():
                found.append(int(entry.name))
    return found


def mean(pids):
    rows = [memory(p) for p in pids]
    return [f"{statistics.mean(column) / 1024:.2f} MB" for column in zip(*rows)] if rows else ["-", "-"]


def wait_for(command):
    for _ in range(500):
        if subprocess.run(command, capture_output=True).returncode == 0:
            return
        time.sleep(0.02)
    raise SystemExit(f"no answer: {command}")


def rootfs(path):
    (path / "bin").mkdir(parents=True)
    for name in ("etc", "proc", "sys", "dev", "tmp"):
        (path / name).mkdir()
    shutil.copy(shutil.which("busybox"), path / "bin/busybox")
    for name in ("sh", "true", "sleep"):
        (path / "bin" / name).symlink_to("busybox")


def image(work):
    layout, bundle = work / "layout", work / "unpacked"
    sh(f"umoci init --layout {layout} && umoci new --image {layout}:bench && umoci unpack --image {layout}:bench {bundle}")
    rootfs(bundle / "rootfs")
    sh(f"umoci repack --image {layout}:bench {bundle} && umoci config --image {layout}:bench --config.cmd sh")
    return layout


def start_ours(work):
    state = work / "state"
    daemon = subprocess.Popen([BIN / "apusd", "--root", work / "root", "--state", state, "--address", state / "apusd.sock"],
                              stdin=subprocess.DEVNULL, stderr=open(work / "apusd.log", "w"))
    ctl = [str(BIN / "apusctl"), "--address", str(state / "apusd.sock")]
    wait_for(ctl + ["version"])
    sh(ctl + ["import", "--name", "bench", str(image(work))])
    return daemon, ctl


def start_theirs(work):
    config, state = work / "containerd.toml", work / "cd-state"
    config.write_text(f'version = 2\nroot = "{work}/cd-root"\nstate = "{state}"\n'
                      f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "{work}/cd.sock"\n'
                      f'[ttrpc]\naddress = "{work}/cd.sock.ttrpc"\n')
    daemon = subprocess.Popen(["containerd", "-c", config], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=open(work / "containerd.log", "w"))
    ctr = ["ctr", "-a", f"{work}/cd.sock"]
    wait_for(ctr + ["version"])
    rootfs(work / "rootfs")
    return daemon, ctr


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"apus-test.{os.getpid()}.bench."))
    sweep = pathlib.Path(__file__).resolve().parent.parent / "Tests/sweep.py"
    try:
        ours, ctl = start_ours(work)
        theirs, ctr = start_theirs(work)
        idle = mean([ours.pid]), mean([theirs.pid])
        print(f"\nrun --rm of true, image present; {RUNS} runs, milliseconds")
        row("", "median", "10 % to 90 %")
        row("apusctl run --rm", *spread(timed(ctl + ["run", "--rm", "bench", "true"])))
        row("ctr run --rm --rootfs", *spread(timed(ctr + ["run", "--rm", "--rootfs", str(work / "rootfs"), f"b{{n}}-{os.getpid()}", "/bin/true"])))
        for number in range(CONTAINERS):
            sh(ctl + ["run", "-d", "--name", f"m{number}", "bench", "sleep", "1000"])
            subprocess.run(ctr + ["run", "-d", "--rootfs", str(work / "rootfs"), f"m{number}-{os.getpid()}", "/bin/sleep", "1000"],
                           check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(1)
        print(f"\nmemory with {CONTAINERS} containers (mean of each kind)")
        row("", "RSS", "PSS")
        row("apus-shim", *mean(pids_of(work, "apus-shim")))
        row("containerd-shim-runc-v2", *mean(pids_of(work, "containerd-shim-runc-v2")))
        row("apusd, idle", *idle[0])
        row("containerd, idle", *idle[1])
        row(f"apusd, {CONTAINERS} containers", *mean([ours.pid]))
        row(f"containerd, {CONTAINERS} containers", *mean([theirs.pid]))
        print()
    finally:
        subprocess.run([sys.executable, sweep, work])


main()
