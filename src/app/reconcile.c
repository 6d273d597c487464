#include "app/reconcile.h"

#include <string.h>

#include "app/audit.h"
#include "app/freeze.h"
#include "app/reconcile_inside.h"
#include "app/webhook.h"
#include "base/check.h"
#include "store/customer.h"

enum { UNSEEN_PAGE = 100, EVENT_DAYS = 30 };

/* The phases in order: first what is there, then what is here and was not met there. */
static const struct phase {
    const char *name;
    enum payments_kind call; /* PAYMENTS_KIND_COUNT: none, `list` is walked */
    enum reconcile_list list;
    enum payments_kind read; /* of one object */
} phases[] = {
    {"events", PAYMENTS_EVENT_LIST, 0, PAYMENTS_KIND_COUNT},
    {"customers_there", PAYMENTS_CUSTOMER_LIST, 0, PAYMENTS_CUSTOMER_READ},
    {"subscriptions_there", PAYMENTS_SUBSCRIPTION_LIST, 0, PAYMENTS_SUBSCRIPTION_READ},
    {"invoices_there", PAYMENTS_INVOICE_LIST, 0, PAYMENTS_INVOICE_READ},
    {"charges_there", PAYMENTS_CHARGE_LIST, 0, PAYMENTS_CHARGE_READ},
    {"refunds_there", PAYMENTS_REFUND_LIST, 0, PAYMENTS_REFUND_READ},
    {"customers_here", PAYMENTS_KIND_COUNT, RECONCILE_CUSTOMERS, PAYMENTS_CUSTOMER_READ},
    {"subscriptions_here", PAYMENTS_KIND_COUNT, RECONCILE_SUBSCRIPTIONS,
     PAYMENTS_SUBSCRIPTION_READ},
    {"invoices_here", PAYMENTS_KIND_COUNT, RECONCILE_INVOICES, PAYMENTS_INVOICE_READ},
    {"charges_here", PAYMENTS_KIND_COUNT, RECONCILE_CHARGES, PAYMENTS_CHARGE_READ},
    {"refunds_here", PAYMENTS_KIND_COUNT, RECONCILE_REFUNDS, PAYMENTS_REFUND_READ},
};

static const struct phase *phase_of(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(phases); i++) {
        if (str_equal(name, str_from_cstr(phases[i].name))) {
            return &phases[i];
        }
    }
    return NULL;
}

/* --- names of objects --- */

static const struct {
    enum payments_kind read;
    const char *word;
} words[] = {
    {PAYMENTS_CUSTOMER_READ, "customer"}, {PAYMENTS_SUBSCRIPTION_READ, "subscription"},
    {PAYMENTS_INVOICE_READ, "invoice"},   {PAYMENTS_CHARGE_READ, "charge"},
    {PAYMENTS_REFUND_READ, "refund"},
};

struct str reconcile_word(int64_t kind) {
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if ((int64_t)words[i].read == kind) {
            return str_from_cstr(words[i].word);
        }
    }
    return STR("");
}

bool reconcile_read_call(struct tx *tx, const struct reconcile_object *object,
                         struct payments_call *ret_call) {
    struct str id = arena_str(tx->cx->arena, object->stripe_id);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_equal(object->object, str_from_cstr(words[i].word))) {
            *ret_call = (struct payments_call){
                .kind = words[i].read,
                .customer_id = id,
                .subscription_id = id,
                .invoice_id = id,
                .object_id = id,
            };
            return true;
        }
    }
    return false;
}

/* --- begins --- */

static struct err run_begin(struct command *command, struct tx *tx) {
    struct reconcile_start *start = (struct reconcile_start *)command;
    struct reconciliation_row open;
    struct customer_row customer;
    bool is_running = false;
    bool is_found = true;
    TRY(reconciliation_open(tx, &open, &is_running));
    if (start->only_user_id.len > 0) {
        TRY(customer_get(tx, start->only_user_id, &customer, &is_found));
    }
    if (is_running || !is_found) {
        command->outcome = is_running ? OUTCOME_RECONCILIATION_RUNNING : OUTCOME_CUSTOMER_NOT_FOUND;
        return OK;
    }
    int64_t now = cx_now_ms(tx->cx);
    int64_t last = 0;
    int64_t oldest = instant_add((struct instant){now}, duration_days(-EVENT_DAYS)).ms;
    TRY(reconciliation_last_started(tx, true, &last));
    /* A day before the last walk: what had happened then may not have been listed yet. */
    int64_t since = last == 0 ? 0 : instant_add((struct instant){last}, duration_days(-1)).ms;
    start->id = id_new(tx->cx, "reco");
    struct reconciliation_row row = {
        .id = start->id,
        .reason = str_from_cstr(start->reason),
        .only_user_id = start->only_user_id,
        .is_dry_run = start->is_dry_run,
        .status = STR("running"),
        .phase = str_from_cstr(phases[start->is_dry_run || start->only_user_id.len > 0].name),
        .events_since = since > oldest ? since : oldest,
        .started_at = now,
        .finished_at = ROW_NONE,
    };
    command->outcome = OUTCOME_CREATED;
    TRY(reconcile_forget(tx));
    return reconciliation_insert(tx, &row);
}

void reconcile_begin(struct app *app, struct reconcile_start *start) {
    start->command.run = run_begin;
    start->command.after = NULL;
    command_submit(app, &start->command);
}

static struct err run_cancel(struct command *command, struct tx *tx) {
    const struct command_of *cancel = (const struct command_of *)command;
    struct reconciliation_row run;
    bool is_found = false;
    TRY(reconciliation_get(tx, cancel->id, &run, &is_found));
    bool is_running = is_found && str_equal(run.status, STR("running"));
    command->outcome = !is_found     ? OUTCOME_RECONCILIATION_NOT_FOUND
                       : !is_running ? OUTCOME_RECONCILIATION_OVER
                                     : OUTCOME_DONE;
    if (!is_running) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = cancel->id});
    run.status = STR("cancelled");
    run.finished_at = cx_now_ms(tx->cx);
    TRY(reconcile_forget(tx));
    return reconciliation_replace(tx, &run);
}

void reconcile_cancel(struct app *app, struct command_of *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- what comes next --- */

/* Of one customer the lists are asked for by their id there; a record of their own is read. */
static struct err narrow(struct tx *tx, const struct reconciliation_row *run,
                         struct payments_call *call, bool *ret_has_call) {
    struct customer_row customer;
    bool is_found = false;
    *ret_has_call = true;
    if (run->only_user_id.len == 0) {
        return OK;
    }
    TRY(customer_get(tx, run->only_user_id, &customer, &is_found));
    call->customer_id = is_found ? customer.stripe_customer_id : STR("");
    if (call->kind == PAYMENTS_CUSTOMER_LIST) {
        call->kind = PAYMENTS_CUSTOMER_READ;
    }
    *ret_has_call = call->customer_id.len > 0;
    return OK;
}

struct err reconcile_next(struct tx *tx, struct reconcile_work *ret_work, bool *ret_is_running) {
    struct reconciliation_row run;
    struct reconcile_work work = {.user_id = STR("")};
    TRY(reconciliation_open(tx, &run, ret_is_running));
    if (!*ret_is_running) {
        return OK;
    }
    const struct phase *phase = phase_of(run.phase);
    check(phase != NULL);
    work.id = run.id;
    work.phase = run.phase;
    TRY(reconcile_next_suspect(tx, &work.suspect, &work.is_suspect));
    if (work.is_suspect) {
        work.user_id = work.suspect.user_id;
        work.has_call = reconcile_read_call(tx, &work.suspect, &work.call);
        check(work.has_call);
    } else if (phase->call != PAYMENTS_KIND_COUNT) {
        work.call = (struct payments_call){
            .kind = phase->call, .after = run.cursor, .at = run.events_since};
        TRY(narrow(tx, &run, &work.call, &work.has_call));
    }
    *ret_work = work;
    return OK;
}

/* --- one step --- */

static void go_on(struct reconciliation_row *run, int64_t now) {
    const struct phase *phase = phase_of(run->phase);
    bool is_last = phase == &phases[ARRAY_LEN(phases) - 1];
    run->cursor = STR("");
    if (!is_last) {
        run->phase = str_from_cstr(phase[1].name);
        return;
    }
    run->status = STR("done");
    run->finished_at = now;
}

/* What the walk found again counts; what it did not find any more has settled itself. */
static struct err conclude(struct tx *tx, struct reconciliation_row *run) {
    TRY(difference_settle_others(tx, id_str(&run->id), run->only_user_id));
    TRY(difference_count(tx, id_str(&run->id), "open", &run->left_over));
    bool is_clean = run->left_over == 0 && !run->is_dry_run && run->only_user_id.len == 0;
    struct freeze freeze;
    TRY(freeze_read(tx, &freeze));
    if (is_clean && freeze.is_frozen) {
        TRY(freeze_end(tx, STR("A reconciliation has left no difference")));
    }
    return reconcile_forget(tx);
}

static struct err suspect(struct tx *tx, struct str user_id, struct str stripe_id, int64_t read) {
    const struct reconcile_object object = {user_id, stripe_id, reconcile_word(read)};
    return reconcile_suspect(tx, &object);
}

static struct err examine(struct reconcile_step *step, struct tx *tx, const struct phase *phase,
                          const struct payments_answer *item) {
    struct comparison comparison;
    TRY(compare_object(step->command.app, tx, item, &comparison));
    if (!comparison.is_ours) {
        return OK;
    }
    TRY(reconcile_see(tx, comparison.user_id, comparison.stripe_id));
    return comparison.count == 0
               ? OK
               : suspect(tx, comparison.user_id, comparison.stripe_id, phase->read);
}

/* Events that never arrived wait beside those that did. */
static struct err take_events(struct tx *tx, const struct payments_answer *answer) {
    int64_t now = cx_now_ms(tx->cx);
    for (size_t i = 0; i < answer->event_count; i++) {
        const struct payments_event *event = &answer->events[i];
        bool is_new = false;
        struct webhook_row row = {
            .stripe_event_id = event->id,
            .type = event->type,
            .object_id = event->object_id,
            .body = event->body,
            .received_at = now,
            .status = STR("received"),
            .next_attempt_at = now,
            .finished_at = ROW_NONE,
        };
        TRY(webhook_insert(tx, &row, &is_new));
    }
    return OK;
}

static struct err take_page(struct reconcile_step *step, struct tx *tx,
                            struct reconciliation_row *run) {
    const struct payments_answer *answer = step->answer;
    const struct phase *phase = phase_of(run->phase);
    if (answer == NULL || answer->outcome == PAYMENTS_MISSING) {
        go_on(run, cx_now_ms(tx->cx)); /* of one customer, whom the provider does not know */
        return OK;
    }
    TRY(take_events(tx, answer));
    for (size_t i = 0; i < answer->item_count; i++) {
        TRY(examine(step, tx, phase, &answer->items[i]));
    }
    if (answer->has_customer) {
        TRY(examine(step, tx, phase, answer));
    }
    run->examined += (int64_t)answer->item_count + answer->has_customer;
    run->cursor = answer->next;
    if (!answer->has_more) {
        go_on(run, cx_now_ms(tx->cx));
    }
    return OK;
}

/* "user id": ids hold no blanks. */
static struct err take_unseen(struct tx *tx, struct reconciliation_row *run) {
    const struct phase *phase = phase_of(run->phase);
    struct str rest = run->cursor;
    struct str user_id = str_cut(&rest, ' ');
    const struct reconcile_unseen_query query = {phase->list, user_id, rest, run->only_user_id};
    struct row_list list;
    TRY(reconcile_unseen(tx, &query, UNSEEN_PAGE, &list));
    const struct reconcile_unseen *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(suspect(tx, rows[i].user_id, rows[i].stripe_id, phase->read));
    }
    run->examined += (int64_t)list.count;
    if (list.count < UNSEEN_PAGE) {
        go_on(run, cx_now_ms(tx->cx));
        return OK;
    }
    const struct reconcile_unseen *last = &rows[list.count - 1];
    run->cursor =
        arena_printf(tx->cx->arena, STR_FMT " " STR_FMT, STR_ARG(last->user_id), STR_ARG(last->id));
    return OK;
}

static struct err fail(const struct payments_answer *answer, struct tx *tx,
                       struct reconciliation_row *run) {
    run->status = STR("failed");
    run->finished_at = cx_now_ms(tx->cx);
    run->last_error =
        answer->message.len > 0 ? answer->message : STR("The payment provider refused.");
    return reconcile_forget(tx);
}

static struct err advance(struct reconcile_step *step, struct tx *tx,
                          struct reconciliation_row *run) {
    const struct payments_answer *answer = step->answer;
    bool is_refused =
        answer != NULL && answer->outcome != PAYMENTS_DONE && answer->outcome != PAYMENTS_MISSING;
    if (is_refused) {
        return fail(answer, tx, run);
    }
    if (step->work->is_suspect) {
        TRY(reconcile_judge(step, tx, run));
        return reconcile_clear_suspect(tx, &step->work->suspect);
    }
    bool is_there = phase_of(run->phase)->call != PAYMENTS_KIND_COUNT;
    TRY(is_there ? take_page(step, tx, run) : take_unseen(tx, run));
    return OK;
}

/* A walk is over only when the last suspect has been judged. */
static struct err run_step(struct command *command, struct tx *tx) {
    struct reconcile_step *step = (struct reconcile_step *)command;
    struct reconciliation_row run;
    bool is_running = false;
    step->is_settled = true;
    TRY(reconciliation_open(tx, &run, &is_running));
    if (!is_running || !str_equal(id_str(&run.id), id_str(&step->work->id))) {
        return OK; /* taken before */
    }
    if (step->answer != NULL && step->answer->outcome == PAYMENTS_UNKNOWN) {
        step->is_settled = false;
        return OK;
    }
    TRY(advance(step, tx, &run));
    if (str_equal(run.status, STR("done"))) {
        struct reconcile_object left;
        bool has_left = false;
        TRY(reconcile_next_suspect(tx, &left, &has_left));
        if (has_left) {
            run.status = STR("running"); /* the last phase finds nothing more, and ends it again */
            run.finished_at = ROW_NONE;
        } else {
            TRY(conclude(tx, &run));
        }
    }
    return reconciliation_replace(tx, &run);
}

static void after_step(struct command *command) {
    struct reconcile_step *step = (struct reconcile_step *)command;
    gate_update_publish(command->app, &step->gate_update);
}

void reconcile_take_step(struct app *app, struct reconcile_step *step) {
    step->gate_update.is_due = false;
    step->command.run = run_step;
    step->command.after = after_step;
    command_submit(app, &step->command);
}

/* --- questions --- */

struct err reconcile_daily_at(struct tx *tx, int64_t *ret_at) {
    bool has_any = false;
    int64_t last = 0;
    *ret_at = INT64_MAX;
    TRY(reconciliation_last_started(tx, false, &last));
    if (last == 0) {
        TRY(reconcile_has_any(tx, &has_any));
    }
    if (last > 0 || has_any) {
        *ret_at = last + duration_days(1).ms;
    }
    return OK;
}

struct err reconciliation_read(struct tx *tx, struct str id, struct reconciliation_row *ret_row,
                               bool *ret_found) {
    return reconciliation_get(tx, id, ret_row, ret_found);
}

struct err reconciliations_read(struct tx *tx, struct str before, size_t max,
                                struct row_list *ret_list) {
    return reconciliation_page(tx, before, max, ret_list);
}

struct err differences_read(struct tx *tx, const struct difference_filter *filter, size_t max,
                            struct row_list *ret_list) {
    return difference_page(tx, filter, max, ret_list);
}
