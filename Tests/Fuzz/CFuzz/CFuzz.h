#pragma once
// libFuzzer's own main(), under another name: SwiftPM has its ideas about who defines main.

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*callback)(const unsigned char *, unsigned long));
