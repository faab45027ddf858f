extension Seccomp {
    func validate() throws(DocumentError) {
        try require(
            defaultAction != .notify, ["defaultAction"],
            "SCMP_ACT_NOTIFY cannot be the default: the notifier itself would be notified")
        try require(
            listenerPath == nil || listenerPath?.hasPrefix("/") == true, ["listenerPath"],
            "must be an absolute path")
        let notifies = syscalls.contains { $0.action == .notify }
        try require(
            !notifies || listenerPath?.isEmpty == false, ["listenerPath"],
            "is missing: a rule with SCMP_ACT_NOTIFY needs it")
        try validateEach(syscalls, in: "syscalls") { rule throws(DocumentError) in
            try rule.validate()
        }
    }
}

extension Seccomp.Rule {
    fileprivate func validate() throws(DocumentError) {
        try require(!names.isEmpty, ["names"], "must not be empty")
        // The runtime writes to its own sockets after the filter is in place.
        try require(
            action != .notify || !names.contains("write"), ["names"],
            "SCMP_ACT_NOTIFY cannot be used for write: start-up itself would be notified")
        try validateEach(arguments, in: "args") { argument throws(DocumentError) in
            try require(
                argument.index <= 5, ["index"],
                "\(argument.index) is out of range: a system call has arguments 0 to 5")
        }
    }
}
