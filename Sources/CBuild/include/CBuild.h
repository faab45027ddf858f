#pragma once
// What is known only when the programs are built, and what only the C library's start tells them.

extern const char *const apus_build_commit;
extern const char *const apus_build_time;

// The command line, as main has it.
int apus_argc(void);
char **apus_argv(void);
