#!/bin/sh
# Unpacks the programs that the tests run beside ours but that nobody should have installed for it: a
# package that brings a daemon which would start and claim the machine. Once; into .build/peers.
# Where apt cannot fetch it the tests that need it are skipped.
set -eu
cd "$(dirname "$0")/.."
peers=$PWD/.build/peers
# Debian's dockerd and its client.
package=docker.io
[ "$(cat "$peers/complete" 2>/dev/null)" = "$package" ] && exit 0

find_archive() { ls -t /var/cache/apt/archives/"$package"_*.deb 2>/dev/null | head -n 1; }

if [ -z "$(find_archive)" ]; then
    fetch() { (cd /var/cache/apt/archives && apt-get download -qq "$package"); }
    # apt's own user cannot write there; as root it says so and goes on.
    fetch 2>/dev/null || { apt-get update -qq && fetch; } || {
        echo "$package cannot be fetched: the tests with dockerd will be skipped" >&2
        exit 0
    }
fi
rm -rf "$peers"
mkdir -p "$peers"
dpkg-deb -x "$(find_archive)" "$peers"
echo "$package" >"$peers/complete"
echo "unpacked into .build/peers: $package"
