internal import Wire

/// A moment as messages carry it; see `Moment`.
typealias WireTime = Timestamp
