/// An object that others refer to without keeping it. It has its life as a stored property:
/// `let life = Life()`.
package protocol Mortal: AnyObject {
    /// Nobody else holds it, so that it ends with the object.
    var life: Life { get }
}

/// Ends when its only owner has gone, or says so in its `deinit`: one that calls others does before.
package final class Life {
    fileprivate final class Pulse { var hasStopped = false }

    fileprivate let pulse = Pulse()

    package init() {}

    deinit { end() }

    package func end() { pulse.hasStopped = true }
}

/// A reference that does not keep its object: `weak` for Embedded Swift, which knows none. For objects
/// of one thread.
@safe package struct Weak<Object: Mortal> {
    private unowned(unsafe) let referent: Object
    private let pulse: Life.Pulse

    package init(_ object: Object) {
        unsafe referent = object
        pulse = object.life.pulse
    }

    /// nil once the object has gone, or has ended its life.
    package var object: Object? { pulse.hasStopped ? nil : unsafe referent }
}
