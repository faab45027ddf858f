internal import CLinux
internal import Glibc
internal import Linux

/// How a program is started.
struct SpawnPlan {
    var program: String
    /// Without the program's own name.
    var arguments: [String]
    /// NAME=value; nil: the shim's own environment.
    var environment: [String]?
    var directory: String?
    /// Descriptors of the shim that become 0, 1, 2 ... of the program; -1 is /dev/null.
    var descriptors: [Int32]

    /// posix_spawn(3): glibc shares the memory until exec, so it costs the same however large the
    /// shim is. The program starts with an empty signal mask and default actions.
    func spawn() throws(SystemError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)
        if let directory {
            unsafe apus_spawn_chdir(&actions, directory)
        }
        let lifted = try liftLowDescriptors()
        defer { for raw in lifted where raw >= 0 { close(raw) } }
        unsafe placeDescriptors(&actions, lifted)

        let argv = unsafe copy([program] + arguments)
        let envp = unsafe environment.map { unsafe copy($0) }
        defer {
            unsafe release(argv)
            if let envp = unsafe envp { unsafe release(envp) }
        }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(
            &pid, program, &actions, &attributes, argv, envp ?? apus_environ())
        guard code == 0 else { throw SystemError("execute \(program)", code) }
        return pid
    }

    private func setSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// A dup2(2) onto a number below would overwrite the source of a later one: such sources are
    /// copied out of the way first. -1 where there was no need.
    private func liftLowDescriptors() throws(SystemError) -> [Int32] {
        var lifted: [Int32] = []
        do throws(SystemError) {
            for source in descriptors {
                guard source >= 0, source < descriptors.count else {
                    lifted.append(-1)
                    continue
                }
                lifted.append(
                    try check("duplicate descriptor \(source)") {
                        apus_fcntl(source, F_DUPFD_CLOEXEC, descriptors.count)
                    })
            }
        } catch {
            for raw in lifted where raw >= 0 { close(raw) }
            throw error
        }
        return lifted
    }

    /// All sources are close-on-exec; the copies that dup2(2) makes are not.
    private func placeDescriptors(
        _ actions: inout posix_spawn_file_actions_t, _ lifted: [Int32]
    ) {
        for (target, source) in descriptors.enumerated() {
            if source < 0 {
                let mode = target == 0 ? O_RDONLY : O_WRONLY
                unsafe posix_spawn_file_actions_addopen(
                    &actions, Int32(target), "/dev/null", mode, 0)
            } else {
                let from = lifted[target] >= 0 ? lifted[target] : source
                unsafe posix_spawn_file_actions_adddup2(&actions, from, Int32(target))
            }
        }
    }
}

private func copy(_ words: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
        capacity: words.count + 1)
    for (index, word) in words.enumerated() { unsafe array[index] = unsafe strdup(word) }
    unsafe array[words.count] = nil
    return unsafe array
}

private func release(_ array: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) {
    var index = 0
    while let word = unsafe array[index] {
        unsafe free(word)
        index += 1
    }
    unsafe array.deallocate()
}
