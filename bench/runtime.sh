#!/bin/sh
# The runtime beside runc, crun and the floor of bare.c: one table, medians and spread of one run.
# Asserts nothing. As root; APUS_BIN is the folder of the built programs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${APUS_BIN:-$here/../.build/release}
runs=${BENCH_RUNS:-60}
for tool in hyperfine jq gcc busybox; do
    command -v "$tool" >/dev/null || { echo "bench: needs $tool (make deps)" >&2; exit 1; }
done
# In memory, as /run is on most machines: the disk is nobody's merit.
work=$(mktemp -d /dev/shm/apus-bench.XXXXXX)
trap 'cleanup' EXIT
trap 'exit 130' INT TERM

cleanup() {
    for runtime in apus runc crun; do
        command_of "$runtime" || continue
        for id in exec state life; do
            in_layout "$runtime" "$command --root $work/root-$runtime delete --force bench-$id" \
                >/dev/null 2>&1 || true
        done
    done
    rm -rf "$work"
}

# Sets `command`; fails where the runtime is not here.
command_of() {
    case $1 in
    apus) command=$bin/apus-runtime ;;
    *) command=$(command -v "$1") || return 1 ;;
    esac
    [ -x "$command" ]
}

# crun refuses a hybrid layout, but not one without the cgroup2 mount.
in_layout() {
    if [ "$1" = crun ] && [ -d /sys/fs/cgroup/unified ]; then
        unshare -m sh -c "umount -l /sys/fs/cgroup/unified && exec $2"
    else
        sh -c "exec $2"
    fi
}

bundle() { # name, a jq filter over the default spec
    mkdir -p "$work/$1/rootfs/bin" "$work/$1/rootfs/proc" "$work/$1/rootfs/dev" \
        "$work/$1/rootfs/sys/fs/cgroup"
    cp "$(command -v busybox)" "$work/$1/rootfs/bin/busybox"
    ln -sf busybox "$work/$1/rootfs/bin/true"
    ln -sf busybox "$work/$1/rootfs/bin/sleep"
    [ -f "$work/spec.json" ] || (cd "$work" && "$bin/apus-runtime" spec && mv config.json spec.json)
    jq ".ociVersion = \"1.0.2\" | .process.terminal = false | $2" "$work/spec.json" >"$work/$1/config.json"
}

measure() { # row, runtime, command line, further options of hyperfine
    row=$1 runtime=$2 line=$3
    shift 3
    out=$work/results/$row.$runtime.json
    in_layout "$runtime" "hyperfine --style none --warmup 5 --runs $runs --export-json $out $* '$line'" \
        >/dev/null 2>"$work/errors" || { echo "bench: $row, $runtime: $(tail -n 1 "$work/errors")" >&2; rm -f "$out"; }
}

rss() { # runtime, command line: peak kilobytes of the runtime and of what it waits for
    in_layout "$1" "$work/peak $2"
}

# About as many names as podman's and Docker's profiles allow: the kernel's first 335 but those that
# no container needs.
names=$(grep -ohE '__NR_[a-z0-9_]+' /usr/include/*/asm/unistd_64.h | sed 's/__NR_//' | head -n 335 |
    grep -vxE '_?sysctl|acct|add_key|adjtimex|afs_syscall|bpf|clock_adjtime|clock_settime|create_module|delete_module|finit_module|get_kernel_syms|get_mempolicy|getpmsg|init_module|ioperm|iopl|kcmp|kexec_.*|keyctl|lookup_dcookie|mbind|migrate_pages|mount|move_pages|name_to_handle_at|nfsservctl|open_by_handle_at|perf_event_open|personality|pivot_root|pkey_.*|process_vm_.*|ptrace|putpmsg|query_module|quotactl|reboot|request_key|security|set_mempolicy|setdomainname|sethostname|setns|settimeofday|swap.*|sysfs|syslog|tuxcall|umount2|unshare|uselib|userfaultfd|ustat|vhangup|vserver' |
    jq -R . | jq -s -c .)
# Ours comes first, so that a machine that warms up favours the others.
mkdir -p "$work/results"
bundle plain '.process.args = ["/bin/true"]'
bundle sleeper '.process.args = ["/bin/sleep", "1000"]'
bundle seccomp ".process.args = [\"/bin/true\"] | .linux.seccomp = {defaultAction: \"SCMP_ACT_ERRNO\",
    architectures: [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\"],
    syscalls: [{names: $names, action: \"SCMP_ACT_ALLOW\"}]}"

gcc -O2 -static -o "$work/bare" "$here/bare.c"
gcc -O2 -static -o "$work/peak" "$here/peak.c"
for place in memory .; do
    [ -e "/sys/fs/cgroup/$place/cgroup.procs" ] && { cgroup=/sys/fs/cgroup/$place/apus-bench-$$; break; }
done
measure run bare "$work/bare $work/plain/rootfs $cgroup /bin/true" -N

for runtime in apus crun runc; do
    command_of "$runtime" || continue
    base="$command --root $work/root-$runtime"
    measure run "$runtime" "$base run --bundle $work/plain bench-run" -N
    measure seccomp "$runtime" "$base run --bundle $work/seccomp bench-run" -N
    measure version "$runtime" "$command --version" -N
    measure life "$runtime" \
        "$base create --bundle $work/plain bench-life && $base start bench-life && $base delete --force bench-life" \
        --shell sh
    in_layout "$runtime" "$base run --detach --bundle $work/sleeper bench-exec" </dev/null >/dev/null 2>&1 || continue
    measure exec "$runtime" "$base exec bench-exec /bin/true" -N
    measure state "$runtime" "$base state bench-exec" -N
    in_layout "$runtime" "$base delete --force bench-exec" >/dev/null 2>&1 || true
    rss "$runtime" "$base run --bundle $work/plain bench-rss" >"$work/results/rss.$runtime"
done

cell() { # row, runtime: median and the middle 80 % of the times, in milliseconds
    file=$work/results/$1.$2.json
    [ -f "$file" ] || { echo -; return; }
    jq -r '.results[0].times | sort | (length) as $n | [.[$n / 2 | floor], .[$n / 10 | floor], .[$n * 9 / 10 | floor]]
        | map(. * 10000 | round / 10) | "\(.[0]) (\(.[1])-\(.[2]))"' "$file"
}

peak() { [ -s "$work/results/rss.$1" ] && echo "$(cat "$work/results/rss.$1")" || echo -; }

line='%-36s %18s %18s %18s %18s\n'
echo
echo "runtime: milliseconds, median (10th to 90th percentile) of $runs runs; $(nproc) processors, Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
printf "$line" '' apus 'bare C' crun runc
for row in run:'run true, default spec' "seccomp:run true, seccomp with $(echo "$names" | jq length) names" exec:'exec true' \
    state:state version:--version life:'create + start + delete'; do
    key=${row%%:*}
    printf "$line" "${row#*:}" "$(cell "$key" apus)" "$(cell "$key" bare)" "$(cell "$key" crun)" "$(cell "$key" runc)"
done
printf "$line" 'peak memory of run, KiB' "$(peak apus)" - "$(peak crun)" "$(peak runc)"
