// The one C file: Swift has no macro with a value, and Package.swift passes the commit as one.
#include "CBuild.h"

const char *const apus_build_commit = APUS_COMMIT;
const char *const apus_build_time = __DATE__ " " __TIME__;
