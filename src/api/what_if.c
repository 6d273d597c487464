/* /api/admin/what-if: what customers would have been billed under another catalogue. */
#include "api/what_if_resources.h"

#include "api/cancel.h"
#include "app/what_if.h"

enum { ACTOR_MAX = 255, HITS_MAX = 128 };

static const char *const statuses[] = {"running", "done",       "cancelled",
                                       "failed",  "superseded", NULL};
static_assert(ARRAY_LEN(statuses) == WHAT_IF_STATUS_COUNT + 1, "in the order of the enum");
static const char *const holders_names[] = {"move", "keep", NULL};
static_assert(ARRAY_LEN(holders_names) == WHAT_IF_HOLDERS_COUNT + 1, "in the order of the enum");
static const char *const sides[] = {"same", "less", "more", NULL};
static_assert(ARRAY_LEN(sides) == WHAT_IF_SIDE_COUNT + 1, "in the order of the enum");

/* --- a run, as shown --- */

struct run_out {
    struct str id, change_id, created_by;
    int status, holders;
    int64_t months, from, until, looked_at, total, percent, lines, kept, created_at, finished_at;
    struct money billed_before, billed_after, mrr_before, mrr_after;
    int64_t customers, more, less, same, hits;
    bool is_finished;
};
#define AT(member) offsetof(struct run_out, member)
#define MONEY_FIELD(json, words, member)                                                           \
    { json, words, SHAPE_OBJECT, .offset = AT(member), .of = &money_shape }
static const struct shape_field run_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"status",
     "running; done; cancelled: as far as it came; failed: the catalogue in force has become "
     "another; superseded: a newer run took its place, and its customers are not kept",
     SHAPE_ENUM, .offset = AT(status), .names = statuses},
    {"holders", "move: everybody has what the candidate sells; keep: everybody keeps their version",
     SHAPE_ENUM, .offset = AT(holders), .names = holders_names},
    {"priceChangeId", "The price change that is tried; null: a candidate", SHAPE_STR,
     .offset = AT(change_id), .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"months", "Closed ones that are billed again", SHAPE_I64, .offset = AT(months)},
    {"from", "Invoices that were made from then on", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "And before then: the begin of this month, UTC", SHAPE_INSTANT, .offset = AT(until)},
    {"lookedAt", "Customers so far", SHAPE_I64, .offset = AT(looked_at)},
    {"total", "Customers there were when it began", SHAPE_I64, .offset = AT(total)},
    {"percent", "How far it is", SHAPE_I64, .offset = AT(percent)},
    {"lines", "Of invoices that were billed again", SHAPE_I64, .offset = AT(lines)},
    {"keptLines", "Of these, as they were billed: no formula of a plan explains them", SHAPE_I64,
     .offset = AT(kept)},
    MONEY_FIELD("billedBefore", "What was billed in these months, without tax", billed_before),
    MONEY_FIELD("billedAfter", "What would have been", billed_after),
    MONEY_FIELD("mrrBefore", "What subscriptions in force bring in a month", mrr_before),
    MONEY_FIELD("mrrAfter", "What they would", mrr_after),
    {"customers", "Who was billed, pays, or would hit a limit", SHAPE_I64, .offset = AT(customers)},
    {"more", "Who would pay more", SHAPE_I64, .offset = AT(more)},
    {"less", "Who would pay less", SHAPE_I64, .offset = AT(less)},
    {"same", "Who would pay the same", SHAPE_I64, .offset = AT(same)},
    {"hits", "Who would be above a limit that they were not above", SHAPE_I64, .offset = AT(hits)},
    {"createdBy", "By whom, as the audit log names them; null: the owner of the machine", SHAPE_STR,
     .offset = AT(created_by), .max = ACTOR_MAX, .flags = SHAPE_NULLABLE},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When it ended", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
};
#undef AT
const struct shape what_if_run_shape =
    SHAPE("WhatIf", "What another catalogue would have come to", struct run_out, run_fields);
static const struct shape_field run_item = {.kind = SHAPE_OBJECT, .of = &what_if_run_shape};
static const struct shape_field runs_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &run_item, .item_size = sizeof(struct run_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape what_if_runs_shape =
    SHAPE("WhatIfs", "A page of runs", struct page, runs_fields);

static int64_t percent_of(const struct what_if_row *row) {
    bool is_over = row->status != WHAT_IF_RUNNING && row->status != WHAT_IF_CANCELLED;
    int64_t percent = row->total > 0 ? row->looked_at * 100 / row->total : 0;
    return is_over ? 100 : percent > 99 ? 99 : percent;
}

static void add_sum(struct run_out *out, const struct what_if_sum *sum) {
    int64_t *counts[WHAT_IF_SIDE_COUNT] = {&out->same, &out->less, &out->more};
    *counts[sum->side] += sum->customers;
    out->customers += sum->customers;
    out->hits += sum->hits;
    out->billed_before.minor += sum->billed_before;
    out->billed_after.minor += sum->billed_after;
    out->mrr_before.minor += sum->monthly_before;
    out->mrr_after.minor += sum->monthly_after;
}

/* False, with a reply. */
static bool run_out_of(struct api_request *request, struct tx *tx, const struct what_if_row *row,
                       struct run_out *ret_out) {
    struct money zero = money_zero(request->api->app->catalogue->currency);
    struct run_out out = {
        .id = arena_str(request->arena, id_str(&row->id)),
        .change_id = text_or_null(row->change_id),
        .created_by = text_or_null(row->created_by),
        .status = row->status,
        .holders = row->holders,
        .months = row->months,
        .from = row->from,
        .until = row->until,
        .looked_at = row->looked_at,
        .total = row->total,
        .percent = percent_of(row),
        .lines = row->lines,
        .kept = row->kept,
        .created_at = row->created_at,
        .finished_at = row->finished_at,
        .is_finished = row->finished_at != ROW_NONE,
        .billed_before = zero,
        .billed_after = zero,
        .mrr_before = zero,
        .mrr_after = zero,
    };
    struct row_list list;
    if (reply_if_failed(request, what_if_sums_read(tx, id_str(&row->id), &list))) {
        return false;
    }
    const struct what_if_sum *sums = list.items;
    for (size_t i = 0; i < list.count; i++) {
        add_sum(&out, &sums[i]);
    }
    *ret_out = out;
    return true;
}

void what_if_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, what_if_runs_read(&tx, query == NULL ? STR("") : query->cursor,
                                                   size + 1, &list))) {
        return;
    }
    const struct what_if_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct run_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (!run_out_of(request, &tx, &rows[i], &out[i])) {
            return;
        }
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &what_if_runs_shape, &page);
}

static bool find_run(struct api_request *request, struct tx *tx, struct what_if_row *ret_row) {
    bool is_found = false;
    if (reply_if_failed(request, what_if_read(tx, request->values[0], ret_row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_WHAT_IF_NOT_FOUND);
    }
    return is_found;
}

static void reply_run(struct api_request *request, int status, const struct what_if_row *row) {
    struct tx tx = request_read(request);
    struct run_out out;
    if (run_out_of(request, &tx, row, &out)) {
        reply_value(request, status, &what_if_run_shape, &out);
    }
}

void what_if_get_one(struct api_request *request) {
    struct tx tx = request_read(request);
    struct what_if_row row;
    if (find_run(request, &tx, &row)) {
        reply_run(request, 200, &row);
    }
}

/* --- beginning, cancelling --- */

struct start_in {
    struct str catalogue, text, change_id;
    int64_t months;
    int holders;
    bool has_months;
};
#define AT(member) offsetof(struct start_in, member)
static const struct shape_field in_fields[] = {
    {"catalogue", "The candidate, as in catalog/plans.json", SHAPE_JSON, .offset = AT(catalogue),
     .max = CATALOGUE_FILE_MAX, .flags = SHAPE_OPTIONAL},
    {"catalogueText", "The same as text, as it stands in a file", SHAPE_STR, .offset = AT(text),
     .min = 1, .max = CATALOGUE_FILE_MAX, .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT},
    {"priceChangeId", "A price change that is planned, instead of a candidate", SHAPE_STR,
     .offset = AT(change_id), .min = 1, .max = LIMIT_RECORD_ID, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
    {"months", "How many closed months are billed again; 3 when not given", SHAPE_I64,
     .offset = AT(months), .min = 1, .max = WHAT_IF_MONTHS_MAX, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_months)},
    {"holders", "Of a candidate; everybody is moved when not given", SHAPE_ENUM,
     .offset = AT(holders), .names = holders_names, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape what_if_in_shape =
    SHAPE("WhatIfStart", "What is to be tried", struct start_in, in_fields);

struct begin_in_hand {
    struct what_if_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    enum outcome outcome = command->outcome;
    if (outcome == OUTCOME_CREATED) {
        reply_run(hand->request, 201, &hand->begin.row);
    } else if (hand->begin.detail[0] != '\0') {
        reply_problem_detail(hand->request, (int)outcome, str_from_cstr(hand->begin.detail));
    } else {
        reply_problem(hand->request, (int)outcome);
    }
}

void what_if_start(struct api_request *request) {
    const struct start_in *in = request->body;
    struct begin_in_hand *hand = COMMAND_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    int given = (in->catalogue.len > 0) + (in->text.len > 0) + (in->change_id.len > 0);
    if (given != 1) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/catalogue",
                        "one of catalogue, catalogueText and priceChangeId");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    hand->request = request;
    hand->begin.row = (struct what_if_row){
        .holders = in->holders,
        .months = in->has_months ? in->months : WHAT_IF_MONTHS_DEFAULT,
        .catalogue = in->catalogue.len > 0 ? in->catalogue
                     : in->text.len > 0    ? in->text
                                           : STR(""),
        .change_id = in->change_id.len > 0 ? in->change_id : STR(""),
    };
    hand->begin.command.done = begun;
    what_if_begin(request->api->app, &hand->begin);
}

void what_if_stop(struct api_request *request) {
    reply_cancelled(request, what_if_cancel, what_if_get_one);
}

/* --- customers --- */

struct customer_out {
    struct str user_id, hits;
    int tier, side;
    struct money billed_before, billed_after, mrr_before, mrr_after;
    int64_t lines, kept;
};
#define AT(member) offsetof(struct customer_out, member)
static const struct shape_field customer_fields[] = {
    {"userId", "Who", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"tier", "The plan in force", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"side", "Whether they would pay more, less or the same", SHAPE_ENUM, .offset = AT(side),
     .names = sides},
    MONEY_FIELD("billedBefore", "What they were billed, without tax", billed_before),
    MONEY_FIELD("billedAfter", "What they would have been", billed_after),
    MONEY_FIELD("mrrBefore", "What they bring in a month", mrr_before),
    MONEY_FIELD("mrrAfter", "What they would", mrr_after),
    {"hits", "Metrics whose limit they would be above, with blanks between", SHAPE_STR,
     .offset = AT(hits), .max = HITS_MAX, .flags = SHAPE_NULLABLE},
    {"lines", "Of their invoices", SHAPE_I64, .offset = AT(lines)},
    {"keptLines", "Of these, as they were billed", SHAPE_I64, .offset = AT(kept)},
};
#undef AT
static const struct shape customer_shape = SHAPE(
    "WhatIfCustomer", "What it comes to for a customer", struct customer_out, customer_fields);
static const struct shape_field customer_item = {.kind = SHAPE_OBJECT, .of = &customer_shape};
static const struct shape_field customers_fields[] = {
    {"data", "By the customer's id", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &customer_item, .item_size = sizeof(struct customer_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape what_if_customers_shape =
    SHAPE("WhatIfCustomers", "A page of customers", struct page, customers_fields);

struct customers_query {
    struct page_query page; /* first: page_size() reads it */
    int side;
    bool has_side, only_hits;
};
#define AT(member) offsetof(struct customers_query, member)
static const struct shape_field customers_query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"side", "Who would pay more, less or the same", SHAPE_ENUM, .offset = AT(side), .names = sides,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_side)},
    {"hits", "true: only who would be above a limit", SHAPE_BOOL, .offset = AT(only_hits),
     .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape what_if_customers_query_shape = SHAPE(
    "WhatIfCustomersQuery", "Which customers", struct customers_query, customers_query_fields);

static struct customer_out customer_out_of(const struct what_if_customer_row *row) {
    return (struct customer_out){
        .user_id = row->user_id,
        .hits = text_or_null(row->hits),
        .tier = row->tier,
        .side = row->side,
        .billed_before = money_stored(row->billed_before, row->currency),
        .billed_after = money_stored(row->billed_after, row->currency),
        .mrr_before = money_stored(row->monthly_before, row->currency),
        .mrr_after = money_stored(row->monthly_after, row->currency),
        .lines = row->lines,
        .kept = row->kept,
    };
}

void what_if_list_customers(struct api_request *request) {
    static const struct customers_query all = {.page = {.limit = 0}};
    const struct customers_query *in = request->query == NULL ? &all : request->query;
    size_t size = page_size(&in->page);
    struct tx tx = request_read(request);
    struct what_if_row run;
    struct row_list list;
    if (!find_run(request, &tx, &run)) {
        return;
    }
    const struct what_if_filter filter = {
        .run_id = id_str(&run.id),
        .after = in->page.cursor,
        .side = in->has_side ? in->side : -1,
        .only_hits = in->only_hits,
    };
    if (reply_if_failed(request, what_if_customers_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct what_if_customer_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct customer_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = customer_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    reply_value(request, 200, &what_if_customers_shape, &page);
}

/* --- plans --- */

struct plan_out {
    int tier, side;
    int64_t customers, hits;
    struct money billed_before, billed_after, mrr_before, mrr_after;
};
#define AT(member) offsetof(struct plan_out, member)
static const struct shape_field plan_fields[] = {
    {"tier", "The plan in force", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"side", "Of those who would pay more, less or the same", SHAPE_ENUM, .offset = AT(side),
     .names = sides},
    {"customers", "How many", SHAPE_I64, .offset = AT(customers)},
    MONEY_FIELD("billedBefore", "What they were billed, without tax", billed_before),
    MONEY_FIELD("billedAfter", "What they would have been", billed_after),
    MONEY_FIELD("mrrBefore", "What they bring in a month", mrr_before),
    MONEY_FIELD("mrrAfter", "What they would", mrr_after),
    {"hits", "Who would be above a limit", SHAPE_I64, .offset = AT(hits)},
};
#undef AT
static const struct shape plan_shape =
    SHAPE("WhatIfPlan", "What it comes to by plan and side", struct plan_out, plan_fields);
static const struct shape_field plan_item = {.kind = SHAPE_OBJECT, .of = &plan_shape};
static const struct shape_field plans_fields[] = {
    {"data", "By plan", SHAPE_LIST, .offset = offsetof(struct page, data), .max = WHAT_IF_SUMS_MAX,
     .item = &plan_item, .item_size = sizeof(struct plan_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape what_if_plans_shape =
    SHAPE("WhatIfPlans", "What it comes to by plan", struct page, plans_fields);

void what_if_list_plans(struct api_request *request) {
    struct tx tx = request_read(request);
    struct what_if_row run;
    struct row_list list;
    if (!find_run(request, &tx, &run) ||
        reply_if_failed(request, what_if_sums_read(&tx, id_str(&run.id), &list))) {
        return;
    }
    const struct what_if_sum *sums = list.items;
    struct plan_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct plan_out){
            .tier = sums[i].tier,
            .side = sums[i].side,
            .customers = sums[i].customers,
            .hits = sums[i].hits,
            .billed_before = money_stored(sums[i].billed_before, sums[i].currency),
            .billed_after = money_stored(sums[i].billed_after, sums[i].currency),
            .mrr_before = money_stored(sums[i].monthly_before, sums[i].currency),
            .mrr_after = money_stored(sums[i].monthly_after, sums[i].currency),
        };
    }
    struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, &what_if_plans_shape, &page);
}
