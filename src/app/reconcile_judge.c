/* A suspect, read afresh: what differs still is noted; what is safe is repaired by the mirror, as
 * if an event had told of it, and looked at once more. */
#include "app/reconcile_inside.h"

#include "app/mirror.h"
#include "base/check.h"
#include "store/customer.h"
#include "store/webhook.h"

/* --- what is noted --- */

struct verdict {
    struct str user_id, stripe_id;
    const struct compare_found *found;
    const char *status; /* "open" or "repaired" */
};

static struct err note(struct tx *tx, const struct verdict *verdict,
                       struct reconciliation_row *run) {
    int64_t now = cx_now_ms(tx->cx);
    bool is_open = str_equal(str_from_cstr(verdict->status), STR("open"));
    struct difference_row before;
    bool is_known = false;
    struct difference_row row = {
        .user_id = verdict->user_id,
        .id = id_new(tx->cx, "diff"),
        .reconciliation_id = run->id,
        .kind = str_from_cstr(difference_code(verdict->found->kind)),
        .stripe_id = verdict->stripe_id,
        .here = verdict->found->here,
        .there = verdict->found->there,
        .status = str_from_cstr(verdict->status),
        .found_at = now,
        .settled_at = is_open ? ROW_NONE : now,
    };
    run->found++;
    run->repaired += !is_open;
    TRY(difference_open(tx, &row, &before, &is_known));
    if (!is_known) {
        return difference_insert(tx, &row);
    }
    row.id = before.id;
    row.found_at = before.found_at;
    return difference_replace(tx, &row);
}

/* --- what is gone --- */

static enum difference missing_there(struct str object) {
    static const struct {
        const char *object;
        enum difference kind;
    } kinds[] = {
        {"customer", DIFFERENCE_CUSTOMER_MISSING_THERE},
        {"subscription", DIFFERENCE_SUBSCRIPTION_MISSING_THERE},
        {"invoice", DIFFERENCE_INVOICE_MISSING_THERE},
        {"charge", DIFFERENCE_CHARGE_MISSING_THERE},
        {"refund", DIFFERENCE_REFUND_MISSING_THERE},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_equal(object, str_from_cstr(kinds[i].object))) {
            return kinds[i].kind;
        }
    }
    check(false);
    return DIFFERENCE_UNREADABLE;
}

static struct err judge_missing(struct tx *tx, const struct reconcile_object *object,
                                struct reconciliation_row *run) {
    const struct compare_found found = {missing_there(object->object), STR("known"),
                                        STR("no such object")};
    const struct verdict verdict = {object->user_id, object->stripe_id, &found, "open"};
    return note(tx, &verdict, run);
}

/* --- what is there --- */

/* The mirror repairs what it mirrors; that a record is whose is said by nothing but this. */
static struct err link_customer(struct tx *tx, const struct comparison *comparison) {
    TRY(customer_set_stripe(tx, comparison->user_id, comparison->stripe_id));
    return stripe_object_put(tx, comparison->stripe_id, comparison->user_id, comparison->user_id);
}

static bool has_found(const struct comparison *comparison, enum difference kind) {
    for (size_t i = 0; i < comparison->count; i++) {
        if (comparison->found[i].kind == kind) {
            return true;
        }
    }
    return false;
}

static struct err repair(struct reconcile_step *step, struct tx *tx,
                         const struct comparison *before, struct comparison *ret_after) {
    struct app *app = step->command.app;
    if (has_found(before, DIFFERENCE_CUSTOMER_UNLINKED)) {
        TRY(link_customer(tx, before));
    }
    TRY(mirror_answer(app, tx, step->answer, &step->gate_update));
    return compare_object(app, tx, step->answer, ret_after);
}

struct err reconcile_judge(struct reconcile_step *step, struct tx *tx,
                           struct reconciliation_row *run) {
    const struct payments_answer *answer = step->answer;
    const struct reconcile_object *object = &step->work->suspect;
    struct comparison before;
    TRY(reconcile_see(tx, object->user_id, object->stripe_id)); /* met, whatever it is */
    if (answer->outcome == PAYMENTS_MISSING) {
        return judge_missing(tx, object, run);
    }
    TRY(compare_object(step->command.app, tx, answer, &before));
    if (!before.is_ours || before.count == 0) {
        return OK; /* it was only the page that was old */
    }
    struct comparison after = before;
    if (!run->is_dry_run && comparison_is_safe(&before)) {
        TRY(repair(step, tx, &before, &after));
    }
    for (size_t i = 0; i < before.count; i++) {
        bool is_left = has_found(&after, before.found[i].kind);
        const struct verdict verdict = {before.user_id, before.stripe_id, &before.found[i],
                                        is_left ? "open" : "repaired"};
        TRY(note(tx, &verdict, run));
    }
    return OK;
}
