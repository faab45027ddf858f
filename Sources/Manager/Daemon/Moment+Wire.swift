internal import Store
internal import Wire

extension WireTime {
    init(_ moment: Moment) {
        self.init(seconds: moment.seconds, nanos: moment.nanoseconds)
    }
}

extension Moment {
    init(_ time: WireTime) {
        self.init(seconds: time.seconds, nanoseconds: min(max(time.nanos, 0), 999_999_999))
    }
}
