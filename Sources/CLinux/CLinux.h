#pragma once
// What Swift cannot import of the kernel's interface: system calls without a libc wrapper,
// variadic functions, and macros. One call a line, no decisions.

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

// errno is a macro over a function call.
static inline int apus_errno(void) { return errno; }

// Variadic.
static inline int apus_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int apus_openat(int dir, const char *path, int flags, mode_t mode) { return openat(dir, path, flags, mode); }
static inline int apus_fcntl(int fd, int cmd, long arg) { return fcntl(fd, cmd, arg); }
static inline int apus_ioctl(int fd, unsigned long request, void *arg) { return ioctl(fd, request, arg); }
static inline int apus_prctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d) { return prctl(op, a, b, c, d); }

// No wrapper in glibc 2.36.
static inline long apus_openat2(int dir, const char *path, struct open_how *how) { return syscall(SYS_openat2, dir, path, how, sizeof *how); }
static inline long apus_pidfd_open(pid_t pid, unsigned flags) { return syscall(SYS_pidfd_open, pid, flags); }
static inline long apus_pidfd_send_signal(int pidfd, int signal) { return syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0); }
static inline long apus_close_range(unsigned first, unsigned last, unsigned flags) { return syscall(SYS_close_range, first, last, flags); }

static inline int apus_pipe2(int ends[2], int flags) { return syscall(SYS_pipe2, ends, flags); }
static inline int apus_accept4(int fd) { return syscall(SYS_accept4, fd, (void *)0, (void *)0, SOCK_CLOEXEC); }

// Declared only under _GNU_SOURCE, which this header cannot set for Swift.
struct apus_ucred { pid_t pid; uid_t uid; gid_t gid; };
static const int APUS_MSG_CMSG_CLOEXEC = 0x40000000;

// Enumerators that double as int flags.
static const int APUS_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int APUS_EFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;

// Macros over wait statuses and devices.
static inline int apus_wifexited(int status) { return WIFEXITED(status); }
static inline int apus_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int apus_wtermsig(int status) { return WTERMSIG(status); }
static inline dev_t apus_makedev(unsigned major_number, unsigned minor_number) { return makedev(major_number, minor_number); }
static inline unsigned apus_major(dev_t device) { return major(device); }
static inline unsigned apus_minor(dev_t device) { return minor(device); }

// Control message arithmetic (cmsg(3)).
static inline struct cmsghdr *apus_cmsg_firsthdr(struct msghdr *message) { return CMSG_FIRSTHDR(message); }
static inline struct cmsghdr *apus_cmsg_nxthdr(struct msghdr *message, struct cmsghdr *cmsg) { return CMSG_NXTHDR(message, cmsg); }
static inline unsigned char *apus_cmsg_data(struct cmsghdr *cmsg) { return CMSG_DATA(cmsg); }
static inline size_t apus_cmsg_space(size_t length) { return CMSG_SPACE(length); }
static inline size_t apus_cmsg_len(size_t length) { return CMSG_LEN(length); }
