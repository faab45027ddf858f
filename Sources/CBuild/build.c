// The one C file: Swift has no macro with a value, and Package.swift passes the commit as one; and
// Embedded Swift has no command line.
#include "CBuild.h"

const char *const apus_build_commit = APUS_COMMIT;
const char *const apus_build_time = __DATE__ " " __TIME__;

static int count;
static char **words;

// glibc hands main's arguments to what runs before it.
__attribute__((constructor)) static void keep_arguments(int argc, char **argv) {
    count = argc;
    words = argv;
}

int apus_argc(void) { return count; }
char **apus_argv(void) { return words; }
