#!/bin/sh
# Runs every target, or those that are named, under libFuzzer: run.sh DRIVER SECONDS [TARGET...]
#
# What it finds worth keeping goes to .build/fuzz/corpus/TARGET; a crash to .build/fuzz/crashes, from
# where it belongs into Tests/Fuzz/Corpus/TARGET once it is mended.
set -eu
cd "$(dirname "$0")/../.."
driver=$1 seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(ls Tests/Fuzz/Corpus)
mkdir -p .build/fuzz/crashes
export LSAN_OPTIONS="suppressions=$PWD/Tests/Fuzz/leaks.txt:print_suppressions=0"
failed=
for target; do
    mkdir -p ".build/fuzz/corpus/$target"
    echo "== $target"
    SWIFT_BACKTRACE=enable=no APUS_FUZZ_TARGET=$target "$driver" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -verbosity=0 -artifact_prefix=".build/fuzz/crashes/$target." \
        ".build/fuzz/corpus/$target" "Tests/Fuzz/Corpus/$target" 2>&1 | tail -25 || true
    ls .build/fuzz/crashes | grep -q "^$target\." && failed="$failed $target"
done
[ -z "$failed" ] || { echo "found something in:$failed (see .build/fuzz/crashes)" >&2; exit 1; }
