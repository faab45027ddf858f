#!/bin/sh
# A real image through all four programs, from its making to the last trace of it.
#
# Runs as root, after `make release`; $APUS_BIN is the directory with the four programs. Everything
# happens below one temporary directory. Exits 0 only when every check held.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin=${APUS_BIN:-$here/../.build/release}
bin=$(cd "$bin" && pwd)
checks=0
daemon=
work=

bold() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
say() { printf '  %s\n' "$*"; }
show() { printf '  $ apusctl %s\n' "$*"; }
indent() { sed 's/^/  | /'; }
fail() {
    printf '\ndemo: FAILED: %s\n' "$*" >&2
    [ -z "$work" ] || [ ! -s "$work/apusd.log" ] || { echo "demo: the daemon's last words:"; tail -n 20 "$work/apusd.log"; } >&2
    exit 1
}
# check WHAT COMMAND...: the command must succeed.
check() {
    what=$1
    shift
    "$@" || fail "$what"
    checks=$((checks + 1))
    say "ok: $what"
}
same() { [ "$1" = "$2" ] || { echo "demo: expected '$2', got '$1'" >&2; false; }; }
empty() { [ -z "$1" ] || { echo "$1" >&2; false; }; }
atLeast() { [ "$1" -ge "$2" ] || { echo "demo: expected at least $2, got '$1'" >&2; false; }; }
ctl() { "$bin/apusctl" --address "$work/state/apusd.sock" "$@"; }
# Shows a command with its output; it must succeed.
shown() {
    show "$*"
    ctl "$@" >"$work/out" 2>&1 || { indent <"$work/out"; fail "apusctl $1"; }
    indent <"$work/out"
}
# until_true COMMAND...: waits for what happens in its own time, at most ten seconds.
until_true() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 500 ] || return 1
        sleep 0.02
    done
}

clean_up() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$work" ] && [ -d "$work" ]; then
        [ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null || true
        # Ends whatever still lives below the directory, and removes it with its mounts and cgroups.
        python3 "$here/../Tests/sweep.py" "$work" >/dev/null 2>&1 || true
        rm -rf "$work"
    fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

start_daemon() {
    "$bin/apusd" --root "$work/root" --state "$work/state" --address "$work/state/apusd.sock" \
        >>"$work/apusd.log" 2>&1 </dev/null &
    daemon=$!
    until_true answers || fail "apusd does not answer"
}
answers() { ctl version >/dev/null 2>&1; }

make_image() {
    umoci init --layout "$work/image"
    umoci new --image "$work/image:latest"
    umoci unpack --image "$work/image:latest" "$work/unpacked"
    rootfs=$work/unpacked/rootfs
    mkdir -p "$rootfs/bin" "$rootfs/etc" "$rootfs/tmp" "$rootfs/root" "$rootfs/proc" "$rootfs/sys" "$rootfs/dev"
    cp "$(command -v busybox)" "$rootfs/bin/busybox"
    for name in $("$rootfs/bin/busybox" --list); do
        [ "$name" = busybox ] || ln -s busybox "$rootfs/bin/$name"
    done
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$rootfs/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$rootfs/etc/group"
    umoci repack --refresh-bundle --image "$work/image:latest" "$work/unpacked"
    # A second layer, with what this image is for.
    cat >"$rootfs/bin/greet" <<'END'
#!/bin/sh
echo "Hello from $(hostname): my pid is $$, I am $(id -un), and I see $(ls / | wc -l) entries in /."
END
    cat >"$rootfs/bin/count" <<'END'
#!/bin/sh
i=0
while :; do i=$((i + 1)); echo "$i"; sleep 0.05; done
END
    chmod 755 "$rootfs/bin/greet" "$rootfs/bin/count"
    umoci repack --image "$work/image:latest" "$work/unpacked"
    umoci config --image "$work/image:latest" --config.cmd /bin/greet \
        --config.env PATH=/bin --config.workingdir /root
    rm -rf "$work/unpacked"
    umoci gc --layout "$work/image"
}

# Processes that belong to this demo: by their words, their environment or their cgroup. The patterns
# come by a pipe, so that the search does not find itself.
processes() {
    printf '%s\n' "$work" $ids | grep -slaF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/environ /proc/[0-9]*/cgroup |
        cut -d / -f 3 | sort -u || true
}
mounts() { printf '%s\n' "$work" | grep -F -f - /proc/self/mountinfo || true; }
cgroups() { for id in $ids; do find /sys/fs/cgroup -type d -name "*$id*" 2>/dev/null; done; }
traces() { for id in $ids; do find "$work" -name "*$id*"; done; }
last_line() { ctl logs --tail 1 counter; }
grew_beyond() { [ "$(last_line)" -gt "$1" ]; }

[ "$(id -u)" = 0 ] || fail "it needs root"
for program in apus-runtime apus-shim apusd apusctl; do
    [ -x "$bin/$program" ] || fail "$bin/$program is missing: build it with 'make release'"
done
for program in umoci busybox python3; do
    command -v "$program" >/dev/null || fail "$program is missing: 'make deps' installs it"
done
begin=$(date +%s)
work=$(mktemp -d /tmp/apus-demo.XXXXXX)
chmod 711 "$work"
ids=

bold "1. An image, made of Debian's busybox"
make_image >"$work/umoci.log" 2>&1 || { cat "$work/umoci.log" >&2; fail "umoci could not make the image"; }
say "umoci made an OCI layout: $(find "$work/image/blobs" -type f | wc -l) blobs: two layers, a config and a manifest"

bold "2. The daemon, with its own root, state and socket below $work"
start_daemon
say "apusd runs as process $daemon and answers:"
shown version

bold "3. The image goes into the store; each digest is verified on the way"
shown import --name hello "$work/image"
shown images
check "the image is listed" grep -q '^hello .*latest' "$work/out"

bold "4. A container says who it is, and goes"
show "run --rm hello"
greeting=$(ctl run --rm hello)
echo "$greeting" | indent
hostname=$(echo "$greeting" | sed -n 's/^Hello from \([^:]*\):.*/\1/p')
ids=$hostname
check "it has a host name of its own" test -n "$hostname" -a "$hostname" != "$(uname -n)"
check "its program is process 1" test "${greeting#*my pid is 1,}" != "$greeting"
check "nothing of it is listed any more" empty "$(ctl ps -aq)"

bold "5. Its exit code is the command's"
show "run --rm hello sh -c 'exit 7'"
code=0
ctl run --rm hello sh -c 'exit 7' || code=$?
check "apusctl exited with 7" same "$code" 7
show "run --rm hello no-such-program"
code=0
ctl run --rm hello no-such-program 2>"$work/err" || code=$?
indent <"$work/err"
check "a missing program gives 127, and one line that says so" same "$code $(wc -l <"$work/err")" "127 1"

bold "6. Where a start spends its time, through all four programs"
show "run --rm --timeline hello true"
ctl run --rm --timeline hello true 2>"$work/timeline"
indent <"$work/timeline"
for program in apusctl apusd apus-shim apus-runtime; do
    check "$program has its part" grep -q "^$program " "$work/timeline"
done

bold "7. A counter in the background: one line each 50 milliseconds"
show "run -d --name counter hello count"
counter=$(ctl run -d --name counter hello count)
ids="$ids $counter"
say "| $counter"
until_true grew_beyond 10 || fail "the counter does not count"
shown ps
shown logs --tail 3 counter
shown exec counter id
check "exec runs as root in the container" same "$(ctl exec counter id -u)" 0
check "exec sees the counter as process 1" same "$(ctl exec counter cat /proc/1/comm)" count

bold "8. kill -9 of the daemon, in the middle of it all"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null || true
at_death=$(tail -n 1 "$work/root/containers/$counter/log.json" | sed 's/.*"log":"\([0-9]*\).*/\1/')
say "the daemon is dead; the counter stood at $at_death"
code=0
ctl ps 2>"$work/err" || code=$?
indent <"$work/err"
check "without it, apusctl says what is wrong in one line" same "$code $(wc -l <"$work/err")" "125 1"
sleep 1
start_daemon
after=$(last_line)
say "a new daemon runs as process $daemon; the counter stands at $after"
check "the counter went on while there was no daemon" atLeast "$after" "$((at_death + 10))"
check "exec still works" same "$(ctl exec counter cat /proc/1/comm)" count
until_true grew_beyond "$((after + 10))" || fail "the counter's log does not grow under the new daemon"

bold "9. The end of the counter"
shown stop -t 1 counter
shown ps -a
ctl logs counter >"$work/lines"
lines=$(wc -l <"$work/lines")
seq 1 "$lines" >"$work/expected"
check "its log has each number from 1 to $lines exactly once, in order" cmp -s "$work/lines" "$work/expected"
shown rm counter
check "nothing is listed any more" empty "$(ctl ps -aq)"
check "no directory names it" empty "$(traces)"
shown rmi hello
check "the store holds no image" empty "$(ctl images -q)"
check "the store holds no blob" empty "$(ctl content ls -q)"

bold "10. The end of the daemon, and what is left"
kill "$daemon"
code=0
wait "$daemon" || code=$?
daemon=
check "it ended well" same "$code" 0
check "no mount is left" empty "$(mounts)"
check "no cgroup is left" empty "$(cgroups)"
check "no process is left" empty "$(processes)"
# What the runtime compiled of system call filters is kept for the next container.
check "no bundle is left" empty "$(find "$work/state/bundles" "$work/state/runtime" -mindepth 2 ! -path '*/@seccomp*')"
check "no socket is left" empty "$(find "$work/state" -type s)"
rm -rf "$work"
check "no directory is left" test ! -e "$work"

bold "All $checks checks held, in $(($(date +%s) - begin)) seconds."
