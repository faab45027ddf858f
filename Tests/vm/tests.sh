#!/bin/sh
# In the guest: the tests that say something there. Emulated, every program takes ten times as long, so that they are
# chosen: cgroup v2 alone, systemd, AppArmor and checkpoints are nowhere else. A regular expression names others.
set -u
cd "$(dirname "$0")/../.."
modprobe -a veth overlay tun 2>/dev/null
apparmor_parser --version >/dev/null 2>&1 || echo "guest: apparmor is not installed; its tests are skipped"
run() { .build/debug/apusPackageTests.xctest --testing-library swift-testing --no-parallel --filter "$1"; }
case ${1-} in
'')
    # SELinux is there in AppArmor's place, and all others run where that is.
    if [ -e /sys/fs/selinux/enforce ]; then
        run '^EndToEnd\.GuestSELinuxTests'
        exit
    fi
    ;;
# What another kernel may do otherwise; nothing that is systemd's, criu's or a caller's business.
newer)
    run '^EngineTests\.(Cgroup|DeviceProgram)'
    engine=$?
    run '^EndToEnd\.(Guest(Cgroup|AppArmor)Tests|RuntimeMountsTests/.*[iI]dmap)' && exit $engine
    exit 1
    ;;
*)
    run "$1"
    exit
    ;;
esac
# Apart, and first: an exit test hangs where a test before it has left an ended child to nobody.
run '^EngineTests\.(Cgroup|DeviceProgram)'
engine=$?
run '^EndToEnd\.Guest'
whole=$?
# What takes criu or systemd to be attacked.
export APUS_ATTACKS=A35,A37,B30,B06,B15
run '^Attacks\..*isWithstood' && exit $((engine | whole))
exit 1
