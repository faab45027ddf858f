#pragma once
// What Swift cannot import of ptrace(2), which is variadic in glibc. Tests alone trace.

#include <sys/syscall.h>
#include <unistd.h>

static inline long apus_ptrace(long request, pid_t pid, unsigned long address, void *data) { return syscall(SYS_ptrace, request, pid, address, data); }
