#!/bin/sh
# Writes the generated sources below the folder $1: CWire (protoc-c) and Wire/Generated (Swift).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
rm -rf "$out/CWire" "$out/Wire/Generated"
mkdir -p "$out/CWire/include" "$out/Wire/Generated"
cd "$here/proto"
files=$(find . -name '*.proto' | sed 's,^\./,,' | LC_ALL=C sort)

protoc-c -I . --c_out="$out/CWire" $files
protoc -I . --plugin=protoc-gen-swiftc="$here/generate-swift.py" \
    --swiftc_out="$out/Wire/Generated" $files
# protobuf-c's headers include each other by path: keep the tree below include/.
cd "$out/CWire"
find . -name '*.h' ! -path './include/*' | sed 's,^\./,,' | while read -r header; do
    mkdir -p "include/$(dirname "$header")"
    mv "$header" "include/$header"
done
cat >include/module.modulemap <<END
module CWire {
$(cd include && find . -name '*.pb-c.h' | sed 's,^\./,,' | LC_ALL=C sort | sed 's/.*/    header "&"/')
    export *
}
END
