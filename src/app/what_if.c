#include "app/what_if.h"

#include <stdio.h>
#include <string.h>

#include "app/audit.h"
#include "app/catalogue_shape.h"
#include "base/check.h"
#include "base/rfc3339.h"
#include "store/price_change.h"

/* Customers in a transaction, which others wait for; rows of earlier runs beside them. */
enum { LOOKED_AT_ONCE = 16, FORGOTTEN_AT_ONCE = 200 };

/* --- the candidate --- */

static struct err lay_change(struct app *app, struct tx *tx, const struct what_if_row *row,
                             struct catalogue *laid, enum outcome *ret_outcome) {
    struct price_change_row change;
    bool is_found = false;
    TRY(price_change_get(tx, row->change_id, &change, &is_found));
    *ret_outcome = is_found ? OUTCOME_DONE : OUTCOME_PRICE_CHANGE_NOT_FOUND;
    if (!is_found) {
        return OK;
    }
    struct price_change moves = {.tier = (enum tier)change.tier, .to = (int32_t)change.to};
    struct str rest = change.from;
    int64_t version = 0;
    while (rest.len > 0 && moves.from_count < PRICE_CHANGE_VERSIONS_MAX &&
           str_to_i64(str_cut(&rest, ' '), &version)) {
        moves.from[moves.from_count++] = (int32_t)version;
    }
    what_if_lay_change(app->catalogue, &moves, laid);
    return OK;
}

static struct err lay_candidate(struct app *app, struct tx *tx, const struct what_if_row *row,
                                struct catalogue *laid, enum outcome *ret_outcome) {
    struct catalogue *candidate = ARENA_NEW(tx->cx->arena, struct catalogue);
    const struct plan *missing = NULL;
    if (candidate == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    struct err err = catalogue_read(tx->cx, "candidate", row->catalogue, candidate);
    if (err.code == ERR_FORMAT || err.code == ERR_TOO_LARGE) {
        *ret_outcome = OUTCOME_WHAT_IF_CATALOGUE; /* the cx says why */
        return OK;
    }
    TRY(err);
    switch (what_if_lay(app->catalogue, candidate, (enum what_if_holders)row->holders, laid,
                        &missing)) {
    case WHAT_IF_FITS:
        *ret_outcome = OUTCOME_DONE;
        break;
    case WHAT_IF_CURRENCY:
        *ret_outcome = OUTCOME_WHAT_IF_CURRENCY;
        snprintf(tx->cx->detail, sizeof tx->cx->detail, "candidate: /currency: expected %s, not %s",
                 app->catalogue->currency.code, candidate->currency.code);
        break;
    case WHAT_IF_PLAN_MISSING:
        *ret_outcome = OUTCOME_WHAT_IF_PLAN_MISSING;
        snprintf(tx->cx->detail, sizeof tx->cx->detail,
                 "candidate: /plans: expected version %d of %s, which is in force",
                 (int)missing->version, tier_name(missing->tier));
        break;
    }
    return OK;
}

struct err what_if_laid(struct app *app, struct tx *tx, const struct what_if_row *row,
                        struct catalogue **ret_laid, enum outcome *ret_outcome) {
    struct catalogue *laid = ARENA_NEW(tx->cx->arena, struct catalogue);
    if (laid == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *ret_laid = laid;
    return row->change_id.len > 0 ? lay_change(app, tx, row, laid, ret_outcome)
                                  : lay_candidate(app, tx, row, laid, ret_outcome);
}

/* --- beginning --- */

/* Closed months end with the month before this one (UTC). */
static void set_span(struct tx *tx, struct what_if_row *row) {
    enum { MONTH_LENGTH = 7 /* "2026-03" */ };
    char text[RFC3339_SIZE];
    rfc3339_format(row->created_at, text);
    struct str first = arena_printf(tx->cx->arena, "%.*s-01T00:00:00Z", (int)MONTH_LENGTH, text);
    bool is_read = rfc3339_parse(first, &row->until);
    check(is_read);
    row->from = instant_add_months((struct instant){row->until}, -row->months).ms;
}

static struct err insert(struct tx *tx, struct what_if_row *row) {
    row->id = id_new(tx->cx, "what");
    row->status = WHAT_IF_RUNNING;
    row->user_cursor = STR("");
    row->looked_at = row->lines = row->kept = 0;
    row->created_by = audit_actor_id(tx);
    row->created_at = cx_now_ms(tx->cx);
    row->finished_at = ROW_NONE;
    set_span(tx, row);
    TRY(what_if_total(tx, &row->total));
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, id_str(&row->id)),
                                       .after = AUDIT_FACTS(tx->cx,
                                                            AUDIT_TEXT("changeId", row->change_id),
                                                            AUDIT_WHOLE("months", row->months))});
    TRY(what_if_put(tx, row));
    return what_if_supersede(tx, id_str(&row->id));
}

static struct err run_begin(struct command *command, struct tx *tx) {
    struct what_if_begin *begin = (struct what_if_begin *)command;
    struct what_if_row running;
    struct catalogue *laid = NULL;
    bool is_busy = false;
    begin->detail[0] = '\0';
    TRY(what_if_running(tx, &running, &is_busy));
    if (is_busy) {
        command->outcome = OUTCOME_WHAT_IF_BUSY;
        return OK;
    }
    TRY(what_if_laid(command->app, tx, &begin->row, &laid, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        snprintf(begin->detail, sizeof begin->detail, "%s", tx->cx->detail);
        return OK;
    }
    command->outcome = OUTCOME_CREATED;
    return insert(tx, &begin->row);
}

void what_if_begin(struct app *app, struct what_if_begin *begin) {
    begin->command.run = run_begin;
    begin->command.after = NULL;
    command_submit(app, &begin->command);
}

/* --- turns --- */

static struct err end(struct tx *tx, struct what_if_row *run, enum what_if_status status) {
    run->status = (int)status;
    run->finished_at = cx_now_ms(tx->cx);
    return what_if_put(tx, run);
}

static struct err look_at(struct app *app, struct tx *tx, struct what_if_row *run,
                          struct catalogue *laid, struct str user_id) {
    struct what_if_customer_row customer = {
        .user_id = user_id,
        .run_id = id_str(&run->id),
        .tier = TIER_FREE,
        .side = WHAT_IF_SAME,
        .currency = str_from_cstr(app->catalogue->currency.code),
        .hits = STR(""),
    };
    bool is_told = false;
    TRY(what_if_customer(app, tx, &(struct what_if_trial){run, laid}, &customer, &is_told));
    run->lines += customer.lines;
    run->kept += customer.kept;
    return is_told ? what_if_customer_put(tx, &customer) : OK;
}

static struct err run_step(struct command *command, struct tx *tx) {
    struct what_if_row run;
    struct catalogue *laid = NULL;
    struct row_list list;
    enum outcome outcome = OUTCOME_DONE;
    bool is_running = false;
    int64_t forgotten = 0;
    TRY(what_if_running(tx, &run, &is_running));
    if (!is_running) {
        return OK;
    }
    TRY(what_if_forget(tx, FORGOTTEN_AT_ONCE, &forgotten));
    TRY(what_if_laid(command->app, tx, &run, &laid, &outcome));
    if (outcome != OUTCOME_DONE) {
        return end(tx, &run, WHAT_IF_FAILED); /* after a start with another catalogue */
    }
    TRY(what_if_walk(tx, run.user_cursor, LOOKED_AT_ONCE, &list));
    const struct str *users = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(look_at(command->app, tx, &run, laid, users[i]));
        run.user_cursor = users[i];
    }
    run.looked_at += (int64_t)list.count;
    return list.count < LOOKED_AT_ONCE ? end(tx, &run, WHAT_IF_DONE) : what_if_put(tx, &run);
}

void what_if_step(struct app *app, struct what_if_step *step) {
    step->command.run = run_step;
    step->command.after = NULL;
    command_submit(app, &step->command);
}

struct err what_if_is_running(struct tx *tx, bool *ret_is) {
    struct what_if_row run;
    return what_if_running(tx, &run, ret_is);
}

/* --- cancelling --- */

static struct err run_cancel(struct command *command, struct tx *tx) {
    const struct command_of *cancel = (const struct command_of *)command;
    struct what_if_row row;
    bool is_found = false;
    TRY(what_if_get(tx, cancel->id, &row, &is_found));
    bool is_running = is_found && row.status == WHAT_IF_RUNNING;
    command->outcome = !is_found     ? OUTCOME_WHAT_IF_NOT_FOUND
                       : !is_running ? OUTCOME_WHAT_IF_OVER
                                     : OUTCOME_DONE;
    if (!is_running) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.object = cancel->id});
    return end(tx, &row, WHAT_IF_CANCELLED);
}

void what_if_cancel(struct app *app, struct command_of *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- reading --- */

struct err what_if_runs_read(struct tx *tx, struct str before, size_t max,
                             struct row_list *ret_list) {
    return what_if_page(tx, before, max, ret_list);
}

struct err what_if_read(struct tx *tx, struct str id, struct what_if_row *ret_row,
                        bool *ret_found) {
    return what_if_get(tx, id, ret_row, ret_found);
}

struct err what_if_customers_read(struct tx *tx, const struct what_if_filter *filter, size_t max,
                                  struct row_list *ret_list) {
    return what_if_customers(tx, filter, max, ret_list);
}

struct err what_if_sums_read(struct tx *tx, struct str run_id, struct row_list *ret_list) {
    return what_if_sums(tx, run_id, ret_list);
}
