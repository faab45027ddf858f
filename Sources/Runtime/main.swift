internal import Engine
internal import Glibc

SealedExecutable.ensureEarly()
// argv[0] is not looked at: installed under another name, such as runc, this is the same program.
exit(RuntimeProgram.run(CommandLine.arguments))
