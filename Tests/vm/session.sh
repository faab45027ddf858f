# The guest's one service: mounts what systemd has not, runs the job, reports, turns the machine off.
box=/run/guest/busybox
need() {
    "$box" grep -q " $2 " /proc/mounts && return
    "$box" mkdir -p "$2"
    "$box" mount -t "$1" -o "$3" "$1" "$2"
}
need devpts /dev/pts nosuid,noexec,gid=5,mode=620,ptmxmode=666
need tmpfs /dev/shm nosuid,nodev
need mqueue /dev/mqueue nosuid,nodev,noexec
need securityfs /sys/kernel/security nosuid,nodev,noexec
need bpf /sys/fs/bpf nosuid,nodev,noexec,mode=700
[ -e /dev/fd ] || "$box" ln -s /proc/self/fd /dev/fd
for node in loop-control:237 fuse:229 net/tun:200; do
    "$box" mkdir -p /dev/net
    "$box" mknod "/dev/${node%:*}" c 10 "${node#*:}" 2>/dev/null
done
"$box" ifconfig lo up
"$box" hostname guest
# The root, an overlay itself, can be no other overlay's upper layer and cannot be mapped to other ids.
case $("$box" cat /run/guest/directory) in
/tmp/*) ;;
*) "$box" mount -t tmpfs -o mode=1777 tmp /tmp ;;
esac

# Two ports: what the job says, and how it ended.
until set -- /dev/vport*p[12] && [ -c "$2" ]; do "$box" usleep 10000; done
echo booted >"$2"
"$box" mkfifo /run/guest/out
"$box" cat /run/guest/out >"$1" &
relay=$!
/bin/sh /run/guest/job </dev/null >/run/guest/out 2>&1
status=$?
# A daemon that outlives the job may hold the pipe.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$relay" 2>/dev/null || break
    "$box" usleep 200000
done
"$box" sync
echo "status $status" >"$2"
"$box" poweroff -f
