package import Engine
package import OCI

// The members that callers of runc's `events --stats` read; numbers that are 0 are left out there.

extension CgroupStats: JSONWritable {
    package var json: JSONValue {
        .object {
            $0.set("cpu", cpu.json)
            $0.set("cpuset", cpuset.json)
            $0.set("memory", memory.json)
            $0.set("pids", pids.json)
            $0["blkio"] = .object {
                $0.set("ioServiceBytesRecursive", list: ioBytes)
                $0.set("ioServicedRecursive", list: ioOperations)
                $0.set("psi", ioPressure)
            }
            $0["hugetlb"] = JSONValue(map: hugepages)
            $0["intel_rdt"] = .object { _ in }
            $0["network_interfaces"] = network.isEmpty ? .null : .array(network.map { $0.json })
        }
    }
}

extension CgroupStats.CPU: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["usage"] = .object {
                $0.set(count: "total", totalNanoseconds)
                $0.set("percpu", list: perProcessorNanoseconds)
                $0.set("percpu_kernel", list: perProcessorKernelNanoseconds)
                $0.set("percpu_user", list: perProcessorUserNanoseconds)
                $0["kernel"] = JSONValue(kernelNanoseconds)
                $0["user"] = JSONValue(userNanoseconds)
            }
            $0["throttling"] = .object {
                $0.set(count: "periods", periods)
                $0.set(count: "throttledPeriods", throttledPeriods)
                $0.set(count: "throttledTime", throttledNanoseconds)
            }
            $0.set("psi", pressure)
        }
    }
}

extension Pressure: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["some"] = some.json
            $0["full"] = full.json
        }
    }
}

extension Pressure.Share: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["avg10"] = .real(average10)
            $0["avg60"] = .real(average60)
            $0["avg300"] = .real(average300)
            $0["total"] = JSONValue(totalMicroseconds)
        }
    }
}

extension CgroupStats.CPUSet: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["cpus"] = .array(cpus.map { JSONValue($0) })
            $0["cpu_exclusive"] = flag("cpu_exclusive")
            $0["mems"] = .array(mems.map { JSONValue($0) })
            for name in [
                "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
                "memory_spread_slab", "memory_pressure", "sched_load_balance",
                "sched_relax_domain_level",
            ] { $0[name] = flag(name) }
        }
    }

    private func flag(_ name: String) -> JSONValue { .integer(flags[name] ?? 0) }
}

extension CgroupStats.NetworkInterface: JSONWritable {
    package var json: JSONValue {
        .object {
            $0["Name"] = .string(name)
            for (prefix, counts) in [("Rx", received), ("Tx", sent)] {
                for (what, count) in zip(["Bytes", "Packets", "Errors", "Dropped"], counts) {
                    $0[prefix + what] = JSONValue(count)
                }
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
            $0.set("events", map: events)
            $0.set("psi", pressure)
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
            $0.set(count: "refusedForks", refusedForks)
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
