#!/bin/sh
# The runtime beside runc, crun and the floor of bare.c: one table, medians and spread of one run.
# Asserts nothing. As root; APUS_BIN is the folder of the built programs.
#
# Everything is measured in turns, a few runs of each program at a time: what else the machine does
# meanwhile is everybody's share.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${APUS_BIN:-$here/../.build/release}
rounds=${BENCH_ROUNDS:-8}
runs=${BENCH_RUNS:-10}
for tool in hyperfine jq gcc busybox strip; do
    command -v "$tool" >/dev/null || { echo "bench: needs $tool (make deps)" >&2; exit 1; }
done
# In memory, as /run is on most machines: the disk is nobody's merit. The programs lie on the disk, as those of the
# peers: what the kernel maps at once depends on where a file is.
work=$(mktemp -d /dev/shm/apus-bench.XXXXXX)
programs=$(mktemp -d "$bin/bench.XXXXXX")
trap 'cleanup' EXIT
trap 'exit 130' INT TERM

cleanup() {
    for runtime in apus crun runc; do
        command_of "$runtime" || continue
        in_layout "$runtime" "sh $work/remove.sh '$command --root $work/root-$runtime'" >/dev/null 2>&1 || true
    done
    rm -rf "$work" "$programs"
}

# Sets `command`; fails where the runtime is not here.
command_of() {
    case $1 in
    apus) command=$programs/apus-runtime ;;
    *) command=$(command -v "$1") || return 1 ;;
    esac
    [ -x "$command" ]
}

# crun refuses a hybrid layout, but not one without the cgroup2 mount.
in_layout() { # runtime, a line of shell
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
    [ -f "$work/spec.json" ] || (cd "$work" && "$programs/apus-runtime" spec && mv config.json spec.json)
    jq ".ociVersion = \"1.0.2\" | .process.terminal = false | $2" "$work/spec.json" >"$work/$1/config.json"
}

# As it is installed: without the symbols.
install -s -m 0755 "$bin/apus-runtime" "$programs/apus-runtime"

# About as many names as podman's and Docker's profiles allow: the kernel's first 335 but those that
# no container needs.
names=$(grep -ohE '__NR_[a-z0-9_]+' /usr/include/*/asm/unistd_64.h | sed 's/__NR_//' | head -n 335 |
    grep -vxE '_?sysctl|acct|add_key|adjtimex|afs_syscall|bpf|clock_adjtime|clock_settime|create_module|delete_module|finit_module|get_kernel_syms|get_mempolicy|getpmsg|init_module|ioperm|iopl|kcmp|kexec_.*|keyctl|lookup_dcookie|mbind|migrate_pages|mount|move_pages|name_to_handle_at|nfsservctl|open_by_handle_at|perf_event_open|personality|pivot_root|pkey_.*|process_vm_.*|ptrace|putpmsg|query_module|quotactl|reboot|request_key|security|set_mempolicy|setdomainname|sethostname|setns|settimeofday|swap.*|sysfs|syslog|tuxcall|umount2|unshare|uselib|userfaultfd|ustat|vhangup|vserver' |
    jq -R . | jq -s -c .)
mkdir -p "$work/results"
bundle plain '.process.args = ["/bin/true"]'
bundle limited '.process.args = ["/bin/true"]'
bundle sleeper '.process.args = ["/bin/sleep", "1000"]'
bundle seccomp ".process.args = [\"/bin/true\"] | .linux.seccomp = {defaultAction: \"SCMP_ACT_ERRNO\",
    architectures: [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\"],
    syscalls: [{names: $names, action: \"SCMP_ACT_ALLOW\"}]}"

cat >"$work/remove.sh" <<'END'
for id in exec life run crowd $(seq -f 'at-once-%g' 100); do echo "$id"; done |
    xargs -P 4 -I{} sh -c "$1 delete --force bench-{} 2>&1"
true
END
# Prints the milliseconds until a hundred containers are made.
cat >"$work/at-once.sh" <<'END'
begin=$(date +%s%N)
for i in $(seq 100); do
    $1 create --bundle "$2" "bench-at-once-$i" </dev/null >/dev/null 2>&1 || echo failed >&2 &
done
wait
echo $((($(date +%s%N) - begin) / 1000000))
END
# Every bind of the whole tree into itself doubles the mounts: more than ten thousand.
cat >"$work/crowd.sh" <<'END'
mount --make-rprivate / && mkdir -p "$1" && mount -t tmpfs crowd "$1"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do mkdir "$1/$i" && mount --rbind "$1" "$1/$i"; done
shift
exec "$@"
END

gcc -O2 -static -o "$programs/bare" "$here/bare.c"
gcc -O2 -static -o "$programs/peak" "$here/peak.c"
# The directories of a process's cgroups, in a line.
cgroups_of() { # pid
    while IFS=: read -r _ name path; do
        folder=${name#name=}
        [ -n "$name" ] || { folder=; [ -d /sys/fs/cgroup/unified ] && folder=unified; }
        echo "/sys/fs/cgroup/$folder${path%/}"
    done <"/proc/$1/cgroup" | tr '\n' ' '
}
cgroups=$(cgroups_of self | sed "s: :/apus-bench-$$ :g")

measure() { # row, runtime, command line, further options of hyperfine
    row=$1 runtime=$2 line=$3
    shift 3
    out=$work/results/$row.$runtime.$round.json
    in_layout "$runtime" "hyperfine --style none --warmup 2 --runs $runs --export-json $out $* '$line'" \
        >/dev/null 2>"$work/errors" || { echo "bench: $row, $runtime: $(tail -n 1 "$work/errors")" >&2; rm -f "$out"; }
}

round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    measure run bare "$programs/bare $work/plain/rootfs /bin/true $cgroups" -N
    for runtime in apus crun runc; do
        command_of "$runtime" || continue
        base="$command --root $work/root-$runtime"
        measure run "$runtime" "$base run --bundle $work/plain bench-run" -N
        measure seccomp "$runtime" "$base run --bundle $work/seccomp bench-run" -N
        measure version "$runtime" "$command --version" -N
        measure life "$runtime" \
            "$base create --bundle $work/plain bench-life && $base start bench-life && $base delete --force bench-life" \
            --shell sh
        in_layout "$runtime" "$base run --detach --bundle $work/sleeper bench-exec" \
            </dev/null >/dev/null 2>&1 || continue
        measure exec "$runtime" "$base exec bench-exec /bin/true" -N
        measure state "$runtime" "$base state bench-exec" -N
        [ "$runtime" != apus ] || (
            pid=$($base state bench-exec | jq .pid)
            measure exec bare "$programs/bare $pid /bin/true $(cgroups_of "$pid")" -N
            measure state bare "$programs/bare" -N
            measure version bare "$programs/bare" -N
        )
        in_layout "$runtime" "$base delete --force bench-exec" >/dev/null 2>&1 || true
    done
done

# The least memory.limit with which three of three runs succeed, in KiB: halves down, then finer.
smallest() { # runtime, command
    found=-
    for limit in 16384 8192 6144 4096 3072 2048 1536 1024 768 512 384 256 192 128 96 64; do
        jq ".linux.resources.memory.limit = $limit * 1024" "$work/plain/config.json" >"$work/limited/config.json"
        for try in 1 2 3; do
            in_layout "$1" "timeout 20 $2 run --bundle $work/limited bench-run" </dev/null >/dev/null 2>&1 || return 0
        done
        found=$limit
    done
}

for runtime in apus crun runc; do
    command_of "$runtime" || continue
    base="$command --root $work/root-$runtime"
    in_layout "$runtime" "$programs/peak $base run --bundle $work/plain bench-run" >"$work/results/peak.$runtime"
    smallest "$runtime" "$base"
    echo "$found" >"$work/results/smallest.$runtime"
    for round in 1 2 3; do
        in_layout "$runtime" "sh $work/at-once.sh '$base' $work/sleeper" \
            >"$work/results/at-once.$runtime.$round" 2>"$work/errors" || true
        [ ! -s "$work/errors" ] || echo failed >"$work/results/at-once.$runtime.$round"
        in_layout "$runtime" "sh $work/remove.sh '$base'" >/dev/null 2>&1 || true
    done
    in_layout "$runtime" "$base run --detach --bundle $work/sleeper bench-crowd" </dev/null >/dev/null 2>&1 || continue
    in_layout "$runtime" "unshare -m sh $work/crowd.sh $work/crowd hyperfine -N --style none --warmup 2 --runs $runs --export-json $work/results/crowd.$runtime.1.json '$base exec bench-crowd /bin/true'" \
        >/dev/null 2>&1 || true
    in_layout "$runtime" "$base delete --force bench-crowd" >/dev/null 2>&1 || true
done

cell() { # row, runtime: median, and the middle 80 % of the times, in milliseconds
    set -- "$work/results/$1.$2".*.json
    [ -f "$1" ] || { echo -; return; }
    jq -rs 'map(.results[0].times) | add | sort | (length) as $n
        | [.[$n / 2 | floor], .[$n / 10 | floor], .[$n * 9 / 10 | floor]]
        | map(. * 10000 | round / 10) | "\(.[0]) (\(.[1])-\(.[2]))"' "$@"
}

once() { [ -s "$work/results/$1.$2" ] && cat "$work/results/$1.$2" || echo -; }

middle() { # runtime: the middle one of three
    set -- "$work/results/at-once.$1".*
    [ -f "$1" ] && sort -n "$@" | sed -n 2p || echo -
}

line='%-38s %18s %18s %18s %18s\n'
echo
echo "runtime: milliseconds, median (10th to 90th percentile) of $((rounds * runs)) runs; $(nproc) processors, Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
printf "$line" '' apus 'bare C' crun runc
for row in run:'run true, default spec' "seccomp:run true, seccomp with $(echo "$names" | jq length) names" \
    life:'create + start + delete' exec:'exec true' crowd:'exec true, host with 16,000 mounts' \
    state:state version:--version; do
    key=${row%%:*}
    printf "$line" "${row#*:}" "$(cell "$key" apus)" "$(cell "$key" bare)" "$(cell "$key" crun)" "$(cell "$key" runc)"
done
printf "$line" '100 creates at once, all of them' "$(middle apus)" - "$(middle crun)" "$(middle runc)"
printf "$line" 'peak memory of run, KiB' "$(once peak apus)" - "$(once peak crun)" "$(once peak runc)"
printf "$line" 'smallest memory limit of true, KiB' "$(once smallest apus)" - "$(once smallest crun)" "$(once smallest runc)"
