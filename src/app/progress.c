#include "app/progress.h"

#include "app/app.h"

#define NS_PER_MS 1000000

void progress_begin(struct progress *progress, const struct app *app, const struct record_id *id) {
    *progress = (struct progress){.id = *id, .begun_ns = app->env->mono_ns(app->env)};
}

void progress_tell(struct progress *progress, int64_t done, int64_t total) {
    progress->done = done;
    progress->total = total;
}

bool progress_of(const struct progress *progress, const struct app *app, struct str id,
                 int64_t *ret_percent, struct instant *ret_done_at) {
    bool is_it = progress->done > 0 && str_equal(id_str(&progress->id), id);
    if (is_it) {
        uint64_t passed_ns = app->env->mono_ns(app->env) - progress->begun_ns;
        int64_t passed_ms = (int64_t)(passed_ns / NS_PER_MS);
        int64_t left_ms = passed_ms * (progress->total - progress->done) / progress->done;
        *ret_percent = progress->done * 100 / progress->total;
        *ret_done_at = (struct instant){app_now(app).ms + left_ms};
    }
    return is_it;
}
