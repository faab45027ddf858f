// The floor under any runtime: the namespaces, mounts, device nodes, cgroups and device rules of the
// default bundle, by the plainest system calls, without reading a configuration or checking anything.
// usage: bare ROOTFS PROGRAM CGROUP-DIRECTORY...
//        bare PID PROGRAM CGROUP-DIRECTORY...      in the namespaces of a process
//        bare                                      nothing at all, the floor of any command
// A directory for each hierarchy of cgroup v1, and for cgroup v2.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int result, const char *doing)
{
    if (result < 0) {
        fprintf(stderr, "bare: %s: %s\n", doing, strerror(errno));
        _exit(125);
    }
}

static void node(const char *path, int major, int minor)
{
    must(mknod(path, S_IFCHR | 0666, makedev(major, minor)), path);
}

static int is_v2(const char *cgroup)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tasks", cgroup);
    return access(path, F_OK) != 0;
}

// In v1 a thread may move itself without waiting for all others; in v2 it is made where it belongs.
static void join(const char *cgroup)
{
    char path[4096];
    if (is_v2(cgroup))
        return;
    snprintf(path, sizeof path, "%s/tasks", cgroup);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    must(file, path);
    must(write(file, "0", 1), path);
    close(file);
}

static void put(const char *directory, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return; // another hierarchy's
    must(write(file, text, strlen(text)), path);
    close(file);
}

static void copy(const char *directory, const char *name)
{
    char path[4096], text[256];
    snprintf(path, sizeof path, "%s/../%s", directory, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    text[count > 0 ? count : 0] = 0;
    put(directory, name, text);
}

static void make(const char *cgroup)
{
    static const char *const allowed[] = {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
        "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"};
    must(mkdir(cgroup, 0755), cgroup);
    if (strstr(cgroup, "/cpuset/")) {
        copy(cgroup, "cpuset.cpus");
        copy(cgroup, "cpuset.mems");
    }
    if (strstr(cgroup, "/devices/")) {
        put(cgroup, "devices.deny", "a");
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
            put(cgroup, "devices.allow", allowed[i]);
    }
}

// /sys/fs/cgroup/memory/some/where is memory.
static void name_of(const char *cgroup, char *name, size_t size)
{
    const char *begin = cgroup + strlen("/sys/fs/cgroup/");
    snprintf(name, size, "%.*s", (int)strcspn(begin, "/"), begin);
}

static void show(char **cgroups)
{
    const int safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    for (; *cgroups; cgroups++) {
        char name[256], path[512];
        name_of(*cgroups, name, sizeof name);
        snprintf(path, sizeof path, "sys/fs/cgroup/%s", name);
        must(mkdir(path, 0755), path);
        must(mount(*cgroups, path, NULL, MS_BIND, NULL), path);
        must(mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | safe, NULL), path);
    }
    must(mount(NULL, "sys/fs/cgroup", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | safe, NULL), "cgroup");
}

static void mounts(const char *root, char **cgroups)
{
    must(mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL), "make / a slave");
    must(mount(root, root, NULL, MS_BIND | MS_REC, NULL), "bind the rootfs");
    must(chdir(root), root);
    const int safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    must(mount("proc", "proc", "proc", 0, NULL), "mount proc");
    must(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"), "mount dev");
    must(mkdir("dev/pts", 0755), "make dev/pts");
    must(mkdir("dev/shm", 0755), "make dev/shm");
    must(mkdir("dev/mqueue", 0755), "make dev/mqueue");
    must(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
               "newinstance,ptmxmode=0666,mode=0620,gid=5"), "mount devpts");
    must(mount("shm", "dev/shm", "tmpfs", safe, "mode=1777,size=65536k"), "mount shm");
    must(mount("mqueue", "dev/mqueue", "mqueue", safe, NULL), "mount mqueue");
    must(mount("sysfs", "sys", "sysfs", safe | MS_RDONLY, NULL), "mount sysfs");
    must(mount("tmpfs", "sys/fs/cgroup", "tmpfs", safe, "mode=755"), "mount cgroup");
    show(cgroups);
    node("dev/null", 1, 3);
    node("dev/zero", 1, 5);
    node("dev/full", 1, 7);
    node("dev/random", 1, 8);
    node("dev/urandom", 1, 9);
    node("dev/tty", 5, 0);
    must(symlink("/proc/self/fd", "dev/fd"), "link dev/fd");
    must(symlink("/proc/self/fd/0", "dev/stdin"), "link dev/stdin");
    must(symlink("/proc/self/fd/1", "dev/stdout"), "link dev/stdout");
    must(symlink("/proc/self/fd/2", "dev/stderr"), "link dev/stderr");
    must(symlink("pts/ptmx", "dev/ptmx"), "link dev/ptmx");
}

static void conceal(void)
{
    static const char *const files[] = {"proc/kcore", "proc/keys", "proc/latency_stats",
        "proc/timer_list", "proc/timer_stats", "proc/sched_debug"};
    static const char *const directories[] = {"proc/acpi", "proc/asound", "proc/scsi", "sys/firmware"};
    static const char *const fixed[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        mount("dev/null", files[i], NULL, MS_BIND, NULL);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        mount("tmpfs", directories[i], "tmpfs", MS_RDONLY, NULL);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (mount(fixed[i], fixed[i], NULL, MS_BIND | MS_REC, NULL) == 0)
            mount(NULL, fixed[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
}

static int child(char **argv)
{
    for (char **cgroup = argv + 3; *cgroup; cgroup++)
        join(*cgroup);
    mounts(argv[1], argv + 3);
    conceal();
    must(syscall(SYS_pivot_root, ".", "."), "pivot");
    must(umount2(".", MNT_DETACH), "leave the old root");
    must(mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), "make / read-only");
    must(chdir("/"), "/");
    must(sethostname("bare", 4), "set the hostname");
    execl(argv[2], argv[2], (char *)NULL);
    must(-1, argv[2]);
    return 125;
}

struct clone_arguments {
    unsigned long long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
        set_tid_size, cgroup;
};

// A process to be made: in cgroup v2 where it belongs. To be asked for before the namespaces change.
static struct clone_arguments made_in(char **cgroups, unsigned long long flags)
{
    struct clone_arguments args = {.flags = flags, .exit_signal = SIGCHLD};
    for (; *cgroups; cgroups++)
        if (is_v2(*cgroups)) {
            args.flags |= 0x200000000ULL; // CLONE_INTO_CGROUP
            args.cgroup = open(*cgroups, O_PATH | O_DIRECTORY | O_CLOEXEC);
        }
    return args;
}

static int make_process(struct clone_arguments args)
{
    int pid = syscall(SYS_clone3, &args, sizeof args);
    must(pid, "make the process");
    return pid;
}

static int finish(int pid)
{
    int status;
    must(waitpid(pid, &status, 0), "wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int execute(char **argv)
{
    struct clone_arguments args = made_in(argv + 3, 0);
    for (char **cgroup = argv + 3; *cgroup; cgroup++)
        join(*cgroup);
    int process = syscall(SYS_pidfd_open, atoi(argv[1]), 0);
    must(process, "open the process");
    must(setns(process, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS), "join");
    int pid = make_process(args);
    if (pid == 0) {
        execl(argv[2], argv[2], (char *)NULL);
        must(-1, argv[2]);
    }
    return finish(pid);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 0;
    if (argv[1][0] != '/')
        return execute(argv);
    for (char **cgroup = argv + 3; *cgroup; cgroup++)
        make(*cgroup);
    int pid = make_process(
        made_in(argv + 3, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS));
    if (pid == 0)
        return child(argv);
    int status = finish(pid);
    for (char **cgroup = argv + 3; *cgroup; cgroup++)
        must(rmdir(*cgroup), *cgroup);
    return status;
}
