#include "app/contract_life.h"

#include "app/contract_ahead.h"
#include "app/contract_amend.h"
#include "app/contract_tell.h"
#include "base/check.h"
#include "store/job.h"

struct contract_life contract_life_of(const struct contract_row *row) {
    check(row->starts_at != ROW_NONE);
    int64_t told = row->told_until == ROW_NONE ? row->starts_at : row->told_until;
    return (struct contract_life){
        .start = {row->starts_at},
        .is_stopped = row->notice_at != ROW_NONE,
        .is_reminded = row->reminded_at != ROW_NONE,
        .told_until = {told},
    };
}

void contract_plan_ahead(const struct contract_terms *terms, struct contract_row *row) {
    struct contract_life life = contract_life_of(row);
    row->next_at = contract_next_task(terms, &life).at.ms;
}

/* --- of one in force --- */

static struct err remind(struct app *app, struct tx *tx, struct contract_row *row,
                         const struct contract_terms *terms) {
    struct contract_life life = contract_life_of(row);
    row->reminded_at = contract_now(tx).ms;
    contract_plan_ahead(terms, row);
    TRY(contract_keep(tx, row));
    if (life.is_stopped) {
        return OK; /* that it ends was told with the notice */
    }
    return contract_tell(app, tx, row,
                         contract_renews(terms, &life) ? "renewal_upcoming" : "ending");
}

/* An amendment that was accepted has the word from its day on. */
static struct err is_amended_by(struct app *app, struct tx *tx, const struct contract_row *row,
                                struct instant at, bool *ret_is) {
    struct contract_row amendment;
    struct contract_terms terms;
    bool is_found = false;
    *ret_is = false;
    TRY(contract_open_amendment(tx, row->user_id, id_str(&row->id), &amendment, &is_found));
    if (!is_found || amendment.status != (int)CONTRACT_ACCEPTED) {
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, &amendment, &terms));
    *ret_is =
        !terms.has_start || !instant_is_before(instant_add(at, duration_days(1)), terms.starts_at);
    return OK;
}

static struct err change_ahead(struct app *app, struct tx *tx, struct contract_row *row,
                               const struct contract_terms *terms,
                               const struct contract_boundary *boundary) {
    struct contract_terms following;
    struct contract_ahead ahead = {boundary->at, terms, boundary->step};
    enum outcome outcome = OUTCOME_DONE;
    if (boundary->next == CONTRACT_NEXT_NOTHING) {
        ahead.terms = NULL;
    } else if (boundary->next == CONTRACT_NEXT_RENEWAL) {
        ahead.terms = &following;
        if (!contract_renewed(terms, (struct instant){row->starts_at}, &following)) {
            ahead.terms = NULL; /* no amount can hold the price */
        }
    }
    TRY(contract_tell_ahead(app, tx, row, &ahead, &outcome));
    if (outcome != OUTCOME_DONE && outcome != OUTCOME_NO_CHANGE) {
        return contract_look_later(tx, row);
    }
    row->told_until = boundary->at.ms;
    contract_plan_ahead(terms, row);
    return contract_keep(tx, row);
}

/* The same person's acceptance holds: they have agreed to the clause by which it renews. */
static struct err renew(struct app *app, struct tx *tx, struct contract_row *row,
                        const struct contract_terms *terms) {
    struct contract_row next = *row;
    struct contract_terms following;
    bool is_told = row->told_until != ROW_NONE && row->told_until >= row->ends_at;
    if (!contract_renewed(terms, (struct instant){row->starts_at}, &following)) {
        row->notice_at = contract_now(tx).ms;
        return contract_look_soon(tx, row);
    }
    struct instant last = {row->ends_at - 1};
    struct money price = contract_amount_at(terms, (struct instant){row->starts_at}, last);
    bool is_raised = money_compare(following.amount, price) != 0;
    next.id = id_new(tx->cx, "cont");
    TRY(contract_last_version(tx, row->number, &next.version));
    next.version += 1;
    next.amends = arena_str(tx->cx->arena, id_str(&row->id));
    next.follows = row->terms_hash;
    next.terms = contract_terms_text(tx->cx, app->catalogue, &following);
    next.terms_hash = contract_hash(tx->cx, &next);
    next.starts_at = row->ends_at;
    next.ends_at = contract_ends_at(&following, (struct instant){next.starts_at}).ms;
    next.told_until = is_told || !is_raised ? next.starts_at : next.starts_at - 1;
    next.reminded_at = next.notice_at = ROW_NONE;
    next.notice_by = next.operation_id = STR("");
    next.created_at = next.updated_at = contract_now(tx).ms;
    contract_plan_ahead(&following, &next);
    contract_take_step(row, CONTRACT_RENEW);
    row->next_at = ROW_NONE;
    TRY(contract_keep(tx, row));
    TRY(contract_insert(tx, &next));
    TRY(contract_withdraw_amendment(app, tx, row));
    return contract_tell(app, tx, &next, "renewed");
}

/* The provider ends the subscription, and the contract with it (contract_on_subscription); where it
 * was not told in time, it is told now. */
static struct err end(struct app *app, struct tx *tx, struct contract_row *row) {
    const struct contract_ahead ahead = {{row->ends_at}, NULL, 0};
    enum outcome outcome = OUTCOME_DONE;
    struct instant until =
        instant_add((struct instant){row->ends_at}, duration_hours(CONTRACT_LATER_HOURS));
    if (instant_is_before(contract_now(tx), until)) {
        row->next_at = until.ms;
        return contract_keep(tx, row);
    }
    TRY(contract_tell_ahead(app, tx, row, &ahead, &outcome));
    return contract_look_later(tx, row);
}

static struct err run_in_force(struct app *app, struct tx *tx, struct contract_row *row) {
    struct contract_terms terms;
    bool is_amended = false;
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    struct contract_life life = contract_life_of(row);
    struct contract_task task = contract_next_task(&terms, &life);
    struct instant ends = {row->ends_at};
    if (!instant_is_before(contract_now(tx), ends)) {
        task = (struct contract_task){.due = CONTRACT_DUE_END, .at = ends};
    }
    if (instant_is_before(contract_now(tx), task.at)) {
        contract_plan_ahead(&terms, row);
        return contract_keep(tx, row);
    }
    if (task.due == CONTRACT_DUE_REMINDER) {
        return remind(app, tx, row, &terms);
    }
    struct instant until = task.due == CONTRACT_DUE_END ? ends : task.boundary.at;
    TRY(is_amended_by(app, tx, row, until, &is_amended));
    if (is_amended) {
        return contract_look_later(tx, row);
    }
    if (task.due == CONTRACT_DUE_CHANGE) {
        return change_ahead(app, tx, row, &terms, &task.boundary);
    }
    return contract_renews(&terms, &life) ? renew(app, tx, row, &terms) : end(app, tx, row);
}

/* --- as time passes --- */

/* Read anew: what was due before it in this transaction may have changed it. */
static struct err run_row(struct app *app, struct tx *tx, struct str id) {
    struct contract_row row;
    bool is_found = false;
    TRY(contract_get(tx, id, &row, &is_found));
    if (!is_found || row.next_at == ROW_NONE || row.next_at > contract_now(tx).ms) {
        return OK;
    }
    bool waits = row.status == (int)CONTRACT_ACCEPTED;
    check(waits || row.status == (int)CONTRACT_ACTIVE);
    return waits ? contract_run_waiting(app, tx, &row) : run_in_force(app, tx, &row);
}

static struct err expire(struct app *app, struct tx *tx, size_t *ret_count) {
    struct row_list list;
    TRY(contract_expired(tx, cx_now_ms(tx->cx), CONTRACT_BATCH, &list));
    struct contract_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        contract_take_step(&rows[i], CONTRACT_EXPIRE);
        TRY(contract_keep(tx, &rows[i]));
        TRY(contract_tell(app, tx, &rows[i], "expired"));
    }
    *ret_count = list.count;
    return OK;
}

struct err contract_run_due(struct app *app, struct tx *tx, struct str *at_row,
                            bool *ret_has_more) {
    struct row_list list;
    size_t expired = 0;
    TRY(expire(app, tx, &expired));
    TRY(due_ids(tx, DUE_CONTRACTS, cx_now_ms(tx->cx), CONTRACT_BATCH, &list));
    const struct str *ids = list.items;
    for (size_t i = 0; i < list.count; i++) {
        *at_row = ids[i];
        TRY(run_row(app, tx, ids[i]));
        TRY(set_aside_drop(tx, due_job_str(DUE_CONTRACTS), ids[i]));
    }
    *at_row = STR("");
    *ret_has_more = expired == CONTRACT_BATCH || list.count == CONTRACT_BATCH;
    return OK;
}

struct err contract_next_due_at(struct tx *tx, struct instant *ret_at) {
    int64_t expires = ROW_NONE;
    int64_t due = ROW_NONE;
    TRY(contract_expires_next(tx, &expires));
    TRY(contract_due_next(tx, &due));
    struct instant at = expires == ROW_NONE ? INSTANT_MAX : (struct instant){expires};
    *ret_at = due == ROW_NONE ? at : instant_earlier(at, (struct instant){due});
    return OK;
}
