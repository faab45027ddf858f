#!/usr/bin/python3
"""An embedder that has nothing but spec/: it runs a container through the manager's socket.

embedder.py SOCKET IMAGE COMMAND...    exits with the command's code

Its messages are what stock protoc makes of the .proto files; the frame is spec/frame.md:
  protoc -I spec/proto --python_out=DIR spec/proto/apus/*.proto spec/proto/ttrpc/*.proto \\
      spec/proto/google/rpc/*.proto
  PYTHONPATH=DIR embedder.py /run/apus/apusd.sock busybox echo hello
"""
import socket
import struct
import sys

from apus import manager_pb2 as apus
from apus import types_pb2 as types
from google.protobuf.empty_pb2 import Empty
from ttrpc import envelope_pb2 as ttrpc


class Client:
    "One connection, one call at a time."

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = -1

    def call(self, service, method, request, answer):
        request = ttrpc.Request(service=service, method=method, payload=request.SerializeToString())
        data = request.SerializeToString()
        self.stream += 2
        self.socket.sendall(struct.pack(">IIBB", len(data), self.stream, 1, 0) + data)
        length, *_ = struct.unpack(">IIBB", self.read(10))
        response = ttrpc.Response.FromString(self.read(length))
        if response.status.code:
            raise RuntimeError(response.status.message)
        return answer.FromString(response.payload)

    def read(self, count):
        data = b""
        while len(data) < count:
            data += self.socket.recv(count - len(data)) or sys.exit("the manager hung up")
        return data


def main(path, image, *command):
    client = Client(path)
    for found in client.call("apus.v1.Images", "List", apus.ListImagesRequest(),
                             apus.ListImagesResponse).images:
        print("image", *found.names)
    spec = types.ContainerSpec(image=image, args=command)
    container = client.call("apus.v1.Containers", "Create",
                            apus.CreateContainerRequest(spec=spec), types.Container)
    one = apus.ContainerRequest(id=container.id)
    try:
        client.call("apus.v1.Containers", "Start", one, types.Container)
        process = apus.ProcessRequest(id=container.id)
        ended = client.call("apus.v1.Containers", "Wait", process, apus.WaitProcessResponse)
        for found in client.call("apus.v1.Containers", "List", apus.ListContainersRequest(all=True),
                                 apus.ListContainersResponse).containers:
            print("container", found.id, types.ContainerStatus.Name(found.status))
    finally:
        remove = apus.RemoveContainerRequest(id=container.id, force=True)
        client.call("apus.v1.Containers", "Remove", remove, Empty)
    return ended.exit_status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
