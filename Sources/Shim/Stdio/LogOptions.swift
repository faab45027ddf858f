/// A log file and its limits: `json-file:///var/log/x.log?max-size=10m&max-file=3`.
struct LogOptions: Equatable {
    enum Format { case docker, cri }

    var path: String
    var format = Format.docker
    /// 0: no limit.
    var maxSizeBytes = 0
    var maxFiles = 1
    /// Old files by gzip(1).
    var compresses = false
    /// Bytes of output that are logged in a second; 0: all.
    var bytesPerSecond = 0
    /// Bytes of output that are logged at all; 0: all.
    var totalBytes = 0

    init(path: String, maxSizeBytes: Int = 0, maxFiles: Int = 1) {
        self.path = path
        self.maxSizeBytes = maxSizeBytes
        self.maxFiles = maxFiles
    }

    init(_ uri: StreamURI) throws(Failure) {
        path = uri.path
        format = uri.scheme == "cri" ? .cri : .docker
        for (key, value) in uri.query {
            switch key {
            case "max-size": maxSizeBytes = try Self.size(value, key)
            case "max-rate": bytesPerSecond = try Self.size(value, key)
            case "max-total": totalBytes = try Self.size(value, key)
            case "max-file":
                guard let count = Int(value), (1...1000).contains(count) else {
                    throw .invalid("max-file \(value): give a number from 1 to 1000")
                }
                maxFiles = count
            case "compress":
                guard ["true", "false"].contains(value) else {
                    throw .invalid("compress \(value): give true or false")
                }
                compresses = value == "true"
            default: throw .invalid("\(uri.scheme) has no option \(key)")
            }
        }
    }

    private static func size(_ text: String, _ key: String) throws(Failure) -> Int {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        let digits = unit == nil ? text : String(text.dropLast())
        guard let number = Int(digits), number >= 0,
            case let (product, overflow) = number.multipliedReportingOverflow(by: unit ?? 1),
            !overflow
        else { throw .invalid("\(key) \(text): give bytes, or a number with k, m or g") }
        return product
    }
}
