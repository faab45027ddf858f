// Writes the address of every piece of code that a program and its children execute, in the order of
// the first time, in steps of 16 bytes. Children are followed to their exec(2).
// usage: functions FILE PROGRAM [ARGUMENT...]
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned char seen[1 << 22];
static FILE *list;

static void note(pid_t pid)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, pid, 0, &registers) != 0)
        return;
    unsigned long piece = registers.rip >> 4;
    if (piece >= sizeof seen || seen[piece])
        return;
    seen[piece] = 1;
    fprintf(list, "%llx\n", registers.rip);
}

int main(int argc, char **argv)
{
    if (argc < 3 || !(list = fopen(argv[1], "we")))
        return 2;
    pid_t first = fork();
    if (first == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execv(argv[2], argv + 2);
        _exit(127);
    }
    int status;
    if (waitpid(first, &status, 0) != first || !WIFSTOPPED(status))
        return 1;
    ptrace(PTRACE_SETOPTIONS, first, 0,
           PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_SINGLESTEP, first, 0, 0);
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status))
            continue;
        int event = status >> 16, signal = WSTOPSIG(status);
        if (event == PTRACE_EVENT_EXEC) {
            ptrace(PTRACE_DETACH, pid, 0, 0);
            continue;
        }
        note(pid);
        int passed = event || signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
        ptrace(PTRACE_SINGLESTEP, pid, 0, passed);
    }
    return fclose(list) != 0;
}
