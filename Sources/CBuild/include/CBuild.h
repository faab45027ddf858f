#pragma once
// What is known only when the programs are built.

extern const char *const apus_build_commit;
extern const char *const apus_build_time;
