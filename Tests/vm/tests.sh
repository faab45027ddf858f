#!/bin/sh
# In the guest: the tests that say something there. Emulated, every program takes ten times as long, so that they are
# chosen: cgroup v2 alone, systemd, AppArmor and checkpoints are nowhere else. TESTS names others.
set -u
cd "$(dirname "$0")/../.."
modprobe -a veth overlay tun 2>/dev/null
apparmor_parser --version >/dev/null 2>&1 || echo "guest: apparmor is not installed; its tests are skipped"
run() { .build/debug/apusPackageTests.xctest --testing-library swift-testing --no-parallel --filter "$1"; }
[ $# = 0 ] || { run "$1"; exit; }
# Apart, and first: an exit test hangs where a test before it has left an ended child to nobody.
run '^EngineTests\.(Cgroup|Device)'
engine=$?
run '^EndToEnd\.Guest' && exit $engine
