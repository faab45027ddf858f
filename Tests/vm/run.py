#!/usr/bin/python3
"""Runs a command in a throw-away machine: a stock Debian kernel under QEMU, with cgroup v2 alone, systemd, and AppArmor or
SELinux.

  run.py [options] -- COMMAND [ARGUMENT...]

The guest sees this machine's files at their places and can change none of them. What the command prints is printed here
as it comes, and its status is ours. Where no guest can be booted the reason is said and the status is 77.

Needs root, qemu-system-x86, busybox-static, systemd, dbus and apt; KVM is used where the processor offers it.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("APUS_VM_CACHE") or HERE.parent.parent / ".build/vm")
# What the guest needs to see its root; modprobe finds the rest there.
BOOT_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console"]
SKIPPED = 77
# D-Bus and the job start, and none of the services that this machine may have.
UNITS = {
    "service.d/guest.conf": "[Unit]\nDefaultDependencies=no\n",
    "socket.d/guest.conf": "[Unit]\nDefaultDependencies=no\n",
    "guest.service": "[Unit]\nRequires=dbus.service\nAfter=dbus.service\n"
    "[Service]\nDelegate=yes\nStandardOutput=null\nStandardError=null\nTimeoutStartSec=infinity\n"
    "ExecStart=/run/guest/busybox sh /run/guest/session.sh\n",
}


class CannotBoot(Exception):
    "Nothing is wrong with what was to be run; it could not be run."


def call(*words, **options):
    try:
        return subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, **options).stdout
    except FileNotFoundError as error:
        raise CannotBoot(f"{words[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise CannotBoot(f"{shlex.join(map(str, words))} failed with status {error.returncode}") from error


def fetch(spec):
    "The folder of an unpacked kernel package, NAME or NAME/SUITE; nothing is installed on this machine."
    name, _, suite = spec.partition("/")
    target = CACHE / "kernels" / spec.replace("/", "@")
    if target.exists():
        return target
    print(f"fetching {spec}", file=sys.stderr)
    options = ["-qq", "-oAPT::Sandbox::User=root"]
    if suite:
        lists = CACHE / "apt"
        (lists / "lists/partial").mkdir(parents=True, exist_ok=True)
        (lists / "sources").write_text(f"deb http://deb.debian.org/debian {suite} main\n")
        options += [f"-oDir::Etc::sourcelist={lists}/sources", "-oDir::Etc::sourceparts=-",
                    f"-oDir::State={lists}", f"-oDir::Cache={lists}"]
    call("apt-get", *options, "update")
    if re.match(r"linux-image-\D", name):  # it only depends on the newest kernel
        name = re.search(r"Depends: (\S+)", call("apt-cache", *options, "depends", name).decode())[1]
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        call("apt-get", *options, "download", name, cwd=work)
        call("dpkg-deb", "-x", next(pathlib.Path(work).glob("*.deb")), f"{work}/root")
        target.parent.mkdir(exist_ok=True)
        os.rename(f"{work}/root", target)
    return target


def busybox():
    path = shutil.which("busybox") or "/bin/busybox"
    if b"\x7fELF" != open(path, "rb").read(4) if os.path.exists(path) else True:
        raise CannotBoot("busybox-static is not installed")
    return path


def unpacked_kernel(root):
    """QEMU starts an ELF kernel at its PVH entry, without the decompressor, which under emulation takes seconds
    (Documentation/x86/boot.rst: payload_offset, payload_length; the last four bytes are the unpacked size)."""
    image = next((root / "boot").glob("vmlinuz-*")).read_bytes()
    offset, size = struct.unpack_from("<II", image, 0x248)
    payload = image[(image[0x1F1] + 1) * 512 + offset:][:size - 4]
    tools = {b"\xfd7": "xz", b"(\xb5": "zstd", b"\x02!": "lz4"}
    if payload[:2] not in tools:
        raise CannotBoot("the kernel is packed in a way that is not known")
    return call(tools[payload[:2]], "-dc", input=payload)


def prepare(spec):
    "Kernel, initramfs and module folder."
    root, box = fetch(spec), busybox()
    modules, kernel, initramfs = next((root / "lib/modules").iterdir()), root / "vmlinux", root / "initramfs"
    if not kernel.exists():
        call("find", modules, "-name", "*.ko.xz", "-exec", "xz", "-d", "{}", "+")
        call(box, "depmod", "-b", root, modules.name)
        kernel.write_bytes(unpacked_kernel(root))
    if initramfs.exists() and initramfs.stat().st_mtime > max(f.stat().st_mtime for f in HERE.iterdir()):
        return kernel, initramfs, modules
    needs = dict(line.split(":") for line in (modules / "modules.dep").read_text().splitlines())
    wanted = [path for name in BOOT_MODULES for path in needs if path.endswith(f"/{name}.ko")]
    order = dict.fromkeys(p for path in wanted for p in [*reversed(needs[path].split()), path])
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        folder = pathlib.Path(work)
        (folder / "bin").mkdir()
        (folder / "modules").mkdir()
        shutil.copy(box, folder / "bin/busybox")
        shutil.copy(HERE / "init.sh", folder / "init")
        (folder / "init").chmod(0o755)
        for number, path in enumerate(order):
            shutil.copy(modules / path, folder / f"modules/{number:02}.ko")
        names = "\n".join(str(p.relative_to(folder)) for p in folder.rglob("*")).encode()
        initramfs.write_bytes(call(box, "cpio", "-o", "-H", "newc", cwd=folder, input=names, stderr=subprocess.DEVNULL))
    return kernel, initramfs, modules


def write_job(job, modules, words):
    files = {
        "job": f"cd {shlex.quote(os.getcwd())}\nexport HOME=/root TERM=dumb APUS_TEST_THROWAWAY=1\n"
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        f"exec {shlex.join(words)}\n",
        "modules": str(modules), "directory": os.getcwd() + "/", "status": "", "console": "",
        "session.sh": (HERE / "session.sh").read_text(),
    }
    files.update({f"units/{name}": text for name, text in UNITS.items()})
    for name, text in files.items():
        (job / name).parent.mkdir(parents=True, exist_ok=True)
        (job / name).write_text(text)


def machine(options, job, kernel, initramfs, output):
    """QEMU's command line. Without vmx or svm a /dev/kvm may still open, but runs no stock kernel. Emulation gets one
    thread, because QEMU 7.2 with more may run code that the kernel has patched meanwhile, and programs at fixed
    addresses, because it would translate each anew at every start."""
    flags = re.search(r"^flags.*\b(vmx|svm)\b", open("/proc/cpuinfo").read(), re.M)
    kvm = bool(flags) and os.access("/dev/kvm", os.R_OK | os.W_OK)
    arguments = ["console=ttyS0", "quiet", "panic=-1", "mitigations=off", "random.trust_cpu=on", "cryptomgr.notests",
                 "rcupdate.rcu_expedited=1", "init_on_alloc=0",
                 # Where the machine is busy, an emulated timer ticks too late for the kernel's test of it.
                 "no_timer_check", "systemd.unit=guest.service",
                 "systemd.unified_cgroup_hierarchy=1", "systemd.show_status=0", f"apus.job={job}"]
    if options.lsm == "selinux":
        # It tells and forbids nothing; only AppArmor or it can be there.
        arguments += ["security=selinux", "selinux=1", "enforcing=0"]
    if not kvm:
        arguments.append("norandmaps")
    return [
        "nice", "-n", "5", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-m", options.memory, "-smp", str(min(os.cpu_count(), 4)),
        "-accel", "kvm" if kvm else "tcg,thread=single", "-cpu", "host" if kvm else "max,la57=off",
        "-kernel", str(kernel), "-initrd", str(initramfs), "-append", " ".join(arguments),
        "-serial", f"file:{job}/console", "-device", "virtio-serial-pci",
        "-virtfs", "local,security_model=passthrough,multidevs=remap,mount_tag=host,path=/,readonly=on",
        "-chardev", f"file,id=out,path=/dev/fd/{output}", "-device", "virtserialport,chardev=out",
        "-chardev", f"file,id=status,path={job}/status", "-device", "virtserialport,chardev=status",
    ]


def run(options):
    if os.geteuid() != 0:
        raise CannotBoot("it takes root, because the guest reads this machine's files")
    for program in ("qemu-system-x86_64", "/lib/systemd/systemd", "dbus-daemon"):
        if not shutil.which(program):
            raise CannotBoot(f"{program} is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    kernel, initramfs, modules = prepare(options.kernel)
    with tempfile.TemporaryDirectory(prefix="job.", dir=CACHE) as folder:
        job = pathlib.Path(folder).resolve()
        write_job(job, modules, options.command)
        reader, writer = os.pipe()
        relay = subprocess.Popen(["cat"], stdin=reader)
        qemu = subprocess.Popen(machine(options, job, kernel, initramfs, writer), stdin=subprocess.DEVNULL,
                                pass_fds=[writer])
        os.close(reader)
        os.close(writer)
        late = False
        try:
            qemu.wait(options.limit)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            qemu.kill()
            qemu.wait()
            relay.wait()
        told = (job / "status").read_text()
        console = (job / "console").read_text(errors="replace")
        if options.verbose:
            sys.stderr.write(console)
        if "booted" not in told:
            sys.stderr.write(console[-4000:])
            raise CannotBoot("the guest has not come up" + (f" within {options.limit:g} seconds" if late else ""))
        status = re.search(r"status (\d+)", told)
        if status:
            return int(status[1])
        sys.stderr.write(console[-8000:])
        print(f"guest: {'the time limit has passed' if late else 'the machine ended before the job'}", file=sys.stderr)
        return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=900, help="seconds, the boot included (900)")
    parser.add_argument("--memory", default="2560", help="of the guest, in MiB (2560)")
    parser.add_argument("--kernel", default=os.environ.get("APUS_VM_KERNEL") or "linux-image-amd64",
                        help="a kernel's Debian package, or PACKAGE/SUITE (linux-image-amd64)")
    parser.add_argument("--lsm", choices=["apparmor", "selinux"], default="apparmor",
                        help="the security module (apparmor)")
    parser.add_argument("--verbose", action="store_true", help="print the guest's console at the end")
    parser.add_argument("command", nargs="+")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(parser.parse_args())
    except CannotBoot as reason:
        print(f"SKIPPED: no guest can be booted here: {reason}", file=sys.stderr)
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
