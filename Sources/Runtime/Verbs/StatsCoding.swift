package import Engine
package import OCI

// The members that callers of runc's `events --stats` read; numbers that are 0 are left out there.

extension CgroupStats: JSONWritable {
    package var json: JSONValue {
        .object {
            $0.set("cpu", cpu.json)
            $0.set("memory", memory.json)
            $0.set("pids", pids.json)
            $0["blkio"] = .object {
                $0.set("ioServiceBytesRecursive", list: ioBytes)
                $0.set("ioServicedRecursive", list: ioOperations)
            }
            $0["hugetlb"] = JSONValue(map: hugepages)
            $0["network_interfaces"] = .null
        }
    }
}

extension CgroupStats.CPU: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["usage"] = .object {
                $0.set(count: "total", totalNanoseconds)
                $0.set("percpu", list: perProcessorNanoseconds)
                $0["kernel"] = JSONValue(kernelNanoseconds)
                $0["user"] = JSONValue(userNanoseconds)
            }
            $0["throttling"] = .object {
                $0.set(count: "periods", periods)
                $0.set(count: "throttledPeriods", throttledPeriods)
                $0.set(count: "throttledTime", throttledNanoseconds)
            }
        }
    }
}

extension CgroupStats.Memory: JSONWritable {
    package var json: JSONValue {
        .object {
            $0.set(count: "cache", cacheBytes)
            $0.set("usage", usage)
            $0.set("swap", swap)
            $0.set("kernel", kernel)
            $0.set("kernelTCP", kernelTCP)
            $0.set("raw", map: raw)
            $0.set(count: "oomKills", oomKills)
        }
    }
}

extension CgroupStats.Counter: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["limit"] = JSONValue(limit)
            $0.set(count: "usage", usage)
            $0.set(count: "max", max)
            $0["failcnt"] = JSONValue(failures)
        }
    }
}

extension CgroupStats.Pids: JSONWritable {
    package var json: JSONValue {
        .object {
            $0.set(count: "current", current)
            $0.set(count: "limit", limit)
        }
    }
}

extension CgroupStats.BlockIO: JSONWritable {
    package var json: JSONValue {
        .object {
            $0.set(count: "major", major)
            $0.set(count: "minor", minor)
            $0.set("op", operation)
            $0.set(count: "value", value)
        }
    }
}

extension JSONObject {
    fileprivate mutating func set(count key: String, _ value: UInt64) {
        set(key, value == 0 ? nil : value)
    }
}
