internal import Engine
internal import Glibc

// argv[0] is not looked at: installed under another name, such as runc, this is the same program.
SealedExecutable.ensureEarly(RuntimeProgram.words)
exit(RuntimeProgram.run(RuntimeProgram.words()))
