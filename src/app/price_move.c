/* One holder on the way to another price: judged, told, and moved at a renewal by the provider; see
 * price_change.h. */
#include "app/price_move.h"

#include "app/audit.h"
#include "app/mail_send.h"
#include "app/operation_start.h"
#include "app/parking.h"
#include "base/check.h"
#include "base/log.h"
#include "core/plan_book.h"
#include "core/price.h"
#include "store/invoice.h"
#include "store/mail.h"
#include "store/operation.h"

enum {
    MAIL_HOURS = 24, /* that a mail may take: notice counts from then on */
    LATER_HOURS = 12,
    SOON_MINUTES = 5,
};

static struct instant now_of(const struct tx *tx) {
    return (struct instant){cx_now_ms(tx->cx)};
}

static struct instant in_hours(const struct tx *tx, int64_t hours) {
    return instant_add(now_of(tx), duration_hours(hours));
}

static struct instant soon(const struct tx *tx) {
    return instant_add(now_of(tx), (struct duration){duration_hours(1).ms * SOON_MINUTES / 60});
}

/* --- rows --- */

void price_move_take(struct price_move_row *move, enum price_move_event event) {
    struct price_move_step step = price_move_step((enum price_move_status)move->status, event);
    check(step.is_legal);
    move->status = (int)step.next;
    if (!price_move_is_open(step.next)) {
        move->next_at = ROW_NONE;
    }
}

struct err price_move_keep(struct tx *tx, struct price_move_row *move) {
    move->updated_at = cx_now_ms(tx->cx);
    return price_move_put(tx, move);
}

static struct err look_at(struct tx *tx, struct price_move_row *move, struct instant at) {
    move->next_at = at.ms;
    return price_move_keep(tx, move);
}

static struct err drop(struct tx *tx, struct price_move_row *move, const char *reason) {
    price_move_take(move, PRICE_MOVE_DROP);
    move->reason = str_from_cstr(reason);
    return price_move_keep(tx, move);
}

/* --- judging --- */

static struct err holder_of(struct tx *tx, const struct subscription_view *view,
                            struct price_holder *ret_holder) {
    bool is_parked = false;
    TRY(parking_is_parked(tx, view->row.user_id, &is_parked));
    *ret_holder = (struct price_holder){
        .tier = (enum tier)view->row.tier,
        .version = view->row.plan_version,
        .status = view->status,
        .is_private = plan_version_is_private(view->row.plan_version),
        .ends = view->row.cancel_at_period_end,
        .has_pending = view->has_pending_change,
        .is_parked = is_parked,
        .has_full_access = view->access == ACCESS_FULL,
    };
    return OK;
}

static struct err goes_there_already(struct tx *tx, const struct price_change_row *change,
                                     struct str user_id, bool *ret_does) {
    struct row_list list;
    *ret_does = false;
    TRY(price_move_open(tx, user_id, &list));
    const struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct price_change_row other;
        bool is_found = false;
        bool is_own = str_equal(moves[i].change_id, id_str(&change->id));
        TRY(price_change_get(tx, moves[i].change_id, &other, &is_found));
        *ret_does |= is_found && !is_own && other.to >= change->to;
    }
    return OK;
}

struct err price_move_judge(struct tx *tx, const struct price_change_row *change,
                            const struct subscription_view *view, enum price_verdict *ret_verdict) {
    const struct price_change terms = price_change_of(change);
    struct price_holder holder;
    bool does = false;
    TRY(holder_of(tx, view, &holder));
    *ret_verdict = price_change_judge(&terms, &holder);
    TRY(*ret_verdict == PRICE_MOVES ? goes_there_already(tx, change, view->row.user_id, &does)
                                    : OK);
    *ret_verdict = does ? PRICE_ALREADY : *ret_verdict;
    return OK;
}

/* Of one who was told: another change may have moved them to a version that theirs did not name. */
static struct err judge_again(struct tx *tx, const struct price_change_row *change,
                              const struct subscription_view *view,
                              enum price_verdict *ret_verdict) {
    struct price_change terms = price_change_of(change);
    struct price_holder holder;
    TRY(holder_of(tx, view, &holder));
    if (holder.version < terms.to) {
        terms.from[0] = (int32_t)holder.version;
    }
    *ret_verdict = price_change_judge(&terms, &holder);
    return OK;
}

/* --- telling --- */

static struct err supersede(struct tx *tx, const struct price_move_row *by) {
    struct row_list list;
    TRY(price_move_open(tx, by->user_id, &list));
    struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        bool is_own = str_equal(moves[i].change_id, by->change_id);
        if (!is_own && moves[i].renews_at >= by->renews_at) {
            price_move_take(&moves[i], PRICE_MOVE_SUPERSEDE);
            moves[i].reason = by->change_id;
            TRY(price_move_keep(tx, &moves[i]));
        }
    }
    return OK;
}

static void set_renewal(const struct price_change_row *change, const struct subscription_view *view,
                        struct instant told_at, struct price_move_row *move) {
    const struct price_change terms = price_change_of(change);
    enum interval interval = (enum interval)view->row.interval;
    struct instant first = price_move_not_before(&terms, interval, told_at);
    move->renews_at = price_move_renewal(view->current_period, interval, first).ms;
}

struct err price_move_notify(struct app *app, struct tx *tx, const struct price_change_row *change,
                             const struct subscription_view *view, struct price_move_row *move) {
    price_move_take(move, PRICE_MOVE_NOTIFY);
    move->told_at = cx_now_ms(tx->cx);
    set_renewal(change, view, in_hours(tx, MAIL_HOURS), move);
    TRY(supersede(tx, move));
    TRY(price_tell_notified(app, tx, change, move));
    return look_at(tx, move, in_hours(tx, MAIL_HOURS));
}

/* Their renewal went by without it: they are told of the next one they can be moved at. */
static struct err notify_again(struct app *app, struct tx *tx,
                               const struct price_change_row *change,
                               const struct subscription_view *view, struct price_move_row *move) {
    if (move->status == PRICE_MOVE_SCHEDULED) {
        price_move_take(move, PRICE_MOVE_RELEASE);
        move->operation_id = STR("");
    }
    return price_move_notify(app, tx, change, view, move);
}

enum delivery { DELIVERY_WAITS, DELIVERY_FAILED, DELIVERY_LATE, DELIVERY_DONE };

/* An address that takes no mails any more has not been told either. */
static struct err was_told(struct tx *tx, const struct price_move_row *move,
                           enum delivery *ret_delivery) {
    struct mail_row mail;
    struct mail_suppression_row suppression;
    bool is_found = false;
    bool is_suppressed = false;
    *ret_delivery = DELIVERY_DONE;
    if (move->mail_key.len == 0) {
        return OK; /* somebody vouches */
    }
    *ret_delivery = DELIVERY_FAILED;
    TRY(mail_of_fact(tx, move->user_id, move->mail_key, &mail, &is_found));
    if (!is_found || mail.status == MAIL_LOCAL || mail.status == MAIL_FAILED ||
        mail.status == MAIL_SUPPRESSED) {
        return OK;
    }
    struct str address = mail_suppressed_as(tx->cx->arena, mail.address);
    TRY(mail_suppression_get(tx, address, &suppression, &is_suppressed));
    if (is_suppressed) {
        return OK;
    }
    struct instant last = instant_add((struct instant){move->told_at}, duration_hours(MAIL_HOURS));
    *ret_delivery = mail.status != MAIL_SENT  ? DELIVERY_WAITS
                    : mail.sent_at <= last.ms ? DELIVERY_DONE
                                              : DELIVERY_LATE;
    return OK;
}

/* --- the provider --- */

static struct err waits_for_bank(struct tx *tx, struct str user_id, bool *ret_does) {
    struct invoice_row waiting;
    return invoice_waiting(tx, user_id, STR("subscription_update"), &waiting, ret_does);
}

static struct err schedule(struct app *app, struct tx *tx, const struct price_change_row *change,
                           struct price_move_row *move) {
    const struct operation_request request = {
        .kind = OPERATION_CHANGE,
        .user_id = move->user_id,
        .tier = change->tier,
        .interval = move->interval,
        .version = (int32_t)change->to,
        .when = CHANGE_WHEN_PERIOD_END,
    };
    enum outcome outcome = OUTCOME_OPERATION_IN_PROGRESS;
    struct str operation = STR("");
    bool waits = false;
    TRY(waits_for_bank(tx, move->user_id, &waits));
    TRY(waits ? OK : operation_begin_agreed(app, tx, &request, &operation, &outcome));
    if (outcome != OUTCOME_DONE) {
        return look_at(tx, move, in_hours(tx, 1));
    }
    price_move_take(move, PRICE_MOVE_SCHEDULE);
    move->operation_id = operation;
    return look_at(tx, move, in_hours(tx, 1));
}

/* --- looking --- */

struct look {
    struct app *app;
    struct tx *tx;
    struct price_change_row change;
    struct subscription_view view;
    struct price_move_row *move;
};

static struct err look_told(struct look *look) {
    struct tx *tx = look->tx;
    struct price_move_row *move = look->move;
    enum delivery delivery = DELIVERY_WAITS;
    struct instant tell_at = price_move_tell_at((struct instant){move->renews_at});
    TRY(was_told(tx, move, &delivery));
    switch (delivery) {
    case DELIVERY_FAILED:
        price_move_take(move, PRICE_MOVE_BOUNCE);
        move->next_at = ROW_NONE;
        TRY(price_tell_note(tx, &look->change, move, "price_change.undelivered"));
        return price_move_keep(tx, move);
    case DELIVERY_LATE:
        return notify_again(look->app, tx, &look->change, &look->view, move);
    case DELIVERY_WAITS:
        return look_at(tx, move, in_hours(tx, 1));
    case DELIVERY_DONE:
        break;
    }
    return instant_is_before(now_of(tx), tell_at) ? look_at(tx, move, tell_at)
                                                  : schedule(look->app, tx, &look->change, move);
}

/* Whether the provider still has it: a change or an end that came after has released it. */
static struct err look_scheduled(struct look *look) {
    struct tx *tx = look->tx;
    struct price_move_row *move = look->move;
    struct operation_row operation;
    bool is_found = false;
    TRY(operation_get(tx, move->user_id, move->operation_id, &operation, &is_found));
    if (is_found && operation.status == OPERATION_PENDING) {
        return look_at(tx, move, in_hours(tx, 1));
    }
    bool has_it = is_found && operation.status == OPERATION_SUCCEEDED &&
                  look->view.row.stripe_schedule_id.len > 0;
    if (!has_it) {
        price_move_take(move, PRICE_MOVE_RELEASE);
        move->operation_id = STR("");
        return look_at(tx, move, soon(tx));
    }
    struct instant after = instant_add((struct instant){move->renews_at}, duration_hours(1));
    return look_at(tx, move,
                   instant_is_before(now_of(tx), after) ? after : in_hours(tx, LATER_HOURS));
}

static struct err arrive(struct look *look) {
    price_move_take(look->move, PRICE_MOVE_ARRIVE);
    TRY(price_tell_note(look->tx, &look->change, look->move, "price_change.applied"));
    return price_move_keep(look->tx, look->move);
}

static struct err look_open(struct look *look) {
    struct tx *tx = look->tx;
    struct price_move_row *move = look->move;
    const struct subscription_row *row = &look->view.row;
    enum price_verdict verdict = PRICE_OTHER;
    if (!str_equal(id_str(&row->id), id_str(&move->subscription_id))) {
        return drop(tx, move, "ended");
    }
    bool is_there = row->tier == look->change.tier && row->plan_version == look->change.to &&
                    row->interval == move->interval;
    if (is_there) {
        return move->status == PRICE_MOVE_SCHEDULED ? arrive(look) : drop(tx, move, "already");
    }
    TRY(judge_again(tx, &look->change, &look->view, &verdict));
    if (row->interval != move->interval) {
        verdict = PRICE_OTHER;
    }
    if (verdict != PRICE_MOVES && !price_verdict_may_pass(verdict)) {
        return drop(tx, move, price_verdict_name(verdict));
    }
    if (move->status == PRICE_MOVE_UNDELIVERED) {
        move->next_at = ROW_NONE;
        return price_move_keep(tx, move);
    }
    bool is_missed = row->current_period_start >= move->renews_at;
    if (move->status == PRICE_MOVE_SCHEDULED && !is_missed) {
        return look_scheduled(look);
    }
    if (verdict != PRICE_MOVES) {
        return look_at(tx, move, in_hours(tx, LATER_HOURS));
    }
    return is_missed ? notify_again(look->app, tx, &look->change, &look->view, move)
                     : look_told(look);
}

/* What the provider was told is taken back there, unless something else is planned there now, or
 * the renewal has come before. */
static struct err look_withdrawn(struct look *look) {
    struct tx *tx = look->tx;
    struct price_move_row *move = look->move;
    const struct subscription_row *row = &look->view.row;
    const struct operation_request request = {
        .kind = OPERATION_RESUME, .user_id = move->user_id, .version = (int32_t)look->change.to};
    enum outcome outcome = OUTCOME_DONE;
    struct str operation = STR("");
    struct row_list others;
    TRY(price_move_open(tx, move->user_id, &others));
    bool is_it = str_equal(id_str(&row->id), id_str(&move->subscription_id));
    if (is_it && row->plan_version == look->change.to) {
        move->reason = STR("late");
    }
    bool is_there = is_it && row->stripe_schedule_id.len > 0 && !look->view.has_pending_change &&
                    row->plan_version == move->from && others.count == 0;
    TRY(is_there ? operation_begin_agreed(look->app, tx, &request, &operation, &outcome) : OK);
    if (outcome != OUTCOME_DONE) {
        return look_at(tx, move, soon(tx));
    }
    move->next_at = ROW_NONE;
    return price_move_keep(tx, move);
}

/* Read anew: what was due before it in this transaction may have changed it. */
static struct err look_at_move(struct app *app, struct tx *tx, const struct price_move_row *due) {
    struct price_move_row move;
    struct look look = {.app = app, .tx = tx, .move = &move};
    bool is_found = false;
    TRY(price_move_get(tx, due->change_id, due->user_id, &move, &is_found));
    if (!is_found || move.next_at == ROW_NONE || move.next_at > cx_now_ms(tx->cx)) {
        return OK;
    }
    TRY(price_change_get(tx, move.change_id, &look.change, &is_found));
    check(is_found); /* never deleted */
    TRY(subscription_view_read(app, tx, move.user_id, &look.view, &is_found));
    if (!is_found) {
        move.next_at = ROW_NONE; /* the customer has gone */
        return price_move_keep(tx, &move);
    }
    return move.status == PRICE_MOVE_WITHDRAWN ? look_withdrawn(&look) : look_open(&look);
}

struct err price_moves_run_due(struct app *app, struct tx *tx, bool *ret_has_more) {
    struct row_list list;
    TRY(price_move_due(tx, cx_now_ms(tx->cx), PRICE_BATCH, &list));
    const struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(look_at_move(app, tx, &moves[i]));
    }
    *ret_has_more = list.count == PRICE_BATCH;
    return OK;
}

struct err price_move_on_subscription(struct app *app, struct tx *tx,
                                      const struct subscription_change *change) {
    struct row_list list;
    (void)app;
    TRY(price_move_open(tx, change->after->user_id, &list));
    struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        TRY(look_at(tx, &moves[i], now_of(tx)));
    }
    return OK;
}

/* --- taking back --- */

/* Who renews within the hour is moved: the provider may be billing it already. */
struct err price_move_take_back(struct app *app, struct tx *tx,
                                const struct price_change_row *change,
                                struct price_move_row *move) {
    bool was_scheduled = move->status == PRICE_MOVE_SCHEDULED;
    bool was_told = was_scheduled || move->status == PRICE_MOVE_NOTIFIED;
    if (was_scheduled && !instant_is_before(in_hours(tx, 1), (struct instant){move->renews_at})) {
        return OK;
    }
    price_move_take(move, PRICE_MOVE_WITHDRAW);
    TRY(was_told ? price_tell_withdrawn(app, tx, change, move) : OK);
    move->next_at = was_scheduled ? cx_now_ms(tx->cx) : ROW_NONE;
    return price_move_keep(tx, move);
}

/* --- what is to come --- */

struct err price_coming_read(const struct app *app, struct tx *tx,
                             const struct subscription_view *view, struct price_coming *ret_coming,
                             bool *ret_found) {
    struct row_list list;
    *ret_found = false;
    TRY(price_move_open(tx, view->row.user_id, &list));
    const struct price_move_row *moves = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct price_change_row change;
        enum price_verdict verdict = PRICE_OTHER;
        struct money price;
        bool is_known = false;
        TRY(price_change_get(tx, moves[i].change_id, &change, &is_known));
        TRY(is_known ? judge_again(tx, &change, view, &verdict) : OK);
        const struct plan *plan =
            catalogue_plan_version(app->catalogue, (enum tier)change.tier, (int32_t)change.to);
        bool is_earlier = !*ret_found || moves[i].renews_at < ret_coming->at.ms;
        bool is_told = moves[i].status != PRICE_MOVE_UNDELIVERED &&
                       str_equal(id_str(&moves[i].subscription_id), id_str(&view->row.id)) &&
                       moves[i].renews_at > view->current_period.start.ms;
        if (verdict == PRICE_MOVES && is_told && is_earlier && plan != NULL &&
            price_of(plan, (enum interval)view->row.interval, &price)) {
            *ret_found = true;
            *ret_coming = (struct price_coming){
                moves[i].change_id, plan->version, {moves[i].renews_at}, price};
        }
    }
    return OK;
}

struct err price_coming_next(const struct app *app, struct tx *tx,
                             const struct subscription_view *view, struct price_coming *ret_coming,
                             bool *ret_found) {
    TRY(price_coming_read(app, tx, view, ret_coming, ret_found));
    *ret_found = *ret_found && !instant_is_before(view->current_period.end, ret_coming->at);
    return OK;
}

/* --- who could not be told --- */

static struct err decide(struct price_decide *wanted, struct tx *tx,
                         const struct price_change_row *change, struct price_move_row *move) {
    struct app *app = wanted->command.app;
    struct subscription_view view;
    bool is_found = false;
    if (!wanted->moves) {
        return drop(tx, move, "left");
    }
    TRY(subscription_view_read(app, tx, move->user_id, &view, &is_found));
    if (!is_found) {
        return drop(tx, move, "ended");
    }
    price_move_take(move, PRICE_MOVE_NOTIFY);
    move->told_at = wanted->told_at.ms;
    move->mail_key = STR("");
    set_renewal(change, &view, wanted->told_at, move);
    TRY(supersede(tx, move));
    TRY(price_tell_note(tx, change, move, "price_change.notified"));
    return look_at(tx, move, now_of(tx));
}

static struct err run_decide(struct command *command, struct tx *tx) {
    struct price_decide *wanted = (struct price_decide *)command;
    struct price_change_row change;
    struct price_move_row move;
    bool is_found = false;
    TRY(price_change_get(tx, wanted->change_id, &change, &is_found));
    command->outcome = OUTCOME_PRICE_CHANGE_NOT_FOUND;
    if (!is_found) {
        return OK;
    }
    TRY(price_move_get(tx, wanted->change_id, wanted->user_id, &move, &is_found));
    int64_t told = wanted->told_at.ms;
    bool is_possible = !wanted->moves || (change.started_at != ROW_NONE &&
                                          told >= change.started_at && told <= cx_now_ms(tx->cx));
    command->outcome = !is_found                               ? OUTCOME_PRICE_MOVE_NOT_FOUND
                       : move.status != PRICE_MOVE_UNDELIVERED ? OUTCOME_PRICE_MOVE_DELIVERED
                       : !is_possible                          ? OUTCOME_INVALID_TOLD_AT
                                                               : OUTCOME_DONE;
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){.customer = wanted->user_id, .object = wanted->change_id});
    return decide(wanted, tx, &change, &move);
}

void price_move_decide(struct app *app, struct price_decide *decide_on) {
    decide_on->command.run = run_decide;
    decide_on->command.after = NULL;
    command_submit(app, &decide_on->command);
}
