#!/usr/bin/python3
"""protoc plugin: writes one Swift file per .proto, a struct per message, packed by protobuf-c.

The structs are what the programs speak; protobuf-c's C structs stay inside the Wire module.
Run through `make proto`; the result is committed. Needs Debian's python3-protobuf.
"""
import re
import sys

from google.protobuf.compiler import plugin_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as F

# Swift namespace of each protobuf package; None puts its types at the top level.
NAMESPACES = {
    "google.protobuf": None,
    "google.rpc": None,
    "ttrpc": "Envelope",
    "containerd.types": "TaskAPI",
    "containerd.v1.types": "TaskAPI",
    "containerd.task.v2": "TaskAPI",
    "containerd.task.v3": "TaskAPIv3",
    "containerd.events": "TaskEvents",
    "containerd.services.events.ttrpc.v1": "EventsAPI",
    "containerd.runc.v1": "RuncAPI",
    "containerd.runtime.bootstrap.v1": "BootstrapAPI",
    "containerd.runtime.sandbox.v1": "SandboxAPI",
    "runtime.v1": "CRIAPI",
    "io.containerd.cgroups.v1": "CgroupV1",
    "io.containerd.cgroups.v2": "CgroupV2",
    "criu": "CRIU",
    "apus.runtime.v1": "RuntimeAPI",
    "apus.shim.v1": "ShimAPI",
    "apus.v1": "Apus",
}
RENAMED = {"google.protobuf.Any": "AnyMessage", "google.rpc.Status": "RPCStatus"}
SWIFT_WORDS = {"protocol", "default", "operator", "extension", "repeat", "in", "is", "as", "self", "import"}
CPP_WORDS = {"namespace", "operator", "default", "protected", "private", "public", "class", "new"}
SCALARS = {
    F.TYPE_INT32: ("Int32", "0"), F.TYPE_SINT32: ("Int32", "0"), F.TYPE_SFIXED32: ("Int32", "0"),
    F.TYPE_INT64: ("Int64", "0"), F.TYPE_SINT64: ("Int64", "0"), F.TYPE_SFIXED64: ("Int64", "0"),
    F.TYPE_UINT32: ("UInt32", "0"), F.TYPE_FIXED32: ("UInt32", "0"),
    F.TYPE_UINT64: ("UInt64", "0"), F.TYPE_FIXED64: ("UInt64", "0"),
    F.TYPE_BOOL: ("Bool", "false"), F.TYPE_STRING: ("String", '""'),
    F.TYPE_BYTES: ("[UInt8]", "[]"), F.TYPE_DOUBLE: ("Double", "0"), F.TYPE_FLOAT: ("Float", "0"),
}


def snake(name):
    "protoc-c's rule: an underscore only where a capital follows a small letter."
    out, was_upper = "", True
    for c in name:
        if c.isupper():
            out += ("" if was_upper else "_") + c.lower()
        else:
            out += c
        was_upper = c.isupper()
    return out


def camel(name):
    first, *rest = name.split("_")
    words = [first] + [{"id": "ID", "ns": "NS", "io": "IO", "url": "URL", "cpus": "CPUs"}.get(w, w.capitalize()) for w in rest]
    return "".join(words)


def quoted(name):
    return f"`{name}`" if name in SWIFT_WORDS else name


def c_type(full):
    *package, name = full.split(".")
    return "__".join([p[0].upper() + camel(p)[1:] for p in package] + [name])


def c_function(full):
    return "__".join(snake(p) for p in full.split("."))


def c_field(name):
    return name.lower() + ("_" if name in CPP_WORDS else "")


class Generator:
    def __init__(self, request):
        self.request = request
        self.messages, self.enums, self.package_of = {}, {}, {}
        for file in request.proto_file:
            for m in file.message_type:
                self.messages[f"{file.package}.{m.name}"] = m
                self.package_of[f"{file.package}.{m.name}"] = file.package
                for n in m.nested_type:
                    self.messages[f"{file.package}.{m.name}.{n.name}"] = n
            for e in file.enum_type:
                self.enums[f"{file.package}.{e.name}"] = e
                self.package_of[f"{file.package}.{e.name}"] = file.package

    def swift_name(self, full):
        space = NAMESPACES[self.package_of[full]]
        short = RENAMED.get(full, full.rsplit(".", 1)[1])
        return f"{space}.{short}" if space else short

    def comments(self, file, path):
        for location in file.source_code_info.location:
            if list(location.path) == path and location.leading_comments:
                return ["///" + (" " + l.strip() if l.strip() else "")
                        for l in location.leading_comments.strip().split("\n")]
        return []

    def map_entry(self, field):
        entry = self.messages.get(field.type_name.lstrip("."))
        return entry if entry is not None and entry.options.map_entry else None

    def swift_type(self, f):
        "The property's type and its default."
        if self.map_entry(f):
            value = self.map_entry(f).field[1]
            assert self.map_entry(f).field[0].type == F.TYPE_STRING and value.type == F.TYPE_STRING
            return "[String: String]", "[:]"
        if f.type == F.TYPE_MESSAGE:
            base, default = self.swift_name(f.type_name.lstrip(".")), "nil"
            return (f"[{base}]", "[]") if f.label == F.LABEL_REPEATED else (base + "?", default)
        if f.type == F.TYPE_ENUM:
            base = self.swift_name(f.type_name.lstrip("."))
            return (f"[{base}]", "[]") if f.label == F.LABEL_REPEATED else (base, f"{base}(rawValue: 0)")
        base, default = SCALARS[f.type]
        return (f"[{base}]", "[]") if f.label == F.LABEL_REPEATED else (base, default)

    def read(self, f, full):
        "The expression that reads this field from the C struct `c`."
        name = c_field(f.name)
        if self.map_entry(f):
            entry = c_type(full) + "__" + f.type_name.rsplit(".", 1)[1]
            del entry
            return f"unsafe readMap(c.{name}, c.n_{name}) {{ unsafe ($0.key, $0.value) }}"
        if f.type == F.TYPE_MESSAGE:
            swift = self.swift_name(f.type_name.lstrip("."))
            if f.label == F.LABEL_REPEATED:
                return f"unsafe readArray(c.{name}, c.n_{name}, {swift}.self)"
            return f"unsafe readMessage(c.{name}, {swift}.self)"
        repeated = f.label == F.LABEL_REPEATED
        if f.type == F.TYPE_STRING:
            return f"unsafe readStrings(c.{name}, c.n_{name})" if repeated else f"unsafe readString(c.{name})"
        if f.type == F.TYPE_BYTES:
            assert not repeated
            return f"unsafe readBytes(c.{name})"
        if f.type == F.TYPE_ENUM:
            assert not repeated
            swift = self.swift_name(f.type_name.lstrip("."))
            return f"{swift}(rawValue: Int32(bitPattern: unsafe c.{name}.rawValue))"
        if repeated:
            return f"unsafe readScalars(c.{name}, c.n_{name})"
        return f"unsafe c.{name} != 0" if f.type == F.TYPE_BOOL else f"unsafe c.{name}"

    def write(self, f, full):
        name, prop = c_field(f.name), "self." + camel(f.name)
        repeated = f.label == F.LABEL_REPEATED
        count = f"unsafe c.n_{name} = {prop}.count"
        if self.map_entry(f):
            entry = full + "." + f.type_name.rsplit(".", 1)[1]
            return [f"unsafe c.{name} = arena.map({prop}, {c_function(entry)}__init) {{",
                    "    unsafe $0.pointee.key = $1", "    unsafe $0.pointee.value = $2", "}", count]
        if f.type == F.TYPE_MESSAGE:
            return [f"unsafe c.{name} = arena.{'array' if repeated else 'message'}({prop})"] + ([count] if repeated else [])
        if f.type == F.TYPE_STRING:
            return [f"unsafe c.{name} = arena.{'strings' if repeated else 'string'}({prop})"] + ([count] if repeated else [])
        if f.type == F.TYPE_BYTES:
            return [f"unsafe c.{name} = arena.bytes({prop})"]
        if f.type == F.TYPE_ENUM:
            return [f"unsafe c.{name} = {c_type(f.type_name.lstrip('.'))}(rawValue: UInt32(bitPattern: {prop}.rawValue))"]
        if repeated:
            return [f"unsafe c.{name} = arena.scalars({prop})", count]
        return [f"unsafe c.{name} = {prop} ? 1 : 0" if f.type == F.TYPE_BOOL else f"unsafe c.{name} = {prop}"]

    def message(self, file, index, m):
        full = f"{file.package}.{m.name}"
        name = RENAMED.get(full, m.name)
        for f in m.field:
            assert f.HasField("oneof_index") is False, "oneof is not supported"
        fields = [(i, f, camel(f.name), *self.swift_type(f)) for i, f in enumerate(m.field)]
        out = self.comments(file, [4, index]) + [f"public struct {name}: WireMessage {{"]
        for i, f, prop, type_, _ in fields:
            out += ["    " + c for c in self.comments(file, [4, index, 2, i])]
            out += [f"    public var {quoted(prop)}: {type_}"]
        parameters = ", ".join(f"{p}: {t} = {d}" for _, _, p, t, d in fields)
        out += ["", f"    public init({parameters}) {{"]
        out += [f"        self.{p} = {quoted(p)}" for _, _, p, _, _ in fields]
        out += ["    }", "", f'    public static var wireName: String {{ "{full}" }}',
                "    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }",
                "    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }", "}", ""]
        conformance = [f"extension {self.swift_name(full)}: @unsafe CMessage {{",
                       f"    static func initialize(_ c: UnsafeMutablePointer<{c_type(full)}>) {{ unsafe {c_function(full)}__init(c) }}",
                       f"    init(reading c: borrowing {c_type(full)}) {{"]
        conformance += [f"        self.{p} = {self.read(f, full)}" for _, f, p, _, _ in fields]
        conformance += ["    }", f"    func write(to c: inout {c_type(full)}, in arena: Arena) {{"]
        conformance += ["        " + line for _, f, _, _, _ in fields for line in self.write(f, full)]
        conformance += ["    }", "}", ""]
        return out, conformance

    def enum(self, file, index, e):
        full = f"{file.package}.{e.name}"
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", e.name).upper() + "_"
        out = self.comments(file, [5, index])
        out += [f"public struct {e.name}: RawRepresentable, Hashable, Sendable, CustomStringConvertible {{",
                "    public var rawValue: Int32", "    public init(rawValue: Int32) { self.rawValue = rawValue }"]
        cases = [(v, camel(v.name.removeprefix(prefix).lower())) for v in e.value]
        for i, (v, case) in enumerate(cases):
            out += ["    " + c for c in self.comments(file, [5, index, 2, i])]
            out += [f"    public static let {quoted(case)} = {e.name}(rawValue: {v.number})"]
        out += ["    public var description: String {", "        switch rawValue {"]
        out += [f'        case {v.number}: "{case}"' for v, case in cases]
        return out + ['        default: "unknown(\\(rawValue))"', "        }", "    }", "}", ""]

    def service(self, file, index, s):
        out = self.comments(file, [6, index])
        out += [f"public enum {s.name}Service {{", f'    public static let name = "{file.package}.{s.name}"']
        for i, m in enumerate(s.method):
            assert not m.client_streaming
            kind = "StreamMethod" if m.server_streaming else "UnaryMethod"
            types = ", ".join(self.swift_name(t.lstrip(".")) for t in (m.input_type, m.output_type))
            out += ["    " + c for c in self.comments(file, [6, index, 2, i])]
            prop = quoted(m.name[0].lower() + m.name[1:])
            out += [f'    public static let {prop} = {kind}<{types}>(service: name, name: "{m.name}")']
        return out + ["}", ""]

    def file(self, file):
        space = NAMESPACES[file.package]
        body, tail = [], []
        for i, e in enumerate(file.enum_type):
            body += self.enum(file, i, e)
        for i, m in enumerate(file.message_type):
            declaration, conformance = self.message(file, i, m)
            body += declaration
            tail += conformance
        for i, s in enumerate(file.service):
            body += self.service(file, i, s)
        if space:
            body = [f"extension {space} {{"] + ["    " + l if l else l for l in body] + ["}", ""]
        head = [f"// Generated from spec/proto/{file.name} by spec/generate-swift.py; do not edit.", "", "import CWire", ""]
        return "\n".join(head + body + tail).rstrip() + "\n"

    def response(self):
        response = plugin_pb2.CodeGeneratorResponse()
        wanted = set(self.request.file_to_generate)
        for file in self.request.proto_file:
            if file.name in wanted:
                name = "".join(p.capitalize() if p.islower() else p for p in re.split(r"[/_]", file.name[:-6]))
                response.file.add(name=name + ".pb.swift", content=self.file(file))
        spaces = sorted({NAMESPACES[f.package] for f in self.request.proto_file if f.name in wanted} - {None})
        text = "// Generated by spec/generate-swift.py; do not edit.\n\n" + "".join(f"public enum {s} {{}}\n" for s in spaces)
        response.file.add(name="Namespaces.pb.swift", content=text)
        return response


request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
sys.stdout.buffer.write(Generator(request).response().SerializeToString())
