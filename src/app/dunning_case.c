/* The one way in which a case moves: a step of core's table, the row, and what follows from it, all
 * in one transaction. */
#include "app/dunning_case.h"

#include "app/billing_event.h"
#include "app/operation_plan.h"
#include "base/check.h"
#include "store/subscription.h"

/* --- rows and cases --- */

static struct instant instant_or(int64_t at, struct instant otherwise) {
    return at == ROW_NONE ? otherwise : (struct instant){at};
}

struct dunning_case dunning_case_of(const struct dunning_row *row) {
    return (struct dunning_case){
        .status = (enum dunning_status)row->status,
        .attempts = (int32_t)row->retries,
        .needs_new_method = row->needs_new_method,
        .is_access_ended = row->is_access_ended,
        .has_schedule = row->kind != DUNNING_DISPUTE,
        .has_warned_access = row->has_warned_access,
        .has_warned_end = row->has_warned_end,
        .has_next_attempt = row->next_attempt_at != ROW_NONE,
        .opened_at = {row->opened_at},
        .access_until = instant_or(row->access_until, INSTANT_MAX),
        .next_attempt_at = instant_or(row->next_attempt_at, INSTANT_MAX),
    };
}

static bool is_live(int status) {
    return status == DUNNING_OPEN || status == DUNNING_PAUSED;
}

static void copy_case(const struct dunning_case *from, struct dunning_row *row) {
    row->status = (int)from->status;
    row->retries = from->attempts;
    row->needs_new_method = from->needs_new_method;
    row->is_access_ended = from->is_access_ended;
    row->has_warned_access = from->has_warned_access;
    row->has_warned_end = from->has_warned_end;
    row->opened_at = from->opened_at.ms;
    row->access_until =
        instant_equal(from->access_until, INSTANT_MAX) ? ROW_NONE : from->access_until.ms;
    row->next_attempt_at = from->has_next_attempt ? from->next_attempt_at.ms : ROW_NONE;
}

/* Nothing falls due while the end of an attempt is not known: it may have been paid. */
struct err dunning_keep(struct dunning *dunning) {
    struct dunning_row *row = &dunning->row;
    struct dunning_case now = dunning_case_of(row);
    struct dunning_next next = dunning_next_due(&dunning->app->catalogue->dunning, &now);
    bool may_collect = true;
    TRY(dunning_may_collect(dunning->tx, row->user_id, id_str(&row->invoice_id), &may_collect));
    bool waits = next.due == DUNNING_DUE_NOTHING || !may_collect;
    row->due_at = waits ? ROW_NONE : next.at.ms;
    return dunning_replace(dunning->tx, row);
}

/* --- access --- */

/* The subscription's row says until when its cases leave full access, and the gate follows. */
static struct err follow_access(struct dunning *dunning, bool is_forced) {
    struct tx *tx = dunning->tx;
    const struct dunning_row *row = &dunning->row;
    struct subscription_row subscription;
    bool is_found = false;
    int64_t until = ROW_NONE;
    TRY(subscription_get(tx, row->user_id, id_str(&row->subscription_id), &subscription,
                         &is_found));
    if (!is_found || subscription.ended_at != ROW_NONE) {
        return OK;
    }
    TRY(dunning_access_until(tx, row->user_id, id_str(&row->subscription_id), &until));
    if (until == subscription.access_until && !is_forced) {
        return OK;
    }
    subscription.access_until = until;
    TRY(subscription_replace(tx, &subscription));
    struct gate_update *update = dunning->update;
    bool keeps_used = !update->is_due || update->keeps_used;
    return gate_update_prepare(dunning->app, tx, row->user_id, keeps_used, update);
}

/* --- effects --- */

static struct err call_aside(struct dunning *dunning, const struct payments_call *call,
                             const char *work, struct str stripe_id) {
    struct str text =
        arena_printf(dunning->tx->cx->arena, "dunning %s " STR_FMT, work, STR_ARG(stripe_id));
    return operation_plan_work(dunning->app, dunning->tx, call, text);
}

static struct err cancel_subscription(struct dunning *dunning) {
    const struct dunning_row *row = &dunning->row;
    struct subscription_row subscription;
    bool is_found = false;
    TRY(subscription_get(dunning->tx, row->user_id, id_str(&row->subscription_id), &subscription,
                         &is_found));
    if (!is_found || subscription.ended_at != ROW_NONE ||
        subscription.stripe_subscription_id.len == 0) {
        return OK;
    }
    struct payments_call call = {
        .kind = PAYMENTS_SUBSCRIPTION_CANCEL,
        .user_id = row->user_id,
        .subscription_id = subscription.stripe_subscription_id,
    };
    return call_aside(dunning, &call, "cancel", subscription.stripe_subscription_id);
}

static struct err invoice_of(const struct dunning *dunning, struct invoice_row *ret_invoice,
                             bool *ret_found) {
    return invoice_get(dunning->tx, dunning->row.user_id, id_str(&dunning->row.invoice_id),
                       ret_invoice, ret_found);
}

static struct err give_up_invoice(struct dunning *dunning) {
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_of(dunning, &invoice, &is_found));
    if (!is_found || invoice.status != INVOICE_OPEN) {
        return OK;
    }
    struct payments_call call = {
        .kind = PAYMENTS_INVOICE_GIVE_UP,
        .user_id = dunning->row.user_id,
        .invoice_id = invoice.stripe_invoice_id,
    };
    return call_aside(dunning, &call, "give up", invoice.stripe_invoice_id);
}

struct err dunning_take_over(struct dunning *dunning) {
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_of(dunning, &invoice, &is_found));
    if (!is_found) {
        return OK;
    }
    struct payments_call call = {
        .kind = PAYMENTS_INVOICE_ADVANCE,
        .user_id = dunning->row.user_id,
        .invoice_id = invoice.stripe_invoice_id,
        .advances = false,
    };
    return call_aside(dunning, &call, "take over", invoice.stripe_invoice_id);
}

static struct err tell(struct dunning *dunning, unsigned effects) {
    static const struct {
        enum dunning_effect effect;
        enum dunning_mail mail;
    } mails[] = {
        {DUNNING_MAIL_FAILED, DUNNING_SAYS_RETRY_FAILED},
        {DUNNING_MAIL_RESTRICTED, DUNNING_SAYS_RESTRICTED},
        {DUNNING_MAIL_ENDED, DUNNING_SAYS_ENDED},
        {DUNNING_MAIL_RECOVERED, DUNNING_SAYS_RECOVERED},
    };
    for (size_t i = 0; i < ARRAY_LEN(mails); i++) {
        if ((effects & mails[i].effect) != 0) {
            TRY(dunning_tell(dunning, mails[i].mail));
        }
    }
    return OK;
}

/* A line of the history for every move: what, why, and of which invoice. */
static struct err note(const struct dunning *dunning, const char *event) {
    struct arena *arena = dunning->tx->cx->arena;
    const struct dunning_row *row = &dunning->row;
    struct invoice_row invoice;
    bool is_found = false;
    TRY(invoice_of(dunning, &invoice, &is_found));
    struct str number = is_found && invoice.number.len > 0 ? invoice.number : STR("without number");
    struct currency currency = {""};
    struct billing_note line = {
        .type = arena_printf(arena, "dunning.%s", event).bytes,
        .description =
            arena_printf(arena, "Invoice " STR_FMT ": the case is %s%s" STR_FMT, STR_ARG(number),
                         dunning_status_name((enum dunning_status)row->status),
                         dunning->reason.len > 0 ? ", because: " : "", STR_ARG(dunning->reason)),
        .metadata = arena_printf(arena, "{\"caseId\":\"%s\",\"invoiceId\":\"%s\"}", row->id.text,
                                 row->invoice_id.text),
        .has_amount = is_found && currency_parse(invoice.currency, &currency),
        .amount = {is_found ? invoice.amount_due : 0, currency},
    };
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY)
                               : billing_event_note(dunning->tx, row->user_id, &line);
}

static struct err follow(struct dunning *dunning, enum dunning_event event, unsigned effects) {
    if (event == DUNNING_WRITE_OFF) {
        TRY(give_up_invoice(dunning));
    }
    if ((effects & DUNNING_CANCEL) != 0) {
        TRY(cancel_subscription(dunning));
    }
    TRY(follow_access(dunning, (effects & (DUNNING_RESTRICT | DUNNING_RESTORE)) != 0));
    return tell(dunning, effects);
}

/* --- moves --- */

/* A retry that failed when access ends says so in one mail, not in two. */
static bool ends_access(const struct dunning_row *row, const struct dunning_input *input) {
    bool is_failure = input->event == DUNNING_RETRY_FAILED ||
                      input->event == DUNNING_RETRY_SKIPPED || input->event == DUNNING_LAST_FAILED;
    return is_failure && is_live(row->status) && !row->is_access_ended &&
           row->access_until != ROW_NONE && row->access_until <= input->now.ms;
}

static void take(struct dunning_row *row, const struct dunning_step *step, struct instant now) {
    bool has_closed = is_live(row->status) && !is_live((int)step->next.status);
    copy_case(&step->next, row);
    row->closed_at = has_closed ? now.ms : row->closed_at;
    if ((step->effects & DUNNING_CANCEL) != 0) { /* the subscription's end may take a while */
        row->access_until = now.ms;
    }
}

static struct err move_once(struct dunning *dunning, const struct dunning_input *input,
                            bool *ret_is_legal) {
    struct dunning_row *row = &dunning->row;
    struct dunning_case before = dunning_case_of(row);
    struct dunning_step step = dunning_step(&dunning->app->catalogue->dunning, &before, input);
    *ret_is_legal = step.is_legal;
    if (!step.is_legal) {
        return OK;
    }
    take(row, &step, input->now);
    if ((step.effects & DUNNING_CHARGE) != 0) {
        bool has_begun = false;
        TRY(dunning_collect(dunning, ATTEMPT_METHOD, &has_begun));
    }
    TRY(dunning_keep(dunning));
    TRY(note(dunning, dunning_event_name(input->event)));
    unsigned untold = 0;
    if (ends_access(row, input)) {
        untold = DUNNING_MAIL_FAILED;
    } else if (!before.is_access_ended || !is_live((int)before.status)) {
        untold = DUNNING_MAIL_RECOVERED; /* nothing is restored: the receipt says that it is paid */
    }
    return follow(dunning, input->event, step.effects & ~untold);
}

struct err dunning_move(struct dunning *dunning, const struct dunning_input *input,
                        bool *ret_is_legal) {
    TRY(move_once(dunning, input, ret_is_legal));
    if (!*ret_is_legal || !ends_access(&dunning->row, input)) {
        return OK;
    }
    struct dunning_input end = {.event = DUNNING_ACCESS_ENDED, .now = input->now};
    bool has_ended = false;
    return move_once(dunning, &end, &has_ended);
}

struct err dunning_event(struct dunning *dunning, enum dunning_event event, bool *ret_is_legal) {
    struct dunning_input input = {.event = event, .now = {cx_now_ms(dunning->tx->cx)}};
    return dunning_move(dunning, &input, ret_is_legal);
}

struct err dunning_begin(struct dunning *dunning, const struct dunning_step *opened) {
    struct dunning_row *row = &dunning->row;
    check(opened->is_legal);
    row->id = id_new(dunning->tx->cx, "dunn");
    row->due_at = row->closed_at = ROW_NONE;
    copy_case(&opened->next, row);
    TRY(dunning_insert(dunning->tx, row));
    TRY(dunning_keep(dunning));
    TRY(note(dunning, "opened"));
    TRY(follow_access(dunning, false));
    return (opened->effects & DUNNING_MAIL_FAILED) != 0 ? dunning_tell(dunning, DUNNING_SAYS_FAILED)
                                                        : OK;
}
