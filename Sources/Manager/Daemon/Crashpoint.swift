internal import Glibc

/// Named places at which a test can have the manager die as by SIGKILL: the promise that it may die
/// at any instruction is worth what its tests are. APUS_CRASH_AT names the place.
enum Crashpoint: String, CaseIterable {
    case createIntent = "create.intent"
    case createSnapshot = "create.snapshot"
    case createFiles = "create.files"
    case createDone = "create.done"
    case startIntent = "start.intent"
    case startBundle = "start.bundle"
    case startShim = "start.shim"
    case startTask = "start.task"
    case startProgram = "start.program"
    case startDone = "start.done"
    case exitSeen = "exit.seen"
    case exitRecorded = "exit.recorded"
    case exitTaskDeleted = "exit.task-deleted"
    case removeIntent = "remove.intent"
    case removeShim = "remove.shim"
    case removeSnapshot = "remove.snapshot"
    case removeDone = "remove.done"

    private static let chosen = unsafe getenv("APUS_CRASH_AT").map {
        unsafe String(cString: $0)
    }

    func reach() {
        if Self.chosen == rawValue { kill(getpid(), SIGKILL) }
    }
}
