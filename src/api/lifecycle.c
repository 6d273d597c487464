/* /api/admin/subscriptions: the board of paid subscriptions, and the rows behind each figure. */
#include "api/customer_resources.h"

#include "app/lifecycle.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, PERIOD_DAYS = 30 };

static const char *const places[] = {"trialing",  "active", "cancelling", "past_due",
                                     "suspended", "paused", "ended",      NULL};
static_assert(ARRAY_LEN(places) == LIFECYCLE_COUNT + 1, "in the order of the enum");
static const char *const sources[] = {"trialing", "active", "cancelling", "past_due", "suspended",
                                      "paused",   "ended",  "new",        NULL};
static_assert(ARRAY_LEN(sources) == LIFECYCLE_FROM_COUNT + 1, "in the order of the enum");
static const char *const stucks[] = {"any",     "first_payment", "trial", "end", "pending_change",
                                     "renewal", "past_due",      NULL};
static_assert(ARRAY_LEN(stucks) == STUCK_COUNT + 1, "in the order of the enum");

/* --- which --- */

struct lifecycle_in {
    struct page_query page; /* first: page_size() reads it */
    int place, stuck;
    bool has_place, has_stuck, has_from, has_to;
    int64_t from, to;
};
#define AT(member) offsetof(struct lifecycle_in, member)
#define PERIOD_FIELDS                                                                              \
    {"from",                                                                                       \
     "Of what moved and ended: from then on; 30 days before when not given",                       \
     SHAPE_INSTANT,                                                                                \
     .offset = AT(from),                                                                           \
     .flags = SHAPE_OPTIONAL,                                                                      \
     .is_set = AT(has_from)},                                                                      \
    {                                                                                              \
        "to", "And before then; now when not given", SHAPE_INSTANT,                                \
            .offset = AT(to), .flags = SHAPE_OPTIONAL, .is_set = AT(has_to)                        \
    }
static const struct shape_field board_query_fields[] = {PERIOD_FIELDS};
static const struct shape_field list_query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "That stand here only; ended: in the period", SHAPE_ENUM, .offset = AT(place),
     .names = places, .flags = SHAPE_OPTIONAL, .is_set = AT(has_place)},
    {"stuck", "That wait for this for too long; any: for anything", SHAPE_ENUM, .offset = AT(stuck),
     .names = stucks, .flags = SHAPE_OPTIONAL, .is_set = AT(has_stuck)},
    PERIOD_FIELDS,
};
#undef AT
const struct shape lifecycle_board_query_shape =
    SHAPE("LifecyclePeriod", "Of which period", struct lifecycle_in, board_query_fields);
const struct shape lifecycle_query_shape =
    SHAPE("LifecycleQuery", "Which subscriptions", struct lifecycle_in, list_query_fields);

/* --- the rows --- */

struct row_out {
    struct str user_id, id;
    int tier, interval, place, stuck;
    struct money mrr;
    bool has_mrr, is_stuck, has_pending, has_trial, owes, has_ended;
    int64_t created_at, period_end, trial_ends_at, past_due_since, ended_at;
};
#define AT(member) offsetof(struct row_out, member)
static const struct shape_field row_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"id", "Ours, of the subscription", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"interval", "How often it is billed", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"status", "Where it stands", SHAPE_ENUM, .offset = AT(place), .names = places},
    {"stuck", "What it waits for, for too long; null: it does not", SHAPE_ENUM, .offset = AT(stuck),
     .names = stucks, .flags = SHAPE_NULLABLE, .is_set = AT(is_stuck)},
    {"mrr", "As of a customer; null: the plan is not in the catalogue any more", SHAPE_OBJECT,
     .offset = AT(mrr), .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_mrr)},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"currentPeriodEnd", "Until when is paid", SHAPE_INSTANT, .offset = AT(period_end)},
    {"hasPendingChange", "Another plan or interval follows", SHAPE_BOOL, .offset = AT(has_pending)},
    {"trialEndsAt", "When its trial ends, or did", SHAPE_INSTANT, .offset = AT(trial_ends_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_trial)},
    {"pastDueSince", "Since when it owes", SHAPE_INSTANT, .offset = AT(past_due_since),
     .flags = SHAPE_NULLABLE, .is_set = AT(owes)},
    {"endedAt", "When it ended", SHAPE_INSTANT, .offset = AT(ended_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_ended)},
};
#undef AT
static const struct shape row_shape =
    SHAPE("LifecycleRow", "A paid subscription, to operators", struct row_out, row_fields);
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};
static const struct shape_field rows_fields[] = {
    {"data", "In order of the customer; of what ended in order of when it began", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = LIMIT_PAGE, .item = &row_item,
     .item_size = sizeof(struct row_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape lifecycle_rows_shape =
    SHAPE("LifecycleRows", "A page of paid subscriptions", struct page, rows_fields);

static struct row_out row_out_of(const struct lifecycle_entry *entry) {
    const struct lifecycle_row *row = &entry->row;
    return (struct row_out){
        .user_id = row->user_id,
        .id = row->id,
        .tier = row->tier,
        .interval = row->interval,
        .place = (int)entry->place,
        .stuck = (int)entry->stuck,
        .is_stuck = entry->stuck != STUCK_NOT,
        .mrr = entry->monthly,
        .has_mrr = entry->is_priced,
        .created_at = row->created_at,
        .period_end = row->period_end,
        .has_pending = row->has_pending_change,
        .trial_ends_at = row->trial_ends_at,
        .has_trial = row->trial_ends_at != ROW_NONE,
        .past_due_since = row->past_due_since,
        .owes = row->past_due_since != ROW_NONE,
        .ended_at = row->ended_at,
        .has_ended = row->ended_at != ROW_NONE,
    };
}

static void read_period(struct api_request *request, const struct lifecycle_in *in,
                        struct instant *ret_from, struct instant *ret_to) {
    int64_t now = request_now(request).ms;
    ret_to->ms = in != NULL && in->has_to ? in->to : now + 1;
    ret_from->ms =
        in != NULL && in->has_from ? in->from : ret_to->ms - (int64_t)PERIOD_DAYS * DAY_MS;
}

void lifecycle_list(struct api_request *request) {
    const struct lifecycle_in *in = request->query;
    struct lifecycle_query query = {
        .place = in != NULL && in->has_place ? in->place : -1,
        .stuck = in != NULL && in->has_stuck ? in->stuck : -1,
        .after = in == NULL ? STR("") : in->page.cursor,
        .max = page_size(in == NULL ? NULL : &in->page),
    };
    struct tx tx = request_read(request);
    struct lifecycle_page found;
    read_period(request, in, &query.from, &query.to);
    if (reply_if_failed(request, lifecycle_page_read(request->api->app, &tx, &query, &found))) {
        return;
    }
    struct row_out *out = arena_array(request->arena, found.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < found.count; i++) {
        out[i] = row_out_of(&found.entries[i]);
    }
    struct page page = {{out, out == NULL ? 0 : found.count}, text_or_null(found.next)};
    reply_value(request, 200, &lifecycle_rows_shape, &page);
}

/* --- the board --- */

struct place_out {
    int name;
    int64_t count;
    struct shape_list monthly;
};
static const struct shape_field money_item = {.kind = SHAPE_OBJECT, .of = &money_shape};
#define AT(member) offsetof(struct place_out, member)
#define PLACE_FIELDS(words)                                                                        \
    {"name", "Where", SHAPE_ENUM, .offset = AT(name), .names = (words)},                           \
        {"count", "How many", SHAPE_I64, .offset = AT(count)}, {                                   \
        "mrr", "What they bring in a month, one a currency", SHAPE_LIST,                           \
            .offset = AT(monthly), .max = LIFECYCLE_CURRENCIES, .item = &money_item,               \
            .item_size = sizeof(struct money)                                                      \
    }
static const struct shape_field place_fields[] = {PLACE_FIELDS(places)};
static const struct shape_field stuck_fields[] = {PLACE_FIELDS(stucks)};
#undef AT
static const struct shape place_shape =
    SHAPE("LifecyclePlace", "A place of the board", struct place_out, place_fields);
static const struct shape stuck_shape =
    SHAPE("LifecycleStuck", "What subscriptions wait for", struct place_out, stuck_fields);

struct flow_out {
    int from, to;
    int64_t count;
};
static const struct shape_field flow_fields[] = {
    {"from", "Where they stood; new: they began", SHAPE_ENUM,
     .offset = offsetof(struct flow_out, from), .names = sources},
    {"to", "Where they went", SHAPE_ENUM, .offset = offsetof(struct flow_out, to), .names = places},
    {"count", "How often", SHAPE_I64, .offset = offsetof(struct flow_out, count)},
};
static const struct shape flow_shape =
    SHAPE("LifecycleFlow", "Moves from one place to another", struct flow_out, flow_fields);

struct board_out {
    int64_t from, to;
    struct shape_list places, stuck, flows;
    bool is_cut;
};
enum { FLOWS_MAX = LIFECYCLE_FROM_COUNT * LIFECYCLE_COUNT };
static const struct shape_field place_item = {.kind = SHAPE_OBJECT, .of = &place_shape};
static const struct shape_field stuck_item = {.kind = SHAPE_OBJECT, .of = &stuck_shape};
static const struct shape_field flow_item = {.kind = SHAPE_OBJECT, .of = &flow_shape};
#define AT(member) offsetof(struct board_out, member)
static const struct shape_field board_fields[] = {
    {"from", "Of what moved and ended", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "Until when", SHAPE_INSTANT, .offset = AT(to)},
    {"places", "How many stand where now; of ended: in the period", SHAPE_LIST,
     .offset = AT(places), .max = LIFECYCLE_COUNT, .item = &place_item,
     .item_size = sizeof(struct place_out)},
    {"stuck", "How many should have moved by the clock; without those of which there are none",
     SHAPE_LIST, .offset = AT(stuck), .max = STUCK_COUNT, .item = &stuck_item,
     .item_size = sizeof(struct place_out)},
    {"flows", "How they moved in the period, as the audit log proves it", SHAPE_LIST,
     .offset = AT(flows), .max = FLOWS_MAX, .item = &flow_item,
     .item_size = sizeof(struct flow_out)},
    {"isCut", "There is more than was looked at", SHAPE_BOOL, .offset = AT(is_cut)},
};
#undef AT
const struct shape lifecycle_board_shape = SHAPE(
    "LifecycleBoard", "Paid subscriptions by where they stand", struct board_out, board_fields);

/* Those with a count, or all. */
static struct shape_list sums_out(struct api_request *request, const struct lifecycle_sum *sums,
                                  size_t count, bool is_all) {
    struct place_out *out = arena_array(request->arena, count, sizeof *out);
    size_t used = 0;
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (is_all || sums[i].count > 0) {
            out[used++] = (struct place_out){
                (int)i, sums[i].count, {(void *)(uintptr_t)sums[i].monthly, sums[i].currencies}};
        }
    }
    return (struct shape_list){out, used};
}

static struct shape_list flows_out(struct api_request *request,
                                   const struct lifecycle_board *board) {
    struct flow_out *out = arena_array(request->arena, FLOWS_MAX, sizeof *out);
    size_t used = 0;
    for (int from = 0; out != NULL && from < LIFECYCLE_FROM_COUNT; from++) {
        for (int to = 0; to < LIFECYCLE_COUNT; to++) {
            if (board->flows[from][to] > 0) {
                out[used++] = (struct flow_out){from, to, board->flows[from][to]};
            }
        }
    }
    return (struct shape_list){out, used};
}

void lifecycle_board_get(struct api_request *request) {
    struct instant from;
    struct instant to;
    struct tx tx = request_read(request);
    struct lifecycle_board *board = ARENA_NEW(request->arena, struct lifecycle_board);
    read_period(request, request->query, &from, &to);
    if (board == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (reply_if_failed(request, lifecycle_board_read(request->api->app, &tx, from, to, board))) {
        return;
    }
    struct board_out out = {
        .from = from.ms,
        .to = to.ms,
        .places = sums_out(request, board->places, LIFECYCLE_COUNT, true),
        .stuck = sums_out(request, board->stuck, STUCK_COUNT, false),
        .flows = flows_out(request, board),
        .is_cut = board->is_cut,
    };
    reply_value(request, 200, &lifecycle_board_shape, &out);
}
