internal import OCI

extension CgroupPlan {
    mutating func planBlockIO(_ blockIO: Resources.BlockIO) throws(EngineError) {
        let isAsked =
            blockIO.weight ?? 0 != 0 || blockIO.leafWeight ?? 0 != 0
            || !blockIO.weightDevice.isEmpty || !blockIO.throttleReadBpsDevice.isEmpty
            || !blockIO.throttleWriteBpsDevice.isEmpty || !blockIO.throttleReadIOPSDevice.isEmpty
            || !blockIO.throttleWriteIOPSDevice.isEmpty
        guard isAsked else { return }
        for weight in [blockIO.weight] + blockIO.weightDevice.map({ $0.weight }) {
            guard let weight, weight != 0 else { continue }
            guard (10...1000).contains(weight) else {
                throw EngineError(
                    "set the block I/O weight", "\(weight) is not between 10 and 1000")
            }
        }
        if controllers.version(of: "blkio") == .v1 {
            planBlockIOV1(blockIO)
        } else {
            _ = try version(of: "io", for: "block I/O limits")
            planBlockIOV2(blockIO)
        }
    }

    private mutating func planBlockIOV1(_ blockIO: Resources.BlockIO) {
        let what = "block I/O weight"
        if let weight = blockIO.weight, weight != 0 {
            writeWeight("blkio.bfq.weight", "\(weight)", else: "blkio.weight", "\(weight)", what)
        }
        if let weight = blockIO.leafWeight, weight != 0 {
            write("blkio", "blkio.leaf_weight", "\(weight)", "leaf \(what)", tolerance: .warn)
        }
        for device in blockIO.weightDevice {
            let number = "\(device.major):\(device.minor)"
            if let weight = device.weight, weight != 0 {
                let line = "\(number) \(weight)"
                writeWeight(
                    "blkio.bfq.weight_device", line, else: "blkio.weight_device", line,
                    "\(what) of \(number)")
            }
            if let weight = device.leafWeight, weight != 0 {
                write(
                    "blkio", "blkio.leaf_weight_device", "\(number) \(weight)",
                    "leaf \(what) of \(number)", tolerance: .warn)
            }
        }
        for (devices, file, what) in [
            (blockIO.throttleReadBpsDevice, "blkio.throttle.read_bps_device", "read rate"),
            (blockIO.throttleWriteBpsDevice, "blkio.throttle.write_bps_device", "write rate"),
            (blockIO.throttleReadIOPSDevice, "blkio.throttle.read_iops_device", "reads a second"),
            (
                blockIO.throttleWriteIOPSDevice, "blkio.throttle.write_iops_device",
                "writes a second"
            ),
        ] {
            for device in devices {
                let number = "\(device.major):\(device.minor)"
                write("blkio", file, "\(number) \(device.rate)", "\(what) of device \(number)")
            }
        }
    }

    private mutating func planBlockIOV2(_ blockIO: Resources.BlockIO) {
        let what = "block I/O weight"
        if let weight = blockIO.weight, weight != 0 {
            writeWeight(
                "io.bfq.weight", "\(weight)", else: "io.weight", "\(Self.ioWeight(weight))", what)
        }
        for device in blockIO.weightDevice {
            guard let weight = device.weight, weight != 0 else { continue }
            let number = "\(device.major):\(device.minor)"
            writeWeight(
                "io.bfq.weight", "\(number) \(weight)", else: "io.weight",
                "\(number) \(Self.ioWeight(weight))", "\(what) of device \(number)")
        }
        if blockIO.leafWeight ?? 0 != 0
            || blockIO.weightDevice.contains(where: { $0.leafWeight != nil })
        {
            warnings.append("block I/O leaf weights are ignored: cgroup v2 has none")
        }
        for (devices, key, what) in [
            (blockIO.throttleReadBpsDevice, "rbps", "read rate"),
            (blockIO.throttleWriteBpsDevice, "wbps", "write rate"),
            (blockIO.throttleReadIOPSDevice, "riops", "reads a second"),
            (blockIO.throttleWriteIOPSDevice, "wiops", "writes a second"),
        ] {
            for device in devices {
                let number = "\(device.major):\(device.minor)"
                let rate = device.rate == 0 ? "max" : "\(device.rate)"
                write("io", "io.max", "\(number) \(key)=\(rate)", "\(what) of device \(number)")
            }
        }
    }

    /// Weights need an I/O scheduler that knows them; a machine without is no reason to fail.
    private mutating func writeWeight(
        _ file: String, _ value: String, else other: String, _ otherValue: String, _ what: String
    ) {
        write(
            file.hasPrefix("io.") ? "io" : "blkio", file, value, what, tolerance: .warn,
            alternative: CgroupWrite.Alternative(file: other, value: otherValue))
    }

    /// 10 to 1000 as 1 to 10000.
    package static func ioWeight(_ weight: UInt16) -> UInt64 {
        1 + (UInt64(weight) - 10) * 9999 / 990
    }
}
