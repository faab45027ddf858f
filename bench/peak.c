// Runs a program without its output and prints the most memory, in KiB, that it or anything that
// it waited for has held. A static program this small adds nothing of its own.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv)
{
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (argc < 2 || posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ) != 0)
        return 125;
    struct rusage usage;
    int status;
    if (wait4(pid, &status, 0, &usage) < 0 || status != 0)
        return 124;
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
