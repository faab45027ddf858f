#!/usr/bin/python3
"""apus-shim beside containerd-shim-runc-v2 and conmon, each with runc and alone with its callers' calls. Asserts nothing.

  bench/shim.py [RUNS]        needs root, $APUS_BIN, and Debian's containerd, runc, conmon, protobuf-compiler, python3-protobuf
"""
import json
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parent / "spec/proto"
BIN = pathlib.Path(os.environ.get("APUS_BIN", ".build/release")).resolve()
RUNS = int(sys.argv[1]) if __name__ == "__main__" and len(sys.argv) > 1 else 30
GROUP = 5
CROWD = 20
OUTPUT = int(os.environ.get("MEBIBYTES", 256)) << 20
IDLE_SECONDS = 10
LINE = "0123456789abcdef" * 4


def row(*cells):
    print(f"  {cells[0]:<44}" + "".join(f"{c:>16}" for c in cells[1:]))


def milliseconds(body):
    begin = time.monotonic()
    body()
    return (time.monotonic() - begin) * 1000


def median(times):
    return f"{statistics.median(times):.2f}" if times else "-"


def memory(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return [int(re.search(rf"^{k}:\s+(\d+)", text, re.M)[1]) for k in ("Rss", "Pss")]


def generated(work):
    "The messages of spec/proto, for Python."
    target = work / "python"
    target.mkdir()
    files = [str(p.relative_to(PROTO)) for p in PROTO.rglob("*.proto") if p.parts[-3:-1] != ("google", "protobuf")]
    subprocess.run(["protoc", "-I", PROTO, f"--python_out={target}", *files], check=True)
    sys.path.insert(0, str(target))
    from containerd import runc_options_pb2, task_v2_pb2
    from google.protobuf import any_pb2
    from ttrpc import envelope_pb2
    return task_v2_pb2, runc_options_pb2, envelope_pb2, any_pb2


def answer_events(path):
    "A manager that takes every event, in a process of its own, as one is."
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(64)

    def serve(peer):
        with peer, peer.makefile("rb") as file:
            while header := file.read(10):
                length, stream, _, _ = struct.unpack(">IIBB", header)
                file.read(length)
                peer.sendall(struct.pack(">IIBB", 0, stream, 2, 0))

    def accept():
        while True:
            threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
    multiprocessing.get_context("fork").Process(target=accept, daemon=True).start()


class Shim:
    """One shim, as a manager starts and calls it."""

    def __init__(self, program, runtime, work, messages, name, group=None, bundles=None):
        self.task, self.options, self.envelope, self.any = messages
        self.program, self.runtime, self.work, self.name, self.group = program, runtime, work, name, group
        self.place, self.bundles, self.stream, self.socket = bundles or work, {}, -1, None

    def bundle(self, name, args):
        "A new one; only the first of a group is told of by start."
        path = self.place / f"b-{self.name}-{name}"
        (path / "rootfs/bin").mkdir(parents=True)
        shutil.copy(shutil.which("busybox"), path / "rootfs/bin/busybox")
        subprocess.run(["runc", "spec", "-b", path], check=True)
        config = json.loads((path / "config.json").read_text())
        config["process"].update(args=args, terminal=False)
        config["linux"]["cgroupsPath"] = f"/{self.work.name}/{self.name}-{name}"
        if self.group:
            config["annotations"] = {"io.containerd.runc.v2.group": self.group}
        (path / "config.json").write_text(json.dumps(config))
        self.bundles[name] = path
        return path

    def start(self, name):
        if not self.socket:
            # containerd's shim does not come up without a reader of its log.
            os.mkfifo(self.bundles[name] / "log")
            self.log = open(os.open(self.bundles[name] / "log", os.O_RDWR | os.O_NONBLOCK), "rb")
        made = subprocess.run(
            [self.program, "-namespace", "bench", "-address", f"{self.work}/none", "-publish-binary", "/bin/true", "-id", name,
             "start"], cwd=self.bundles[name], stdin=subprocess.DEVNULL, capture_output=True, check=True,
            env={"PATH": os.environ["PATH"], "APUS_SOCKET_DIR": f"{self.work}/s", "TTRPC_ADDRESS": f"{self.work}/events"})
        self.address = made.stdout.decode().removeprefix("unix://")

    def connect(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.address)

    def call(self, method, request, answer=None):
        self.stream += 2
        data = self.envelope.Request(service="containerd.task.v2.Task", method=method,
                                     payload=request.SerializeToString()).SerializeToString()
        self.socket.sendall(struct.pack(">IIBB", len(data), self.stream, 1, 0) + data)
        length, _, _, _ = struct.unpack(">IIBB", self.read(10))
        response = self.envelope.Response.FromString(self.read(length))
        if response.status.code:
            raise SystemExit(f"{self.program}: {method}: {response.status.message}")
        return answer.FromString(response.payload) if answer else None

    def read(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError(f"{self.program}: the connection has ended")
            data += piece
        return data

    def create(self, name, stdout="", stderr=""):
        options = self.options.Options(binary_name=str(self.runtime), root=f"{self.work}/state")
        packed = self.any.Any(type_url="containerd.runc.v1.Options", value=options.SerializeToString())
        self.call("Create", self.task.CreateTaskRequest(id=name, bundle=str(self.bundles[name]), stdout=stdout, stderr=stderr,
                                                        options=packed))

    def begin(self, name): self.call("Start", self.task.StartRequest(id=name))
    def kill(self, name): self.call("Kill", self.task.KillRequest(id=name, signal=9))
    def wait(self, name): self.call("Wait", self.task.WaitRequest(id=name))
    def delete(self, name): self.call("Delete", self.task.DeleteRequest(id=name))
    def pid(self, name): return self.call("Connect", self.task.ConnectRequest(id=name), self.task.ConnectResponse).shim_pid

    def end(self):
        try:
            self.call("Shutdown", self.task.ShutdownRequest(id=self.name))
        except ConnectionError:
            pass  # containerd's shim may be gone before it has answered.
        self.socket.close()
        self.log.close()


def life(make, number):
    "Milliseconds of start, of Create with Start, and of Delete."
    shim = make(f"l{number}")
    name = f"l{number}-{os.getpid()}"
    shim.bundle(name, ["/bin/busybox", "sleep", "1000"])
    start = milliseconds(lambda: shim.start(name))
    shim.connect()
    create = milliseconds(lambda: (shim.create(name), shim.begin(name)))
    shim.kill(name)
    shim.wait(name)
    delete = milliseconds(lambda: shim.delete(name))
    shim.end()
    return start, create, delete


def alone(runtime, work, number):
    "The same commands of the runtime without a shim: milliseconds of create with start, and of delete."
    maker = Shim(None, runtime, work, (None,) * 4, "alone" + pathlib.Path(runtime).name)
    name = f"a{number}-{os.getpid()}"
    words = [runtime, "--root", f"{work}/state/alone"]
    bundle = maker.bundle(name, ["/bin/busybox", "sleep", "1000"])
    run = lambda *verb: subprocess.run([*words, *verb], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
    create = milliseconds(lambda: (run("create", "-b", bundle, name), run("start", name)))
    run("kill", name, "KILL")
    while b'"stopped"' not in subprocess.run([*words, "state", name], capture_output=True).stdout:
        time.sleep(0.005)
    return create, milliseconds(lambda: run("delete", name))


def lives(kinds, maker, work):
    "All in turn, run by run, for the machine is not always as fast; and each time in another order, for who comes first matters."
    runtimes = list(dict.fromkeys(runtime for _, runtime in kinds.values()))
    shims, runs = {kind: [] for kind in kinds}, {runtime: [] for runtime in runtimes}
    for number in range(RUNS):
        for one in random.sample([*kinds, *runtimes], len(kinds) + len(runtimes)):
            if one in kinds:
                shims[one].append(life(maker(one), number))
            else:
                runs[one].append(alone(str(one), work, number))
    row("", "start", "Create + Start", "than alone", "Delete")
    for kind, (_, runtime) in kinds.items():
        starts, creates, deletes = zip(*shims[kind])
        more = [create - bare for create, (bare, _) in zip(creates, runs[runtime])]
        row(kind, median(starts), median(creates), f"{statistics.median(more):+.2f}", median(deletes))
    for runtime in runtimes:
        creates, deletes = zip(*runs[runtime])
        row(pathlib.Path(runtime).name + " alone", "-", median(creates), "-", median(deletes))


def group(make):
    "PSS in KiB with one container and for each further one, and what the shim does when nothing happens."
    shim = make("group", "bench")
    names = [f"g{number}-{os.getpid()}" for number in range(GROUP)]
    sizes = []
    for name in names:
        shim.bundle(name, ["/bin/busybox", "sleep", "1000"])
        shim.start(name)
        if not shim.socket:
            shim.connect()
        shim.create(name)
        shim.begin(name)
        if name in (names[0], names[-1]):
            pid = shim.pid(name)
            time.sleep(2)
            sizes.append(memory(pid))
    before = work_done(pid)
    time.sleep(IDLE_SECONDS)
    idle = [after - begin for after, begin in zip(work_done(pid), before)]
    for name in names:
        shim.kill(name)
        shim.wait(name)
        shim.delete(name)
    shim.end()
    return sizes[0], (sizes[1][1] - sizes[0][1]) / (GROUP - 1), idle


def crowd(make):
    "RSS and PSS in KiB of one of many, each with a container that logs."
    shims = []
    for number in range(CROWD):
        name = f"m{number}-{os.getpid()}"
        shim = make(f"m{number}")
        log = f"json-file://{shim.bundle(name, ['/bin/busybox', 'sleep', '1000'])}/out.log"
        shim.start(name)
        shim.connect()
        # containerd's shim knows no logs.
        shim.create(name, log if shim.program == BIN / "apus-shim" else "")
        shim.begin(name)
        shims.append((name, shim))
    # Ours gives memory back a second after the last call.
    pids = [shim.pid(name) for name, shim in shims]
    time.sleep(2)
    sizes = [memory(pid) for pid in pids]
    for name, shim in shims:
        shim.kill(name)
        shim.wait(name)
        shim.delete(name)
        shim.end()
    return [statistics.median(column) / 1024 for column in zip(*sizes)]


def work_done(pid):
    "Clock ticks of the processor, and how often any of its threads has slept."
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    slept = sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text(), re.M)[1])
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir())
    return int(fields[11]) + int(fields[12]), slept


# As fast as a writer can be, and as much as takes a while.
TORRENT = 8 * OUTPUT
POURER = ["/bin/busybox", "dd", "if=/dev/zero", "bs=64k", f"count={TORRENT >> 16}"]
WRITER = ["/bin/busybox", "sh", "-c", f"busybox yes {LINE} | busybox head -c {OUTPUT}"]


def drained(path):
    "Reads a fifo to its end, as fast as it comes."
    def read():
        with open(path, "rb", buffering=0) as file:
            room = bytearray(1 << 20)
            while file.readinto(room):
                pass
    thread = threading.Thread(target=read)
    thread.start()
    return thread


def throughput(make, target, writer=WRITER, size=OUTPUT):
    "MiB a second, from Start to the end of the process and of what it wrote."
    name = f"t-{os.getpid()}"
    shim = make("out" + target[:4])
    bundle = shim.bundle(name, writer)
    shim.start(name)
    shim.connect()
    reader, stderr = None, ""
    if target == "fifo":
        os.mkfifo(bundle / "out")
        stdout = str(bundle / "out")
        # containerd's shim opens it only when somebody reads.
        reader = drained(bundle / "out")
        os.mkfifo(bundle / "err")
        stderr = str(bundle / "err")
        drained(bundle / "err")
    else:
        stdout = f"{target}://{bundle}/out.log"
    shim.create(name, stdout, stderr)
    def whole():
        shim.begin(name)
        shim.wait(name)
        shim.delete(name)
        if reader:
            reader.join()
    rate = size / (1 << 20) / (milliseconds(whole) / 1000)
    shim.end()
    shutil.rmtree(bundle)
    return f"{rate:.0f} MiB/s"


def conmon(work):
    "Memory of one, and the throughput into its own log."
    maker = Shim(None, "runc", work, (None,) * 4, "conmon")
    def run(name, args):
        bundle = maker.bundle(name, args)
        subprocess.run(["conmon", "--api-version", "1", "-c", name, "-u", name, "-r", shutil.which("runc"), "-b", bundle,
                        "-p", bundle / "pid", "--conmon-pidfile", bundle / "conmon.pid", "--exit-dir", work / "exits", "--full-attach",
                        "-l", f"k8s-file:{bundle}/out.log", "--runtime-arg", "--root", "--runtime-arg", f"{work}/state/conmon"],
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        words = ["runc", "--root", f"{work}/state/conmon"]
        while b'"status": "created"' not in subprocess.run([*words, "state", name], capture_output=True).stdout:
            time.sleep(0.005)
        return bundle, words
    (work / "exits").mkdir()
    name = f"c-{os.getpid()}"
    bundle, words = run(name, ["/bin/busybox", "sleep", "1000"])
    subprocess.run([*words, "start", name], check=True)
    time.sleep(1)
    size = memory(int((bundle / "conmon.pid").read_text()))
    subprocess.run([*words, "delete", "--force", name], check=True)
    name = f"o-{os.getpid()}"
    bundle, words = run(name, WRITER)
    def whole():
        subprocess.run([*words, "start", name], check=True)
        while not (work / "exits" / name).exists():
            time.sleep(0.002)
    rate = OUTPUT / (1 << 20) / (milliseconds(whole) / 1000)
    subprocess.run([*words, "delete", "--force", name], check=True)
    return size, f"{rate:.0f} MiB/s"


def installed(work):
    "As they are installed: without the symbols. On the disk, as those of the peers."
    for name in ("apus-shim", "apus-runtime"):
        subprocess.run(["install", "-s", "-m", "0755", BIN / name, work / name], check=True)
    return work


def main():
    global BIN
    # In memory, as /run is on most machines, where managers have their bundles; what is written much lies on the disk.
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"apus-test.{os.getpid()}.bench.", dir="/dev/shm"))
    disk = pathlib.Path(tempfile.mkdtemp(prefix=f"apus-test.{os.getpid()}.bench."))
    try:
        BIN = installed(disk)
        messages = generated(work)
        answer_events(work / "events")
        ours, theirs = BIN / "apus-shim", shutil.which("containerd-shim-runc-v2")
        kinds = {
            "apus-shim, apus-runtime": (ours, BIN / "apus-runtime"), "apus-shim, runc": (ours, "runc"),
            "containerd-shim-runc-v2, runc": (theirs, "runc"),
            "containerd-shim-runc-v2, apus-runtime": (theirs, BIN / "apus-runtime"),
        }
        def maker(kind):
            program, runtime = kinds[kind]
            tag = re.sub(r"\W+", "", kind)[:12] + str(list(kinds).index(kind))
            return lambda name, group=None: Shim(program, runtime, work, messages, f"{tag}-{name}", group and f"{group}{tag}",
                                                 disk if name.startswith("out") else work)
        print(f"\na container's life; median of {RUNS} runs, milliseconds")
        lives(kinds, maker, work)
        size, rate = conmon(disk)
        print(f"\nmemory of one, PSS of each further of {GROUP} in a group; in {IDLE_SECONDS} s of nothing: ticks, wake-ups")
        row("", "RSS", "PSS", "further", "idle")
        for kind in ("apus-shim, apus-runtime", "containerd-shim-runc-v2, runc"):
            (rss, pss), more, idle = group(maker(kind))
            row(kind, f"{rss / 1024:.2f} MB", f"{pss / 1024:.2f} MB", f"{more / 1024:.2f} MB", f"{idle[0]}, {idle[1]}")
            rss, pss = crowd(maker(kind))
            row(f"  one of {CROWD} such", f"{rss:.2f} MB", f"{pss:.2f} MB", "", "")
        row("conmon, runc", f"{size[0] / 1024:.2f} MB", f"{size[1] / 1024:.2f} MB", "-", "-")
        print(f"\n{OUTPUT >> 20} MiB of output in lines of {len(LINE)}")
        row("", "to a reader", "to json-file", "to CRI's log")
        row("apus-shim", throughput(maker("apus-shim, apus-runtime"), "fifo"),
            throughput(maker("apus-shim, apus-runtime"), "json-file"),
            throughput(maker("apus-shim, apus-runtime"), "cri"))
        row("containerd-shim-runc-v2", throughput(maker("containerd-shim-runc-v2, runc"), "fifo"), "-", "-")
        # Its k8s-file is CRI's format.
        row("conmon (k8s-file)", "-", "-", rate)
        print(f"\n{TORRENT >> 20} MiB of zeros by dd, 64 KiB at a time")
        row("", "to a reader")
        for kind in ("apus-shim, apus-runtime", "containerd-shim-runc-v2, runc"):
            row(kind.partition(",")[0], throughput(maker(kind), "fifo", POURER, TORRENT))
        print()
    finally:
        for place in (work, disk):
            subprocess.run([sys.executable, HERE.parent / "Tests/sweep.py", place])
            subprocess.run(f"find /sys/fs/cgroup -depth -type d -path '*/{place.name}*' -delete", shell=True)


if __name__ == "__main__":
    main()
