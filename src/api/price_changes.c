/* /api/admin/price-changes: planned and counted, agreed to, taken back. */
#include "api/price_resources.h"

#include "api/approval_resources.h"
#include "app/price_change.h"

enum { SUMS_MAX = 16 };

/* --- a change, as shown --- */

struct sum_out {
    struct str currency;
    int64_t moves, before, after, change;
};
#define AT(member) offsetof(struct sum_out, member)
static const struct shape_field sum_fields[] = {
    {"currency", "ISO 4217, in lower case", SHAPE_STR, .offset = AT(currency), .max = 3},
    {"moves", "How many subscriptions", SHAPE_I64, .offset = AT(moves)},
    {"perMonthBefore", "What they bring in a month, minor units; a year is twelve months",
     SHAPE_I64, .offset = AT(before), .min = -MONEY_MINOR_MAX, .max = MONEY_MINOR_MAX},
    {"perMonthAfter", "What they will", SHAPE_I64, .offset = AT(after), .min = -MONEY_MINOR_MAX,
     .max = MONEY_MINOR_MAX},
    {"perMonthChange", "The difference", SHAPE_I64, .offset = AT(change), .min = -MONEY_MINOR_MAX,
     .max = MONEY_MINOR_MAX},
};
#undef AT
static const struct shape sum_shape = SHAPE(
    "PriceChangeSum", "What a price change comes to in a currency", struct sum_out, sum_fields);
static const struct shape_field sum_item = {.kind = SHAPE_OBJECT, .of = &sum_shape};

struct count_out {
    struct str status, reason;
    int64_t count;
};
#define AT(member) offsetof(struct count_out, member)
static const struct shape_field count_fields[] = {
    {"status",
     "planned, left, notified, undelivered, scheduled, moved, dropped, withdrawn or superseded",
     SHAPE_STR, .offset = AT(status), .max = 16},
    {"reason", "Why they are left or were dropped; null of the others", SHAPE_STR,
     .offset = AT(reason), .max = 32, .flags = SHAPE_NULLABLE},
    {"count", "How many subscriptions", SHAPE_I64, .offset = AT(count)},
};
#undef AT
static const struct shape count_shape =
    SHAPE("PriceChangeCount", "How many stand where", struct count_out, count_fields);
static const struct shape_field count_item = {.kind = SHAPE_OBJECT, .of = &count_shape};

static const struct shape_field version_item = {
    .kind = SHAPE_I64, .doc = "A version of the plan", .min = 1, .max = CATALOGUE_VERSION_MAX};

struct change_out {
    struct str id, status, hash, created_by;
    int tier;
    struct shape_list from;
    int64_t to, effective_from, monthly_days, yearly_days;
    int64_t created_at, counted_at, started_at, withdrawn_at;
    bool is_counted, is_started, is_withdrawn;
    int64_t looked_at, moves, left_out;
    struct shape_list sums, counts;
};
#define AT(member) offsetof(struct change_out, member)
static const struct shape_field change_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"fromVersions", "Whose holders move", SHAPE_LIST, .offset = AT(from),
     .max = PRICE_CHANGE_VERSIONS_MAX, .item = &version_item, .item_size = sizeof(int64_t)},
    {"toVersion", "What they are moved to", SHAPE_I64, .offset = AT(to), .min = 1,
     .max = CATALOGUE_VERSION_MAX},
    {"effectiveFrom", "With the first renewal from then on", SHAPE_INSTANT,
     .offset = AT(effective_from)},
    {"noticeDaysMonthly", "How long before who pays each month is told", SHAPE_I64,
     .offset = AT(monthly_days)},
    {"noticeDaysYearly", "And who pays each year", SHAPE_I64, .offset = AT(yearly_days)},
    {"status", "counting, ready, telling, done, withdrawing or withdrawn", SHAPE_STR,
     .offset = AT(status), .max = 16},
    {"hash", "SHA-256 over all that was counted: what a second person agrees to", SHAPE_STR,
     .offset = AT(hash), .max = 64},
    {"createdBy", "Who planned it", SHAPE_STR, .offset = AT(created_by), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"countedAt", "Since when it is ready; null: not yet", SHAPE_INSTANT, .offset = AT(counted_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_counted)},
    {"startedAt", "Since when holders are told; null: they are not", SHAPE_INSTANT,
     .offset = AT(started_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_started)},
    {"withdrawnAt", "When it was taken back", SHAPE_INSTANT, .offset = AT(withdrawn_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_withdrawn)},
    {"lookedAt", "How many subscriptions of the plan there are", SHAPE_I64,
     .offset = AT(looked_at)},
    {"moves", "How many move", SHAPE_I64, .offset = AT(moves)},
    {"leftOut", "How many do not", SHAPE_I64, .offset = AT(left_out)},
    {"sums", "What those who move come to, by currency", SHAPE_LIST, .offset = AT(sums),
     .max = SUMS_MAX, .item = &sum_item, .item_size = sizeof(struct sum_out)},
    {"counts", "How many stand where", SHAPE_LIST, .offset = AT(counts), .max = PRICE_SUMS_MAX,
     .item = &count_item, .item_size = sizeof(struct count_out)},
};
#undef AT
const struct shape price_change_shape =
    SHAPE("PriceChange", "Holders of a plan are moved to another price", struct change_out,
          change_fields);

static struct shape_list versions_out(struct api_request *request, struct str from) {
    int64_t *versions = arena_array(request->arena, PRICE_CHANGE_VERSIONS_MAX, sizeof *versions);
    size_t count = 0;
    while (versions != NULL && from.len > 0 && count < PRICE_CHANGE_VERSIONS_MAX) {
        count += str_to_i64(str_cut(&from, ' '), &versions[count]) ? 1 : 0;
    }
    return (struct shape_list){versions, count};
}

static struct change_out change_out_of(struct api_request *request,
                                       const struct price_change_row *row) {
    return (struct change_out){
        .id = id_str(&row->id),
        .tier = row->tier,
        .from = versions_out(request, row->from),
        .to = row->to,
        .effective_from = row->effective_from,
        .monthly_days = row->monthly_days,
        .yearly_days = row->yearly_days,
        .status = str_from_cstr(price_change_status_name((enum price_change_status)row->status)),
        .hash = row->hash,
        .created_by = text_or_null(row->created_by),
        .created_at = row->created_at,
        .counted_at = row->counted_at,
        .started_at = row->started_at,
        .withdrawn_at = row->withdrawn_at,
        .is_counted = row->counted_at != ROW_NONE,
        .is_started = row->started_at != ROW_NONE,
        .is_withdrawn = row->withdrawn_at != ROW_NONE,
        .looked_at = row->looked_at,
        .moves = row->moves,
        .left_out = row->left_out,
    };
}

/* Rows come by currency: one sum for each, of all that are not left out. */
static void add_sums(const struct row_list *list, struct sum_out *out, size_t *ret_count) {
    const struct price_move_sum *rows = list->items;
    size_t count = 0;
    for (size_t i = 0; i < list->count && count < SUMS_MAX;) {
        int64_t before[INTERVAL_COUNT] = {0};
        int64_t after[INTERVAL_COUNT] = {0};
        struct sum_out sum = {.currency = rows[i].currency};
        for (; i < list->count && str_equal(rows[i].currency, sum.currency); i++) {
            if (rows[i].status != PRICE_MOVE_LEFT) {
                sum.moves += rows[i].count;
                before[rows[i].interval] += rows[i].before;
                after[rows[i].interval] += rows[i].after;
            }
        }
        sum.before = price_monthly(before);
        sum.after = price_monthly(after);
        sum.change = sum.after - sum.before;
        out[count++] = sum;
    }
    *ret_count = count;
}

static struct err read_sums(struct api_request *request, struct tx *tx, struct str id,
                            struct change_out *out) {
    struct row_list list;
    size_t count = 0;
    TRY(price_sums_read(tx, id, &list));
    const struct price_move_sum *rows = list.items;
    struct sum_out *sums = arena_array(request->arena, SUMS_MAX, sizeof *sums);
    struct count_out *counts = arena_array(request->arena, list.count, sizeof *counts);
    if (sums == NULL || counts == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    add_sums(&list, sums, &count);
    for (size_t i = 0; i < list.count; i++) {
        counts[i] = (struct count_out){
            .status = str_from_cstr(price_move_status_name((enum price_move_status)rows[i].status)),
            .reason = text_or_null(rows[i].reason),
            .count = rows[i].count,
        };
    }
    out->sums = (struct shape_list){sums, count};
    out->counts = (struct shape_list){counts, list.count};
    return OK;
}

static void reply_change(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct price_change_row row;
    bool is_found = false;
    if (reply_if_failed(request, price_change_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_PRICE_CHANGE_NOT_FOUND);
        return;
    }
    struct change_out out = change_out_of(request, &row);
    if (!reply_if_failed(request, read_sums(request, &tx, id, &out))) {
        reply_value(request, status, &price_change_shape, &out);
    }
}

void price_changes_get_one(struct api_request *request) {
    reply_change(request, 200, request->values[0]);
}

/* --- all of them --- */

#define AT(member) offsetof(struct change_out, member)
static const struct shape_field item_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"toVersion", "What holders are moved to", SHAPE_I64, .offset = AT(to), .min = 1,
     .max = CATALOGUE_VERSION_MAX},
    {"effectiveFrom", "With the first renewal from then on", SHAPE_INSTANT,
     .offset = AT(effective_from)},
    {"status", "counting, ready, telling, done, withdrawing or withdrawn", SHAPE_STR,
     .offset = AT(status), .max = 16},
    {"createdAt", "When it was planned", SHAPE_INSTANT, .offset = AT(created_at)},
    {"moves", "How many move", SHAPE_I64, .offset = AT(moves)},
    {"leftOut", "How many do not", SHAPE_I64, .offset = AT(left_out)},
};
#undef AT
static const struct shape item_shape =
    SHAPE("PriceChangeItem", "A price change in a list", struct change_out, item_fields);
static const struct shape_field change_item = {.kind = SHAPE_OBJECT, .of = &item_shape};
static const struct shape_field changes_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &change_item, .item_size = sizeof(struct change_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape price_changes_shape =
    SHAPE("PriceChanges", "A page of price changes", struct page, changes_fields);

void price_changes_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    struct str before = query == NULL ? STR("") : query->cursor;
    if (reply_if_failed(request, price_changes_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct price_change_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct change_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = change_out_of(request, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &price_changes_shape, &page);
}

/* --- planning --- */

struct change_in {
    int tier;
    struct shape_list from; /* of int64_t */
    int64_t to, effective_from, monthly_days, yearly_days;
};
#define AT(member) offsetof(struct change_in, member)
static const struct shape_field change_in_fields[] = {
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"fromVersions", "Whose holders move", SHAPE_LIST, .offset = AT(from), .min = 1,
     .max = PRICE_CHANGE_VERSIONS_MAX, .item = &version_item, .item_size = sizeof(int64_t)},
    {"toVersion", "The version that is sold", SHAPE_I64, .offset = AT(to), .min = 1,
     .max = CATALOGUE_VERSION_MAX},
    {"effectiveFrom", "With the first renewal from then on", SHAPE_INSTANT,
     .offset = AT(effective_from)},
    {"noticeDaysMonthly", "Who pays each month; the catalogue's when not given", SHAPE_I64,
     .offset = AT(monthly_days), .min = 1, .max = PRICE_NOTICE_DAYS_MAX, .flags = SHAPE_OPTIONAL},
    {"noticeDaysYearly", "Who pays each year; the catalogue's when not given", SHAPE_I64,
     .offset = AT(yearly_days), .min = 1, .max = PRICE_NOTICE_DAYS_MAX, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape price_change_in_shape =
    SHAPE("PriceChangePlan", "Whom to move to which price, and from when on", struct change_in,
          change_in_fields);

struct plan_in_hand {
    struct price_plan plan; /* first: `done` hands it back */
    struct api_request *request;
};

static void planned(struct command *command) {
    struct plan_in_hand *hand = (struct plan_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_change(hand->request, 202, id_str(&hand->plan.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void price_changes_post(struct api_request *request) {
    const struct change_in *in = request->body;
    struct plan_in_hand *hand = ARENA_NEW(request->arena, struct plan_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->plan.change = (struct price_change){
        .tier = (enum tier)in->tier,
        .from_count = in->from.count,
        .to = (int32_t)in->to,
        .effective_from = {in->effective_from},
        .notice = {{[INTERVAL_MONTH] = (int32_t)in->monthly_days,
                    [INTERVAL_YEAR] = (int32_t)in->yearly_days}},
    };
    const int64_t *versions = in->from.items;
    for (size_t i = 0; i < in->from.count; i++) {
        hand->plan.change.from[i] = (int32_t)versions[i];
    }
    hand->plan.command.done = planned;
    price_change_plan(request->api->app, &hand->plan);
}

/* --- agreeing --- */

struct publish_in {
    struct str hash, reason;
};
static const struct shape_field publish_fields[] = {
    {"hash", "Of what was counted, as it was looked at", SHAPE_STR,
     .offset = offsetof(struct publish_in, hash), .min = 64, .max = 64,
     .allowed = "0123456789abcdef"},
    {"reason", "For who has to agree", SHAPE_STR, .offset = offsetof(struct publish_in, reason),
     .min = 3, .max = 500},
};
const struct shape price_publish_shape = SHAPE(
    "PriceChangePublish", "What is to be agreed to, and why", struct publish_in, publish_fields);

struct publish_in_hand {
    struct price_publish publish; /* first: `done` hands it back */
    struct api_request *request;
};

static void published(struct command *command) {
    struct publish_in_hand *hand = (struct publish_in_hand *)command;
    struct str approval = id_str(&hand->publish.approval_id);
    switch ((int)command->outcome) {
    case OUTCOME_DONE:
        reply_change(hand->request, 200, hand->publish.id);
        return;
    case OUTCOME_APPROVAL_REQUIRED:
        reply_approval(hand->request, 202, approval);
        return;
    case OUTCOME_APPROVAL_WAITING:
        reply_approval_waiting(hand->request, approval);
        return;
    default:
        reply_problem(hand->request, (int)command->outcome);
    }
}

void price_changes_publish(struct api_request *request) {
    const struct publish_in *in = request->body;
    struct publish_in_hand *hand = ARENA_NEW(request->arena, struct publish_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->publish.id = request->values[0];
    hand->publish.hash = in->hash;
    hand->publish.reason = in->reason;
    hand->publish.command.done = published;
    price_change_publish(request->api->app, &hand->publish);
}

/* --- taking back --- */

struct withdraw_in {
    struct str reason;
};
static const struct shape_field withdraw_fields[] = {
    {"reason", "For the audit log", SHAPE_STR, .offset = offsetof(struct withdraw_in, reason),
     .min = 3, .max = 500},
};
const struct shape price_withdraw_shape = SHAPE(
    "PriceChangeWithdraw", "Why a price change is taken back", struct withdraw_in, withdraw_fields);

struct withdraw_in_hand {
    struct price_withdraw withdraw; /* first: `done` hands it back */
    struct api_request *request;
};

static void withdrawn(struct command *command) {
    struct withdraw_in_hand *hand = (struct withdraw_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_change(hand->request, 200, hand->withdraw.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void price_changes_withdraw(struct api_request *request) {
    const struct withdraw_in *in = request->body;
    struct withdraw_in_hand *hand = ARENA_NEW(request->arena, struct withdraw_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->withdraw.id = request->values[0];
    hand->withdraw.reason = in->reason;
    hand->withdraw.command.done = withdrawn;
    price_change_withdraw(request->api->app, &hand->withdraw);
}
