/* /api/admin/charging and /api/admin/parked: what keeps money from moving, and how it is let go. */
#include "api/admin_resources.h"

#include "app/billing_event.h"
#include "app/freeze.h"
#include "app/parking.h"

enum { HISTORY_MAX = 20, REASON_MAX = 500 };

/* --- a reason, without which nothing is let go --- */

struct release_in {
    struct str reason;
};
static const struct shape_field release_fields[] = {
    {"reason", "For the history", SHAPE_STR, .offset = offsetof(struct release_in, reason),
     .min = 3, .max = REASON_MAX},
};
const struct shape release_reason_shape =
    SHAPE("ReleaseReason", "Why it is let go", struct release_in, release_fields);

/* --- the installation --- */

struct history_out {
    struct str type, description;
    int64_t at;
};
static const struct shape_field history_fields[] = {
    {"type", "charging.frozen or charging.released", SHAPE_STR,
     .offset = offsetof(struct history_out, type), .max = 64},
    {"description", "Why", SHAPE_STR, .offset = offsetof(struct history_out, description),
     .max = 1000},
    {"at", "When", SHAPE_INSTANT, .offset = offsetof(struct history_out, at)},
};
static const struct shape history_shape =
    SHAPE("ChargingEvent", "A line of the history", struct history_out, history_fields);
static const struct shape_field history_item = {.kind = SHAPE_OBJECT, .of = &history_shape};

struct charging_out {
    struct str reason;
    bool is_frozen;
    int64_t since, incarnation;
    struct shape_list history;
};
#define AT(member) offsetof(struct charging_out, member)
static const struct shape_field charging_fields[] = {
    {"frozen", "Nothing is changed at the payment provider", SHAPE_BOOL, .offset = AT(is_frozen)},
    {"reason", "Why; null when it is not", SHAPE_STR, .offset = AT(reason), .max = 1000,
     .flags = SHAPE_NULLABLE},
    {"since", "Since when; null when it is not", SHAPE_INSTANT, .offset = AT(since),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_frozen)},
    {"incarnation", "How often the installation was restored, and once", SHAPE_I64,
     .offset = AT(incarnation)},
    {"history", "The newest first", SHAPE_LIST, .offset = AT(history), .max = HISTORY_MAX,
     .item = &history_item, .item_size = sizeof(struct history_out)},
};
#undef AT
const struct shape charging_shape =
    SHAPE("Charging", "Whether money may move", struct charging_out, charging_fields);

void charging_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct freeze freeze;
    struct row_list list;
    if (reply_if_failed(request, freeze_read(&tx, &freeze)) ||
        reply_if_failed(request, freeze_history(&tx, HISTORY_MAX, &list))) {
        return;
    }
    const struct billing_event_row *rows = list.items;
    struct history_out *history = arena_array(request->arena, list.count, sizeof *history);
    for (size_t i = 0; history != NULL && i < list.count; i++) {
        history[i] = (struct history_out){rows[i].type, rows[i].description, rows[i].created_at};
    }
    struct charging_out out = {
        .reason = text_or_null(freeze.reason),
        .is_frozen = freeze.is_frozen,
        .since = freeze.since,
        .incarnation = freeze.incarnation,
        .history = {history, history == NULL ? 0 : list.count},
    };
    reply_value(request, 200, &charging_shape, &out);
}

struct lift_in_hand {
    struct freeze_lift lift; /* first: `done` hands it back */
    struct api_request *request;
};

static void lifted(struct command *command) {
    struct api_request *request = ((struct lift_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        charging_get(request);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void charging_release(struct api_request *request) {
    const struct release_in *in = request->body;
    struct lift_in_hand *hand = ARENA_NEW(request->arena, struct lift_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->lift.reason = in->reason;
    hand->lift.command.done = lifted;
    freeze_lift(request->api->app, &hand->lift);
}

/* --- customers --- */

struct parked_out {
    struct str user_id, reason, stripe_invoice_id;
    struct money amount, usual;
    int64_t parked_at;
    bool has_usual;
};
#define AT(member) offsetof(struct parked_out, member)
static const struct shape_field parked_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"reason",
     "unusual_amount, second_invoice, payment_disputed (ends by itself) or price_disputed (the "
     "provider's price of a change and ours differ)",
     SHAPE_STR, .offset = AT(reason), .max = 32},
    {"stripeInvoiceId", "The invoice it is about; null when it is about none", SHAPE_STR,
     .offset = AT(stripe_invoice_id), .max = LIMIT_STRIPE_ID, .flags = SHAPE_NULLABLE},
    {"amount", "Of the invoice, the dispute or the change", SHAPE_OBJECT, .offset = AT(amount),
     .of = &money_shape},
    {"usual", "What it would have been expected to be; null for a dispute", SHAPE_OBJECT,
     .offset = AT(usual), .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_usual)},
    {"parkedAt", "When", SHAPE_INSTANT, .offset = AT(parked_at)},
};
#undef AT
static const struct shape parked_shape =
    SHAPE("ParkedCustomer", "A customer whom nothing is charged", struct parked_out, parked_fields);
static const struct shape_field parked_item = {.kind = SHAPE_OBJECT, .of = &parked_shape};
static const struct shape_field parked_page_fields[] = {
    {"data", "By userId", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &parked_item, .item_size = sizeof(struct parked_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape parked_page_shape =
    SHAPE("ParkedCustomers", "A page of parked customers", struct page, parked_page_fields);

static struct parked_out parked_out_of(const struct parked_row *row) {
    struct currency currency = {""};
    (void)!currency_parse(row->currency, &currency); /* the store holds known ones only */
    return (struct parked_out){
        .user_id = row->user_id,
        .reason = row->reason,
        .stripe_invoice_id = text_or_null(row->stripe_invoice_id),
        .has_usual = row->usual != 0,
        .amount = money_of(row->amount, currency),
        .usual = money_of(row->usual, currency),
        .parked_at = row->parked_at,
    };
}

void parked_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(
            request, parked_read(&tx, query == NULL ? STR("") : query->cursor, size + 1, &list))) {
        return;
    }
    const struct parked_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct parked_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = parked_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    reply_value(request, 200, &parked_page_shape, &page);
}

struct let_go_in_hand {
    struct parking_release release; /* first: `done` hands it back */
    struct api_request *request;
};

static void let_go(struct command *command) {
    struct api_request *request = ((struct let_go_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void parked_release_post(struct api_request *request) {
    const struct release_in *in = request->body;
    struct let_go_in_hand *hand = ARENA_NEW(request->arena, struct let_go_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->release.user_id = request->values[0];
    hand->release.reason = in->reason;
    hand->release.command.done = let_go;
    parking_let_go(request->api->app, &hand->release);
}
