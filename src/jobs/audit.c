/* Sends checkpoints of the audit log to their sinks, one at a time and the one that has waited
 * longest first. One that was on its way when the program ended is found by its row, and goes
 * again: what arrives twice is the same. */
#include "app/audit_log.h"

#include "base/check.h"
#include "base/log.h"
#include "jobs/inside.h"

enum { MEMORY_MAX = 256 * 1024, TIMEOUT_MS = 15 * 1000 };

struct audit_shipping {
    struct audit_shipped shipped; /* first: the command hands it back */
    struct jobs *jobs;
    struct arena arena; /* of the row and the note */
    struct str note;
    struct str header;
    struct env_http_request request;
    bool is_busy;
};

static void settled(struct command *command) {
    struct audit_shipping *self = (struct audit_shipping *)command;
    if (err_failed(command->write.err)) {
        log_event(self->jobs->app->env, LOG_ERROR, "audit.shipment_unnoted", "err=%s",
                  err_name(command->write.err.code));
    }
    arena_finish(&self->arena);
    self->is_busy = false;
    self->jobs->is_stirred = true;
}

static void settle(struct audit_shipping *self, struct str error) {
    if (error.len > 0) {
        log_event(self->jobs->app->env, LOG_WARNING, "audit.not_shipped",
                  "size=%lld attempts=%lld error=\"" STR_FMT "\"",
                  (long long)self->shipped.row.size, (long long)self->shipped.row.attempts + 1,
                  STR_ARG(error));
    }
    self->shipped.error = error;
    self->shipped.command.done = settled;
    audit_shipment_settle(self->jobs->app, &self->shipped);
}

static struct str failure(struct err err) {
    return err_failed(err) ? str_from_cstr(err_name(err.code)) : STR("");
}

/* At the end of the file: a note, and an empty line behind it. */
static struct err append(struct audit_shipping *self, const char *path) {
    struct env *env = self->jobs->app->env;
    struct str text = arena_printf(&self->arena, STR_FMT "\n", STR_ARG(self->note));
    struct env_file *file = NULL;
    uint64_t size = 0;
    TRY(env->files.open(env, path, ENV_READ_WRITE, &file));
    struct err err = env->files.size(file, &size);
    err = err_failed(err) ? err : env->files.write(file, size, text.bytes, text.len);
    err = err_failed(err) ? err : env->files.sync(file);
    env->files.close(file);
    return err;
}

static void answered(void *context, const struct env_http_answer *answer) {
    struct audit_shipping *self = context;
    if (err_failed(answer->err)) {
        settle(self, failure(answer->err));
    } else if (answer->status < 200 || answer->status > 299) {
        settle(self, arena_printf(&self->arena, "it answered %d", answer->status));
    } else {
        settle(self, STR(""));
    }
}

static void post(struct audit_shipping *self) {
    struct env *env = self->jobs->app->env;
    self->header = STR("Content-Type: text/plain; charset=utf-8");
    self->request = (struct env_http_request){
        .method = STR("POST"),
        .url = self->shipped.row.sink,
        .headers = &self->header,
        .header_count = 1,
        .body = self->note,
        .timeout_ms = TIMEOUT_MS,
    };
    env->http_send(env, &self->request, answered, self);
}

static void send(struct audit_shipping *self) {
    struct str sink = self->shipped.row.sink;
    if (str_starts_with(sink, STR("file:"))) {
        const char *path = arena_cstr(&self->arena, str_skip(sink, STR("file:").len));
        settle(self, failure(append(self, path)));
    } else if (str_equal(sink, STR("syslog:"))) {
        if (self->jobs->options.syslog != NULL) {
            self->jobs->options.syslog(self->note);
        }
        settle(self, STR(""));
    } else {
        post(self);
    }
}

void audit_worker_poke(struct jobs *jobs) {
    struct audit_shipping *self = jobs->audit;
    struct cx cx;
    bool is_found = false;
    if (self->is_busy) {
        return;
    }
    arena_init(&self->arena, jobs->app->env, MEMORY_MAX);
    cx_init(&cx, jobs->app->env, &self->arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err =
        audit_shipment_read(&tx, app_now(jobs->app), &self->shipped.row, &self->note, &is_found);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "audit.unreadable", "err=%s detail=\"%s\"",
                  err_name(err.code), cx.detail);
    }
    if (err_failed(err) || !is_found) {
        arena_finish(&self->arena);
        return;
    }
    self->is_busy = true;
    send(self);
}

int64_t audit_worker_next_due_ms(struct jobs *jobs) {
    struct arena arena;
    struct cx cx;
    struct instant at = INSTANT_MAX;
    arena_init(&arena, jobs->app->env, MEMORY_MAX);
    cx_init(&cx, jobs->app->env, &arena);
    struct tx tx = app_read(jobs->app, &cx);
    struct err err = audit_shipment_due_at(&tx, &at);
    if (err_failed(err)) {
        log_event(jobs->app->env, LOG_ERROR, "audit.unreadable", "err=%s", err_name(err.code));
    }
    arena_finish(&arena);
    return at.ms;
}

bool audit_worker_is_busy(const struct jobs *jobs) {
    return jobs->audit->is_busy;
}

struct err audit_worker_create(struct jobs *jobs) {
    jobs->audit = env_alloc(jobs->app->env, sizeof *jobs->audit);
    if (jobs->audit == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *jobs->audit = (struct audit_shipping){.jobs = jobs};
    return OK;
}

void audit_worker_destroy(struct jobs *jobs) {
    if (jobs->audit != NULL && jobs->audit->is_busy) {
        arena_finish(&jobs->audit->arena);
    }
    env_free(jobs->app->env, jobs->audit);
}
