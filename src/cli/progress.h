/* How far a long reading has come, on standard error: on a terminal one line that is written over,
 * elsewhere a line every few seconds. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/command.h"

enum { PROGRESS_TERMINAL_MS = 250, PROGRESS_OTHER_MS = 5000 };

struct progress {
    struct cli *cli;
    uint64_t start_ns, next_ns;
    bool is_shown; /* a line stands on the terminal */
};

struct progress progress_start(struct cli *cli);
/* Shows `done` of `total` bytes and `lines` when it is time to. */
void progress_step(struct progress *progress, uint64_t done, uint64_t total, uint64_t lines);
/* Wipes the line away. Milliseconds since the start. */
int64_t progress_end(struct progress *progress);

#endif
