#!/usr/bin/python3
"""The other side of the round trips: Google's protobuf for Python, on the same .proto files.

wire-peer.py make PROTO-DIR SEED COUNT        prints "name hex" for COUNT random messages of every type
wire-peer.py compare PROTO-DIR A B            fails where line N of A and of B are different messages
"""
import os
import random
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F

STRINGS = ["", "a", "ä€😀", "x" * 300, "line\nline", "\u0001", "/path/with space"]
INTEGERS = {
    F.TYPE_INT32: [0, 1, -1, 2**31 - 1, -(2**31)],
    F.TYPE_INT64: [0, 1, -1, 2**63 - 1, -(2**63)],
    F.TYPE_UINT32: [0, 1, 127, 128, 2**32 - 1],
    F.TYPE_UINT64: [0, 1, 300, 2**64 - 1],
    F.TYPE_BOOL: [False, True],
    F.TYPE_DOUBLE: [0.0, 1.5, -1e300],
    F.TYPE_FLOAT: [0.0, 1.5, -2.25],
}


def load(proto):
    "The classes of all messages below the directory, by name."
    files = sorted(
        os.path.relpath(os.path.join(d, f), proto)
        for d, _, fs in os.walk(proto) for f in fs if f.endswith(".proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.check_call(["protoc", "-I", proto, "--descriptor_set_out", out.name, *files])
        wanted = descriptor_pb2.FileDescriptorSet.FromString(open(out.name, "rb").read())
    pool = descriptor_pool.DescriptorPool()
    waiting = list(wanted.file)
    done = set()
    while waiting:
        file = next(f for f in waiting if set(f.dependency) <= done)
        waiting.remove(file)
        pool.Add(file)
        done.add(file.name)
    factory = message_factory.MessageFactory(pool)
    names = [f"{f.package}.{m.name}" for f in wanted.file for m in f.message_type]
    return {n: factory.GetPrototype(pool.FindMessageTypeByName(n)) for n in sorted(names)}


def value(field, rng, depth):
    if field.type == F.TYPE_STRING:
        return rng.choice(STRINGS)
    if field.type == F.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 200]))
    if field.type == F.TYPE_ENUM:
        return rng.choice([v.number for v in field.enum_type.values] + [-8, 12345])
    return rng.choice(INTEGERS[field.type])


def fill(message, rng, depth=0):
    for field in message.DESCRIPTOR.fields:
        if rng.random() < 0.25:
            continue
        target = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            for _ in range(rng.randrange(4)):
                target[rng.choice(STRINGS)] = rng.choice(STRINGS)
        elif field.label == F.LABEL_REPEATED:
            for _ in range(rng.randrange(4)):
                if field.message_type:
                    fill(target.add(), rng, depth + 1)
                else:
                    target.append(value(field, rng, depth))
        elif field.message_type:
            target.SetInParent()
            fill(target, rng, depth + 1)
        else:
            setattr(message, field.name, value(field, rng, depth))
    return message


def main():
    classes = load(sys.argv[2])
    if sys.argv[1] == "make":
        rng = random.Random(int(sys.argv[3]))
        for name, cls in classes.items():
            for index in range(int(sys.argv[4])):
                message = cls() if index == 0 else fill(cls(), rng)
                print(name, message.SerializeToString().hex() or "-")
        return
    lines = [[line.split() for line in open(path)] for path in sys.argv[3:5]]
    assert len(lines[0]) == len(lines[1])
    for (name, before), (other, after) in zip(*lines):
        parsed = [classes[name].FromString(bytes.fromhex(h.strip("-"))) for h in (before, after)]
        assert name == other and parsed[0] == parsed[1], f"{name}\n{parsed[0]}\n{parsed[1]}"
    print("same", len(lines[0]))


main()
