#!/bin/sh
# Unpacks the programs that the tests run beside ours but that nobody should have installed for it: a
# package that brings a daemon which would start and claim the machine. Once; into .build/peers.
set -eu
cd "$(dirname "$0")/.."
peers=$PWD/.build/peers
# Debian's dockerd and its client.
packages=docker.io
[ "$(cat "$peers/complete" 2>/dev/null)" = "$packages" ] && exit 0

rm -rf "$peers"
mkdir -p "$peers/download"
cd "$peers/download"
# apt's own user cannot write here; as root it says so and goes on.
apt-get download -qq $packages 2>/dev/null ||
    { apt-get update -qq && apt-get download -qq $packages; }
for package in *.deb; do dpkg-deb -x "$package" "$peers"; done
rm -rf "$peers/download"
echo "$packages" >"$peers/complete"
echo "unpacked into .build/peers: $packages"
