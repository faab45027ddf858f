#!/bin/sh
# Fails where the committed generated code is not what spec/proto makes.
set -eu
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
spec/generate.sh "$fresh"
diff -r "$fresh/CWire" Sources/CWire && diff -r "$fresh/Wire/Generated" Sources/Wire/Generated || {
    echo "the generated code is not current: run 'make proto' and commit the result" >&2
    exit 1
}
