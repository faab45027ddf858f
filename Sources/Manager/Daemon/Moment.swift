internal import Store

/// A moment as the store and the database know it; `Timestamp` alone is the wire's.
typealias Moment = Timestamp
