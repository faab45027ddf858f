#!/bin/busybox sh
# The guest's first program, from the initramfs: puts the root file system together and gives it to systemd.
# Below lies the host's root, read-only over 9p; what is written goes to memory and ends with the guest.
/bin/busybox --install -s /bin
mkdir -p /dev /proc /sys /writable /root /host
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*; do insmod "$module" || exit 1; done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,ro,cache=loose host /host
mount -t tmpfs -o mode=755,size=80% writable /writable
mkdir /writable/upper /writable/work
mount -t overlay -o lowerdir=/host,upperdir=/writable/upper,workdir=/writable/work root /root
for name in dev proc sys; do mount --move /$name /root/$name; done
mount -t tmpfs -o mode=755 run /root/run

# The job is a folder of the host's that run.py names on the kernel's command line.
job=/root$(sed 's/.*apus\.job=\([^ ]*\).*/\1/' /root/proc/cmdline)
mkdir -p /root/run/guest /root/run/systemd/system
cp -r "$job/." /bin/busybox /root/run/guest
cp -r "$job/units/." /root/run/systemd/system
mkdir -p "/root/usr/lib/modules/$(uname -r)"
mount --bind "/root$(cat "$job/modules")" "/root/usr/lib/modules/$(uname -r)"
[ -e /root/usr/sbin/modprobe ] || ln -s /run/guest/busybox /root/usr/sbin/modprobe
# Else systemd takes itself for a container's and ignores the kernel's command line.
rm -f /root/.dockerenv
exec switch_root /root /lib/systemd/systemd
