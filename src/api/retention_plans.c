/* /api/admin/retention/plans: what may go, counted; and POST …/purge, by which it goes. */
#include "api/retention_resources.h"

#include "api/approval_resources.h"
#include "app/retention.h"

/* --- a plan --- */

struct plan_kind_out {
    struct str kind;
    int64_t before, rows, oldest, purged;
    bool has_oldest, is_purged;
};
#define AT(member) offsetof(struct plan_kind_out, member)
static const struct shape_field kind_fields[] = {
    {"kind", "As in the schedule", SHAPE_STR, .offset = AT(kind), .max = 32},
    {"before", "What is from before goes", SHAPE_INSTANT, .offset = AT(before)},
    {"rows", "How many there were", SHAPE_I64, .offset = AT(rows)},
    {"oldest", "From when the oldest was", SHAPE_INSTANT, .offset = AT(oldest),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_oldest)},
    {"purged", "How many went; null: not yet", SHAPE_I64, .offset = AT(purged),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_purged)},
};
#undef AT
static const struct shape kind_shape =
    SHAPE("RetentionPlanKind", "Rows of a kind that may go", struct plan_kind_out, kind_fields);
static const struct shape_field kind_item = {.kind = SHAPE_OBJECT, .of = &kind_shape};

struct plan_out {
    struct str id, status, hash, created_by;
    int64_t created_at, counted_at, started_at, finished_at;
    bool is_counted, is_started, is_finished;
    int64_t looked_at, customers, purged, skipped;
    struct shape_list kinds;
};
#define AT(member) offsetof(struct plan_out, member)
static const struct shape_field plan_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"status", "counting, ready, running, done, cancelled, or superseded by a newer one", SHAPE_STR,
     .offset = AT(status), .max = 16},
    {"hash", "SHA-256 over all that was counted: what a second person agrees to", SHAPE_STR,
     .offset = AT(hash), .max = 64},
    {"createdBy", "Who asked for it; null: the program, as each month", SHAPE_STR,
     .offset = AT(created_by), .max = 64, .flags = SHAPE_NULLABLE},
    {"createdAt", "When", SHAPE_INSTANT, .offset = AT(created_at)},
    {"countedAt", "Since when it is ready; null: not yet", SHAPE_INSTANT, .offset = AT(counted_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_counted)},
    {"startedAt", "Since when it is carried out; null: it is not", SHAPE_INSTANT,
     .offset = AT(started_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_started)},
    {"finishedAt", "When that was done, or given up", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
    {"lookedAt", "How many customers were looked at", SHAPE_I64, .offset = AT(looked_at)},
    {"customers", "Of how many the books may go", SHAPE_I64, .offset = AT(customers)},
    {"purged", "Of how many they went", SHAPE_I64, .offset = AT(purged)},
    {"skipped", "How many were left: held, or no longer due as they were looked at again",
     SHAPE_I64, .offset = AT(skipped)},
    {"kinds", "Rows that go as well", SHAPE_LIST, .offset = AT(kinds), .max = RETENTION_KIND_COUNT,
     .item = &kind_item, .item_size = sizeof(struct plan_kind_out)},
};
#undef AT
const struct shape retention_plan_shape =
    SHAPE("RetentionPlan", "What may go, as it was counted", struct plan_out, plan_fields);

static struct plan_out plan_out_of(const struct retention_plan_row *row) {
    return (struct plan_out){
        .id = id_str(&row->id),
        .status = row->status,
        .hash = row->hash,
        .created_by = text_or_null(row->created_by),
        .created_at = row->created_at,
        .counted_at = row->counted_at,
        .started_at = row->started_at,
        .finished_at = row->finished_at,
        .is_counted = row->counted_at != ROW_NONE,
        .is_started = row->started_at != ROW_NONE,
        .is_finished = row->finished_at != ROW_NONE,
        .looked_at = row->looked_at,
        .customers = row->customers,
        .purged = row->purged,
        .skipped = row->skipped,
    };
}

static struct err read_kinds(struct api_request *request, struct tx *tx, struct str id,
                             struct shape_list *ret_list) {
    struct row_list list;
    TRY(retention_plan_kinds(tx, id, &list));
    const struct retention_kind_row *rows = list.items;
    struct plan_kind_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct plan_kind_out){
            .kind = str_from_cstr(retention_info_of((enum retention_kind)rows[i].kind)->name),
            .before = rows[i].before,
            .rows = rows[i].counted,
            .oldest = rows[i].oldest,
            .purged = rows[i].purged,
            .has_oldest = rows[i].oldest != ROW_NONE,
            .is_purged = rows[i].purged != ROW_NONE,
        };
    }
    *ret_list = (struct shape_list){out, out == NULL ? 0 : list.count};
    return OK;
}

static void reply_plan(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct retention_plan_row row;
    bool is_found = false;
    if (reply_if_failed(request, retention_plan_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_RETENTION_PLAN_NOT_FOUND);
        return;
    }
    struct plan_out out = plan_out_of(&row);
    if (!reply_if_failed(request, read_kinds(request, &tx, id, &out.kinds))) {
        reply_value(request, status, &retention_plan_shape, &out);
    }
}

void retention_plan_get_one(struct api_request *request) {
    reply_plan(request, 200, request->values[0]);
}

/* --- its customers --- */

struct plan_customer_out {
    struct str user_id, status, reason;
    int64_t last_at, due_at, invoices;
    bool is_erased;
};
#define AT(member) offsetof(struct plan_customer_out, member)
static const struct shape_field customer_fields[] = {
    {"userId", "As the platform calls them: a pseudonym", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID},
    {"lastAt", "From when the newest of their books is", SHAPE_INSTANT, .offset = AT(last_at)},
    {"dueAt", "Since when they may go", SHAPE_INSTANT, .offset = AT(due_at)},
    {"invoices", "How many invoices", SHAPE_I64, .offset = AT(invoices)},
    {"isErased", "They were erased; else a new key is made for what is to come", SHAPE_BOOL,
     .offset = AT(is_erased)},
    {"status", "planned, purged or skipped", SHAPE_STR, .offset = AT(status), .max = 16},
    {"reason",
     "Why they were left: held, newer (there is a younger one), active (a plan, a debt, a dispute "
     "or a change), settled (it has gone before); null when they were not",
     SHAPE_STR, .offset = AT(reason), .max = 16, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape customer_shape =
    SHAPE("RetentionPlanCustomer", "A customer whose books may go", struct plan_customer_out,
          customer_fields);
static const struct shape_field customer_item = {.kind = SHAPE_OBJECT, .of = &customer_shape};
static const struct shape_field customers_fields[] = {
    {"data", "By userId", SHAPE_LIST, .offset = offsetof(struct page, data), .max = LIMIT_PAGE,
     .item = &customer_item, .item_size = sizeof(struct plan_customer_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape retention_customers_shape =
    SHAPE("RetentionPlanCustomers", "A page of a plan's customers", struct page, customers_fields);

static struct page customers_page(struct api_request *request, const struct row_list *list,
                                  size_t size) {
    const struct retention_customer_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct plan_customer_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = (struct plan_customer_out){
            .user_id = rows[i].user_id,
            .status = rows[i].status,
            .reason = text_or_null(rows[i].reason),
            .last_at = rows[i].last_at,
            .due_at = rows[i].due_at,
            .invoices = rows[i].invoices,
            .is_erased = rows[i].is_erased,
        };
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list->count > size) {
        page.next_cursor = rows[size - 1].user_id;
    }
    return page;
}

void retention_plan_list_customers(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct tx tx = request_read(request);
    struct retention_plan_row row;
    struct row_list list;
    bool is_found = false;
    if (reply_if_failed(request, retention_plan_read(&tx, request->values[0], &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_RETENTION_PLAN_NOT_FOUND);
        return;
    }
    struct str after = query == NULL ? STR("") : query->cursor;
    if (!reply_if_failed(
            request, retention_plan_customers(&tx, request->values[0], after, size + 1, &list))) {
        struct page page = customers_page(request, &list, size);
        reply_value(request, 200, &retention_customers_shape, &page);
    }
}

/* --- counting --- */

struct begin_in_hand {
    struct retention_count_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_plan(hand->request, 202, id_str(&hand->begin.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void retention_dry_run(struct api_request *request) {
    struct begin_in_hand *hand = ARENA_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->begin.command.done = begun;
    retention_count_begin(request->api->app, &hand->begin);
}

/* --- carrying out --- */

struct purge_in {
    struct str plan_id, reason;
};
static const struct shape_field purge_fields[] = {
    {"planId", "Of a plan that is ready, and not older than 30 days", SHAPE_STR,
     .offset = offsetof(struct purge_in, plan_id), .min = 1, .max = LIMIT_RECORD_ID},
    {"reason", "For who has to agree", SHAPE_STR, .offset = offsetof(struct purge_in, reason),
     .min = 3, .max = 500},
};
const struct shape retention_purge_in_shape = SHAPE(
    "RetentionPurge", "Which plan is to be carried out, and why", struct purge_in, purge_fields);

struct purge_in_hand {
    struct retention_purge purge; /* first: `done` hands it back */
    struct api_request *request;
};

static void purged(struct command *command) {
    struct purge_in_hand *hand = (struct purge_in_hand *)command;
    struct str approval = id_str(&hand->purge.approval_id);
    switch ((int)command->outcome) {
    case OUTCOME_DONE:
        reply_plan(hand->request, 200, hand->purge.plan_id);
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

void retention_purge_post(struct api_request *request) {
    const struct purge_in *in = request->body;
    struct purge_in_hand *hand = ARENA_NEW(request->arena, struct purge_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->purge.plan_id = in->plan_id;
    hand->purge.reason = in->reason;
    hand->purge.command.done = purged;
    retention_purge(request->api->app, &hand->purge);
}

/* --- giving up --- */

struct cancel_in {
    struct str reason;
};
static const struct shape_field cancel_fields[] = {
    {"reason", "For the audit log", SHAPE_STR, .offset = offsetof(struct cancel_in, reason),
     .min = 3, .max = 500},
};
const struct shape retention_cancel_in_shape =
    SHAPE("RetentionCancel", "Why a plan is given up", struct cancel_in, cancel_fields);

struct cancel_in_hand {
    struct retention_cancel cancel; /* first: `done` hands it back */
    struct api_request *request;
};

static void cancelled(struct command *command) {
    struct cancel_in_hand *hand = (struct cancel_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_plan(hand->request, 200, hand->cancel.plan_id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void retention_plan_cancel(struct api_request *request) {
    const struct cancel_in *in = request->body;
    struct cancel_in_hand *hand = ARENA_NEW(request->arena, struct cancel_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->cancel.plan_id = request->values[0];
    hand->cancel.reason = in->reason;
    hand->cancel.command.done = cancelled;
    retention_cancel(request->api->app, &hand->cancel);
}
