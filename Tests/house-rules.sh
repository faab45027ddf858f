#!/bin/sh
# Rules of the house that a compiler does not check.
set -u
cd "$(dirname "$0")/.."
failed=0
complain() { echo "house rule: $1" >&2; failed=1; }

# No hand-written C but the one file with the build's constants.
for file in $(git ls-files 'Sources/*.c' | grep -v '^Sources/CWire/'); do
    [ "$file" = Sources/CBuild/build.c ] || complain "$file: C decides nothing and has no files of its own"
done
# The static programs carry neither Foundation nor Dispatch nor a scheduler.
for file in $(git ls-files 'Sources/Runtime/*.swift' 'Sources/Engine/*.swift' 'Sources/Linux/*.swift' \
    'Sources/OCI/*.swift' 'Sources/Arguments/*.swift' 'Sources/RPC/*.swift' 'Sources/Shim/*.swift'); do
    grep -nE '^ *((public|internal|package|private|fileprivate) )?import (Foundation|Dispatch|_Concurrency)' "$file" &&
        complain "$file: the static programs import neither Foundation nor Dispatch"
    grep -nE '\b(Task \{|await |async )' "$file" | grep -vE '^[0-9]+: *(//|\*)' | grep -q . &&
        complain "$file: the static programs are synchronous"
done
# One noun or one verb a file.
for file in $(git ls-files 'Sources/*.swift' | grep -v '\.pb\.swift$'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 500 ] || complain "$file: $lines lines; split it"
done
exit $failed
