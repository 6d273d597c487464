/* Commands on their way through the writer: what the writer knows as a write, the use cases know as
 * a command with an outcome. */
#include "app/app.h"

#include <stddef.h>
#include <string.h>

#include "app/actor.h"
#include "app/audit.h"
#include "app/failure.h"
#include "app/revenue.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "base/log.h"
#include "store/keyring.h"
#include "store/touched.h"

static struct command *command_of(struct write *write) {
    return (struct command *)write; /* the first member */
}

/* What only counts, which is most of what is written, is told by the journal. */
static bool is_evident(const struct command *command) {
    return command->act != NULL || command->write.class == WRITE_COMMAND;
}

static struct err run(struct write *write, struct cx *cx, struct db *db) {
    struct command *command = command_of(write);
    struct audit audit = {.app = command->app, .act = command->act};
    struct touched touched = {.users = NULL};
    struct tx tx = {.cx = cx,
                    .db = db,
                    .keyring = command->app->writer_keys,
                    .audit = is_evident(command) ? &audit : NULL,
                    .touched = &touched};
    struct limit_told_lists told = command->app->told;
    command->outcome = OUTCOME_DONE;
    struct err err = command->run(command, &tx);
    err = err_failed(err) ? err : revenue_settle(command->app, &tx);
    err = err_failed(err) ? err : audit_conclude(&tx, command->outcome);
    if (!err_failed(err) && arena_failed(cx->arena)) {
        err = ERR(ERR_NO_MEMORY); /* a text in a row may be cut short */
    }
    if (err_failed(err)) {
        command->app->told = told; /* its rows go, and what they said with them */
        keyring_undo(command->app->writer_keys);
    }
    command->has_rows = db_has_written(db);
    usage_group_end_work(command->app, !err_failed(err));
    return err;
}

static void after(struct write *write) {
    struct command *command = command_of(write);
    if (command->after != NULL) {
        command->after(command);
    }
}

/* Where memory or room ran out, or a lock is held, nothing is wrong with the use case. */
static enum outcome outcome_of(const struct write *write) {
    switch (write->err.code) {
    case ERR_DISK_FULL:
        return OUTCOME_STORE_FULL;
    case ERR_BUSY:
        return OUTCOME_STORE_BUSY;
    case ERR_NO_MEMORY:
        return OUTCOME_STORE_FAILED;
    case ERR_NONE:
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_NETWORK:
    case ERR_TIMEOUT:
    case ERR_FORMAT:
    case ERR_TOO_LARGE:
    case ERR_PERMISSION:
    case ERR_VERSION:
        break;
    }
    return write->is_own_failure ? OUTCOME_INTERNAL : OUTCOME_STORE_FAILED;
}

/* What failed for a reason of its own needs a person who mends it. */
static void report(struct command *command) {
    const struct write *write = &command->write;
    bool is_own = command->outcome == OUTCOME_INTERNAL;
    struct str request = command->act == NULL ? STR("") : command->act->actor.request_id;
    log_event(command->app->env, LOG_ERROR, is_own ? "command.failed" : "store.write_failed",
              "request=" STR_FMT " err=%s at=%s:%d detail=\"%s\"", STR_ARG(request),
              err_name(write->err.code), write->err.file, write->err.line, write->detail);
    if (is_own) {
        failure_tell(command->app, write->err);
    }
}

/* The command is its owner's again, who may have forgotten it when this returns. */
static void hand_back(struct command *command) {
    struct env *env = command->app->env;
    struct act *act = command->act;
    command->done(command);
    env_free(env, act);
}

static void done(struct write *write) {
    struct command *command = command_of(write);
    if (err_failed(write->err)) {
        command->outcome = outcome_of(write);
        report(command);
    }
    /* Events and takes that only count, which most do, leave nothing to do behind them;
     * nor does what failed, or a job that tries again would do so without end. */
    bool may_be_news = write->class == WRITE_COMMAND || command->has_rows;
    command->app->has_news |= may_be_news && !err_failed(write->err);
    hand_back(command);
}

/* Outside of the command's savepoint: what others have counted stands, whatever becomes of it. */
static struct err settle(struct write *write, struct cx *cx, struct db *db) {
    struct tx tx = {.cx = cx, .db = db, .keyring = command_of(write)->app->writer_keys};
    return usage_totals_settle(command_of(write)->app, &tx, command_of(write));
}

void *command_room(struct arena *arena, size_t size) {
    enum { TEXT = offsetof(struct write, detail) };
    check(size >= sizeof(struct write));
    char *memory = arena_room(arena, size);
    if (memory != NULL) {
        memset(memory, 0, TEXT);
        memset(memory + sizeof(struct write), 0, size - sizeof(struct write));
    }
    return memory;
}

/* What the write is to be; all but the text of a failure, which the writer begins. */
static void prepare(struct command *command, enum write_class class, size_t weight) {
    struct write *write = &command->write;
    memset(write, 0, offsetof(struct write, detail));
    write->run = run;
    write->after = after;
    write->done = done;
    write->class = class;
    write->weight = weight;
}

/* What is done in somebody's name is not done without it. */
static struct err take_act(struct app *app, struct command *command) {
    command->act = app->acting == NULL ? NULL : act_copy(app->env, app->acting);
    return app->acting != NULL && command->act == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

static void submit(struct app *app, struct command *command) {
    command->app = app;
    command->has_rows = false;
    struct err err = take_act(app, command);
    err = err_failed(err) ? err : writer_submit(app->writer, &command->write);
    if (err.code == ERR_BUSY) { /* not an error of the store: counted, and no line in the log */
        command->write.err = err;
        command->outcome = OUTCOME_STORE_BUSY;
        hand_back(command);
    } else if (err_failed(err)) {
        command->write.err = err;
        done(&command->write);
    }
}

void command_submit(struct app *app, struct command *command) {
    command_submit_with(app, command, COMMAND_TOTALS_ALL, STR(""));
}

void command_submit_with(struct app *app, struct command *command, enum command_totals totals,
                         struct str customer) {
    command->totals = totals;
    command->customer = customer;
    prepare(command, WRITE_COMMAND, 1);
    command->write.before = settle;
    submit(app, command);
}

void command_submit_decision(struct app *app, struct command *command, size_t weight) {
    prepare(command, WRITE_DECISION, weight);
    submit(app, command);
}

void command_submit_events(struct app *app, struct command *command, size_t weight, uint64_t lane) {
    prepare(command, WRITE_EVENTS, weight);
    command->write.lane = lane;
    submit(app, command);
}

struct tx app_read(struct app *app, struct cx *cx) {
    return (struct tx){.cx = cx, .db = app->reader, .keyring = app->reader_keys};
}

struct instant app_now(const struct app *app) {
    return (struct instant){app->env->wall_ms(app->env)};
}
