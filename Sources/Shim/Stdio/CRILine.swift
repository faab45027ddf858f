/// One entry of the log format of Kubernetes' container runtime interface:
/// `2026-11-21T07:47:34.120003Z stdout F hello`.
enum CRILine {
    /// Appends an entry; P where the line goes on in the next one.
    static func append(
        _ text: Span<UInt8>, isWhole: Bool, stream: StaticString, time: [UInt8],
        to out: inout [UInt8]
    ) {
        out += time
        out.append(UInt8(ascii: " "))
        out.append(stream)
        out.append(isWhole ? " F " : " P ")
        out.append(text)
        out.append(UInt8(ascii: "\n"))
    }
}
