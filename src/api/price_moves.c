/* /api/admin/price-changes/:id/subscriptions: whom a price change moves, and what became of it. */
#include "api/price_resources.h"

#include "app/price_change.h"

struct move_out {
    struct str user_id, subscription_id, status, reason;
    int interval;
    int64_t from, renews_at, told_at;
    bool has_renewal, is_told;
    struct money before, after;
};
#define AT(member) offsetof(struct move_out, member)
static const struct shape_field move_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"subscriptionId", "Ours", SHAPE_STR, .offset = AT(subscription_id), .max = LIMIT_RECORD_ID},
    {"interval", "How often it is billed", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"fromVersion", "The version they had", SHAPE_I64, .offset = AT(from)},
    {"priceBefore", "Of one interval", SHAPE_OBJECT, .offset = AT(before), .of = &money_shape},
    {"priceAfter", "Of one interval", SHAPE_OBJECT, .offset = AT(after), .of = &money_shape},
    {"status",
     "planned, left (not part of it), notified, undelivered (not moved until somebody decides), "
     "scheduled (the payment provider knows), moved, dropped (changed or ended in between), "
     "withdrawn, superseded",
     SHAPE_STR, .offset = AT(status), .max = 16},
    {"reason",
     "Why they are left or were dropped: already, other (plan or version), contract, ending, "
     "changing, trialing, not_active, restricted, parked, ended, left; of superseded the other "
     "change; null of the others",
     SHAPE_STR, .offset = AT(reason), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"effectiveAt", "The renewal; of planned ones if they were told now", SHAPE_INSTANT,
     .offset = AT(renews_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_renewal)},
    {"toldAt", "When they were told", SHAPE_INSTANT, .offset = AT(told_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_told)},
};
#undef AT
const struct shape price_move_shape =
    SHAPE("PriceMove", "A subscription that moves to another price, or does not", struct move_out,
          move_fields);
static const struct shape_field move_item = {.kind = SHAPE_OBJECT, .of = &price_move_shape};
static const struct shape_field moves_fields[] = {
    {"data", "By userId", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &move_item, .item_size = sizeof(struct move_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape price_moves_shape =
    SHAPE("PriceMoves", "A page of a price change's subscriptions", struct page, moves_fields);

static struct move_out move_out_of(const struct price_move_row *row) {
    return (struct move_out){
        .user_id = row->user_id,
        .subscription_id = id_str(&row->subscription_id),
        .interval = row->interval,
        .from = row->from,
        .before = money_stored(row->price_before, row->currency),
        .after = money_stored(row->price_after, row->currency),
        .status = str_from_cstr(price_move_status_name((enum price_move_status)row->status)),
        .reason = text_or_null(row->reason),
        .renews_at = row->renews_at,
        .told_at = row->told_at,
        .has_renewal = row->renews_at != ROW_NONE,
        .is_told = row->told_at != ROW_NONE,
    };
}

/* --- a page --- */

static const char *const status_words[] = {
    [PRICE_MOVE_PLANNED] = "planned",       [PRICE_MOVE_LEFT] = "left",
    [PRICE_MOVE_NOTIFIED] = "notified",     [PRICE_MOVE_UNDELIVERED] = "undelivered",
    [PRICE_MOVE_SCHEDULED] = "scheduled",   [PRICE_MOVE_MOVED] = "moved",
    [PRICE_MOVE_DROPPED] = "dropped",       [PRICE_MOVE_WITHDRAWN] = "withdrawn",
    [PRICE_MOVE_SUPERSEDED] = "superseded", [PRICE_MOVE_STATUS_COUNT] = NULL,
};
static const struct shape_field query_fields[] = {RECORD_QUERY_FIELDS(status_words)};
const struct shape price_moves_query_shape =
    SHAPE("PriceMovesQuery", "Which subscriptions", struct record_query, query_fields);

void price_moves_list(struct api_request *request) {
    const struct record_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    struct tx tx = request_read(request);
    struct price_change_row row;
    struct row_list list;
    bool is_found = false;
    if (reply_if_failed(request, price_change_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PRICE_CHANGE_NOT_FOUND);
        return;
    }
    bool has_status = query != NULL && query->has_status;
    const struct price_move_filter filter = {
        .change_id = request->values[0],
        .after = query == NULL ? STR("") : query->page.cursor,
        .status = has_status ? str_from_cstr(status_words[query->status]) : STR(""),
    };
    if (reply_if_failed(request, price_moves_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct price_move_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct move_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = move_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    reply_value(request, 200, &price_moves_shape, &page);
}

/* --- who could not be told --- */

struct decide_in {
    int decision;
    int64_t told_at;
    bool has_told_at;
};
static const char *const decisions[] = {"move", "leave", NULL};
static const struct shape_field decide_fields[] = {
    {"decision", "move: they were told in another way; leave: they keep their price", SHAPE_ENUM,
     .offset = offsetof(struct decide_in, decision), .names = decisions},
    {"toldAt", "Of move: when; notice counts from then on", SHAPE_INSTANT,
     .offset = offsetof(struct decide_in, told_at), .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct decide_in, has_told_at)},
};
const struct shape price_decide_shape =
    SHAPE("PriceMoveDecision", "What becomes of somebody who could not be told", struct decide_in,
          decide_fields);

struct decide_in_hand {
    struct price_decide decide; /* first: `done` hands it back */
    struct api_request *request;
};

static void reply_move(struct api_request *request) {
    struct tx tx = request_read(request);
    struct price_move_row row;
    bool is_found = false;
    if (reply_if_failed(request, price_move_read(&tx, request->values[0], request->values[1], &row,
                                                 &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PRICE_MOVE_NOT_FOUND);
        return;
    }
    struct move_out out = move_out_of(&row);
    reply_value(request, 200, &price_move_shape, &out);
}

static void decided(struct command *command) {
    struct decide_in_hand *hand = (struct decide_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_move(hand->request);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void price_moves_decide(struct api_request *request) {
    const struct decide_in *in = request->body;
    struct decide_in_hand *hand = ARENA_NEW(request->arena, struct decide_in_hand);
    bool moves = in->decision == 0;
    if (moves != in->has_told_at) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/toldAt",
                        moves ? "when they were told" : "only beside decision: move");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->decide.change_id = request->values[0];
    hand->decide.user_id = request->values[1];
    hand->decide.moves = moves;
    hand->decide.told_at = (struct instant){in->told_at};
    hand->decide.command.done = decided;
    price_move_decide(request->api->app, &hand->decide);
}
