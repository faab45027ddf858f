#!/bin/sh
# Everything that is measured, beside its peer, in one run. Asserts nothing; takes a few minutes.
set -eu
here=$(dirname "$0")
[ "$(id -u)" = 0 ] || { echo "bench: needs root" >&2; exit 1; }
"$here/runtime.sh"
"$here/toolkit.py"
"$here/shim.py"
