#include "cli/progress.h"

#include <inttypes.h>

#include "base/int128.h"

#define NS_PER_MS UINT64_C(1000000)

static uint64_t interval_ns(const struct progress *progress) {
    return NS_PER_MS * (progress->cli->err_is_terminal ? PROGRESS_TERMINAL_MS : PROGRESS_OTHER_MS);
}

static uint64_t now_ns(const struct progress *progress) {
    struct env *env = progress->cli->cx->env;
    return env->mono_ns(env);
}

struct progress progress_start(struct cli *cli) {
    struct progress progress = {.cli = cli};
    progress.start_ns = now_ns(&progress);
    progress.next_ns = progress.start_ns + interval_ns(&progress);
    return progress;
}

/* a * b / c, through 128 bits: nanoseconds times bytes pass 64. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c) {
    return c == 0 ? 0 : (uint64_t)((u128)a * b / c);
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total, uint64_t lines) {
    uint64_t now = now_ns(progress);
    if (now < progress->next_ns) {
        return;
    }
    progress->next_ns = now + interval_ns(progress);
    uint64_t elapsed = now - progress->start_ns;
    struct cli *cli = progress->cli;
    (void)fprintf(cli->err, "%s%" PRIu64 " %%, %" PRIu64 " lines/s, about %" PRIu64 " s left%s",
                  cli->err_is_terminal ? "\r" : "turnpike: ", scale(done, 100, total),
                  scale(lines, 1000 * NS_PER_MS, elapsed),
                  scale(elapsed, total - done, done) / (1000 * NS_PER_MS),
                  cli->err_is_terminal ? "\x1b[K" : "\n");
    (void)fflush(cli->err);
    progress->is_shown = true;
}

int64_t progress_end(struct progress *progress) {
    if (progress->is_shown && progress->cli->err_is_terminal) {
        (void)fputs("\r\x1b[K", progress->cli->err);
    }
    progress->is_shown = false;
    return (int64_t)((now_ns(progress) - progress->start_ns) / NS_PER_MS);
}
