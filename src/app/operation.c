/* Starting and joining operations, and waiting for their end. */
#include "app/operation.h"

#include <string.h>

#include "app/audit.h"
#include "app/consent.h"
#include "app/freeze.h"
#include "app/money_back_approval.h"
#include "app/operation_start.h"
#include "app/parking.h"
#include "base/check.h"
#include "store/operation.h"

/* How long a request waits for the provider before it is told to come back. */
#define WAIT_NS (UINT64_C(25) * 1000 * 1000 * 1000)

/* --- waiters, on the loop's thread --- */

struct operation_waiter {
    struct operation_command *first;
};

struct err operation_waiters_create(struct app *app) {
    app->waiters = env_alloc(app->env, sizeof *app->waiters);
    if (app->waiters == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    app->waiters->first = NULL;
    return OK;
}

void operation_waiters_destroy(struct app *app) {
    env_free(app->env, app->waiters);
    app->waiters = NULL;
}

static void wait_for(struct app *app, struct operation_command *command) {
    command->wait_until_ns = app->env->mono_ns(app->env) + WAIT_NS;
    command->next_waiter = app->waiters->first;
    app->waiters->first = command;
}

/* Takes out every waiter that `matches`, and finishes it. */
static void finish_matching(struct app *app,
                            bool (*matches)(const struct operation_command *, const void *),
                            const void *with, void (*finish)(struct operation_command *)) {
    struct operation_command **at = &app->waiters->first;
    while (*at != NULL) {
        struct operation_command *command = *at;
        if (!matches(command, with)) {
            at = &command->next_waiter;
            continue;
        }
        *at = command->next_waiter;
        finish(command);
        at = &app->waiters->first; /* `finish` may have started or forgotten others */
    }
}

static bool is_over_time(const struct operation_command *command, const void *with) {
    return command->wait_until_ns <= *(const uint64_t *)with;
}

static void finish_pending(struct operation_command *command) {
    command->result = (struct operation_result){.outcome = OUTCOME_PAYMENT_PENDING};
    command->finished(command);
}

void operation_expire_waiters(struct app *app, uint64_t now_ns) {
    finish_matching(app, is_over_time, &now_ns, finish_pending);
}

static bool is_for(const struct operation_command *command, const void *with) {
    return str_equal(id_str(&command->operation_id), *(const struct str *)with);
}

/* Reads the result from the last commit. */
static void finish_ended(struct operation_command *command) {
    struct app *app = command->command.app;
    struct cx cx;
    struct operation_row row;
    bool is_found = false;
    cx_init(&cx, app->env, command->arena);
    struct tx tx = app_read(app, &cx);
    struct err err = operation_get(&tx, command->request.user_id, id_str(&command->operation_id),
                                   &row, &is_found);
    if (!err_failed(err) && is_found && row.status != OPERATION_PENDING) {
        err = operation_result_read(&cx, command->arena, &row, &command->result);
    }
    if (err_failed(err) || !is_found) {
        command->result = (struct operation_result){.outcome = OUTCOME_STORE_FAILED};
    }
    command->finished(command);
}

void operation_ended(struct app *app, struct str operation_id) {
    finish_matching(app, is_for, &operation_id, finish_ended);
}

/* --- the use case --- */

static struct err join(struct operation_command *command, struct tx *tx,
                       const struct operation_row *row) {
    command->operation_id = row->id;
    if (row->status == OPERATION_PENDING) {
        command->result.outcome = OUTCOME_PAYMENT_PENDING; /* `done` waits for it */
        return OK;
    }
    return operation_result_read(tx->cx, command->arena, row, &command->result);
}

/* The operation that this Idempotency-Key has started before. */
static struct err join_by_key(struct operation_command *command, struct tx *tx,
                              bool *ret_is_joined) {
    const struct operation_request *request = &command->request;
    struct idempotency_row key;
    *ret_is_joined = false;
    if (request->idempotency_key.len == 0) {
        return OK;
    }
    TRY(idempotency_get(tx, request->user_id, request->idempotency_key, &key, ret_is_joined));
    if (!*ret_is_joined) {
        return OK;
    }
    if (!str_equal(key.request_hash, operation_request_hash(tx->cx, request))) {
        command->result.outcome = OUTCOME_IDEMPOTENCY_MISMATCH;
        return OK;
    }
    struct operation_row row;
    bool is_found = false;
    TRY(operation_get(tx, request->user_id, id_str(&key.operation_id), &row, &is_found));
    check(is_found); /* both were written by one transaction */
    return join(command, tx, &row);
}

static struct err remember_key(const struct operation_command *command, struct tx *tx) {
    const struct operation_request *request = &command->request;
    if (request->idempotency_key.len == 0) {
        return OK;
    }
    struct idempotency_row row = {
        .request_hash = operation_request_hash(tx->cx, request),
        .operation_id = command->operation_id,
    };
    return idempotency_insert(tx, request->user_id, request->idempotency_key, &row);
}

static struct err begin(struct operation_command *command, struct tx *tx,
                        const struct operation_plan *plan, const struct consent_given *given) {
    struct app *app = command->command.app;
    struct operation_begun begun;
    TRY(operation_begin(app, tx, command->request.user_id, plan, &begun));
    command->operation_id = begun.row.id;
    command->result.outcome = OUTCOME_PAYMENT_PENDING;
    TRY(consent_keep(tx, given, &begun));
    TRY(remember_key(command, tx));
    if (begun.is_complete) {
        command->result.outcome = OUTCOME_DONE;
        return operation_conclude(app, tx, &begun.row, plan, &command->result);
    }
    return OK;
}

static bool may_charge(enum operation_kind kind) {
    return kind == OPERATION_SUBSCRIBE || kind == OPERATION_CHANGE ||
           kind == OPERATION_INVOICE_PAY || kind == OPERATION_CORRECTION ||
           kind == OPERATION_PAUSE_END;
}

/* What could not leave is not begun: nobody waits for it, and nothing is decided on old rows. */
static struct err may_begin(const struct operation_command *command, struct tx *tx,
                            enum outcome *ret_outcome) {
    struct freeze freeze;
    bool is_parked = false;
    TRY(freeze_read(tx, &freeze));
    if (may_charge(command->request.kind)) {
        TRY(parking_is_parked(tx, command->request.user_id, &is_parked));
    }
    *ret_outcome = freeze.is_frozen ? OUTCOME_CHARGING_FROZEN
                   : is_parked      ? OUTCOME_CUSTOMER_PARKED
                                    : OUTCOME_DONE;
    return OK;
}

/* What its request has come to before: an operation, or an approval that waits or was decided. */
static struct err join_any(struct operation_command *command, struct tx *tx, bool *ret_is_joined) {
    struct approval_row approval;
    TRY(join_by_key(command, tx, ret_is_joined));
    if (*ret_is_joined || !money_back_is_asked(command->request.kind)) {
        return OK;
    }
    struct approval_request asked = money_back_request(tx->cx, &command->request);
    TRY(approval_asked_before(tx, &asked, &approval, ret_is_joined));
    if (*ret_is_joined) {
        command->result.outcome = asked.outcome;
        command->result.approval_id = arena_str(command->arena, id_str(&approval.id));
    }
    return OK;
}

/* Instead of beginning, a second person is asked, where one is needed. */
static struct err ask_second(struct operation_command *command, struct tx *tx,
                             const struct operation_plan *plan, bool *ret_is_asked) {
    struct app *app = command->command.app;
    struct approval_row approval;
    *ret_is_asked = false;
    if (!money_back_is_asked(command->request.kind)) {
        return OK;
    }
    TRY(money_back_needs_approval(app, tx, &command->request, plan, ret_is_asked));
    if (!*ret_is_asked) {
        return OK;
    }
    struct approval_request request = money_back_request(tx->cx, &command->request);
    TRY(approval_request(app, tx, &request, &approval));
    command->result.outcome = request.outcome;
    command->result.approval_id = arena_str(command->arena, id_str(&approval.id));
    return OK;
}

/* All but joining; what was agreed to asks nobody again. */
static struct err start(struct operation_command *command, struct tx *tx, bool is_agreed) {
    struct app *app = command->command.app;
    struct operation_row open;
    struct operation_plan plan;
    struct consent_given given;
    bool has_open = false;
    bool is_asked = false;
    TRY(operation_open(tx, command->request.user_id, &open, &has_open));
    if (has_open) {
        command->result.outcome = OUTCOME_OPERATION_IN_PROGRESS;
        return OK;
    }
    TRY(may_begin(command, tx, &command->result.outcome));
    if (command->result.outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(operation_decide(app, tx, &command->request, &plan, &command->result.outcome));
    if (command->result.outcome == OUTCOME_DONE) {
        TRY(consent_check(app, tx, &command->request, &plan, &given));
        command->result.outcome = given.outcome;
    }
    if (command->result.outcome != OUTCOME_DONE) {
        return OK;
    }
    if (!is_agreed) {
        TRY(ask_second(command, tx, &plan, &is_asked));
    }
    return is_asked ? OK : begin(command, tx, &plan, &given);
}

struct err operation_begin_agreed(struct app *app, struct tx *tx,
                                  const struct operation_request *request,
                                  struct str *ret_operation_id, enum outcome *ret_outcome) {
    struct operation_command command = {
        .command = {.app = app},
        .arena = tx->cx->arena,
        .request = *request,
        .result = {.outcome = OUTCOME_DONE},
    };
    TRY(start(&command, tx, true));
    bool has_begun = command.operation_id.text[0] != '\0';
    *ret_outcome = has_begun ? OUTCOME_DONE : command.result.outcome;
    *ret_operation_id = arena_str(tx->cx->arena, id_str(&command.operation_id));
    return OK;
}

static struct err decide(struct operation_command *command, struct tx *tx) {
    bool is_joined = false;
    command->result = (struct operation_result){.outcome = OUTCOME_DONE};
    TRY(join_any(command, tx, &is_joined));
    return is_joined ? OK : start(command, tx, false);
}

/* What it came to so far is what the audit log says: a pending payment is one that has begun. */
static struct err run(struct command *base, struct tx *tx) {
    struct operation_command *command = (struct operation_command *)base;
    TRY(decide(command, tx));
    audit_say(tx, &(struct audit_said){.customer = command->request.user_id,
                                       .object = id_str(&command->operation_id),
                                       .reason = command->request.reason});
    base->outcome = command->result.outcome;
    return OK;
}

static void done(struct command *base) {
    struct operation_command *command = (struct operation_command *)base;
    if (err_failed(base->write.err)) {
        command->result = (struct operation_result){.outcome = base->outcome};
    }
    if (command->result.outcome == OUTCOME_PAYMENT_PENDING) {
        wait_for(base->app, command);
        return;
    }
    command->finished(command);
}

void operation_start(struct app *app, struct operation_command *command) {
    command->command.run = run;
    command->command.after = NULL;
    command->command.done = done;
    command_submit(app, &command->command);
}
