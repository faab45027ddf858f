#pragma once
// What an attacker calls and no program of ours ever does. One call a line, no decisions.

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// struct file_handle of open_by_handle_at(2), with room for every filesystem's.
struct adversary_handle { unsigned bytes; int type; unsigned char handle[128]; };
static inline long adversary_name_to_handle(int dir, const char *path, struct adversary_handle *handle, int *mount) { return syscall(SYS_name_to_handle_at, dir, path, handle, mount, 0); }
static inline long adversary_open_by_handle(int mount, struct adversary_handle *handle) { return syscall(SYS_open_by_handle_at, mount, handle, O_RDONLY | O_DIRECTORY); }

// RENAME_EXCHANGE of renameat2(2).
static inline long adversary_exchange(const char *one, const char *other) { return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2); }

static inline int adversary_push(int terminal, const char *byte) { return ioctl(terminal, TIOCSTI, byte); }

// Variadic in glibc. PTRACE_SEIZE does not stop what it takes.
static inline long adversary_seize(int pid) { return syscall(SYS_ptrace, 0x4206 /* PTRACE_SEIZE */, pid, (void *)0, (void *)0); }
static inline long adversary_let_go(int pid) { return syscall(SYS_ptrace, 17 /* PTRACE_DETACH */, pid, (void *)0, (void *)0); }
static inline int adversary_usage_of_children(struct rusage *usage) { return getrusage(RUSAGE_CHILDREN, usage); }
static inline int adversary_get(int what) { return prctl(what, 0, 0, 0, 0); }
static inline int adversary_ask(int what, int *answer) { return prctl(what, answer, 0, 0, 0); }
static inline long adversary_keyctl(int operation, long a, long b, long c) { return syscall(SYS_keyctl, operation, a, b, c, 0); }
static inline long adversary_search_key(int ring, const char *description) { return syscall(SYS_keyctl, 10 /* KEYCTL_SEARCH */, ring, "user", description, 0); }
static inline long adversary_add_key(int ring, const char *description) { return syscall(SYS_add_key, "user", description, "secret", 6, ring); }

// The other two ways into an x86-64 kernel; elsewhere there are none.
#ifdef __x86_64__
static inline long adversary_mkdir_x32(const char *path) { return syscall(0x40000000 | SYS_mkdir, path, 0755); }
static inline long adversary_mkdir_i386(const char *path) { long result; __asm__ volatile("int $0x80" : "=a"(result) : "a"(39L), "b"(path), "c"(0755L) : "memory", "r8", "r9", "r10", "r11"); return result; }
#else
static inline long adversary_mkdir_x32(const char *path) { (void)path; return -1; }
static inline long adversary_mkdir_i386(const char *path) { (void)path; return -38; }
#endif
