extension Resources {
    /// Checks what the types cannot say; also for `update`.
    package func validate() throws(DocumentError) {
        try validateEach(devices, in: "devices") { rule throws(DocumentError) in
            try require(
                rule.access.allSatisfy { "rwm".contains($0) }, ["access"],
                "\"\(rule.access)\" is not made of the letters r, w and m")
        }
        try memory?.validate()
        try require(
            (0...100).contains(memory?.swappiness ?? 0), ["memory", "swappiness"],
            "must be between 0 and 100")
        try require(
            (pids?.limit ?? 0) >= -1, ["pids", "limit"], "must be -1 (no limit) or above")
        for key in unified.keys.sorted() {
            try require(
                !key.isEmpty && !key.utf8.contains(UInt8(ascii: "/")) && key != "." && key != "..",
                ["unified", .key(key)], "is not the name of a file of a cgroup")
        }
        for (key, weight) in [("weight", blockIO?.weight), ("leafWeight", blockIO?.leafWeight)] {
            let weight = weight ?? 0
            try require(
                weight == 0 || (10...1000).contains(weight), ["blockIO", .key(key)],
                "must be between 10 and 1000, or 0 for none")
        }
    }
}

extension Resources.Memory {
    fileprivate func validate() throws(DocumentError) {
        for (key, value) in [
            ("limit", limit), ("reservation", reservation), ("swap", swap), ("kernel", kernel),
            ("kernelTCP", kernelTCP),
        ] {
            try require(
                (value ?? 0) >= -1, ["memory", .key(key)], "must be -1 (no limit) or above")
        }
        guard let limit, let swap, limit > 0, swap > 0 else { return }
        try require(
            swap >= limit, ["memory", "swap"],
            "\(swap) is memory and swap together, and below memory.limit \(limit)")
    }
}
