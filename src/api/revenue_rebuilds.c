/* /api/admin/revenue/rebuilds: sums of the facts of revenue, made anew from them. */
#include "api/id_page.h"
#include "api/revenue_resources.h"

#include "api/cancel.h"
#include "app/revenue_rebuild.h"

enum { ACTOR_MAX = 255 };

static const char *const statuses[] = {"running", "done", "cancelled", NULL};
static_assert(ARRAY_LEN(statuses) == REVENUE_REBUILD_STATUS_COUNT + 1, "in the order of the enum");

struct rebuild_out {
    struct str id, created_by;
    int status;
    bool is_dry_run, is_finished;
    int64_t done, total, percent;
    int64_t days, months, cohorts, accounts, corrected;
    int64_t created_at, finished_at;
};
#define AT(member) offsetof(struct rebuild_out, member)
static const struct shape_field rebuild_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"status", "running; done; cancelled: what was made anew until then stays so", SHAPE_ENUM,
     .offset = AT(status), .names = statuses},
    {"dryRun", "Only counted, and nothing was written", SHAPE_BOOL, .offset = AT(is_dry_run)},
    {"done", "Months and accounts so far", SHAPE_I64, .offset = AT(done)},
    {"total", "Months and accounts there were when it began", SHAPE_I64, .offset = AT(total)},
    {"percent", "How far it is", SHAPE_I64, .offset = AT(percent)},
    {"days", "Sums by day that differed from the rows", SHAPE_I64, .offset = AT(days)},
    {"months", "Sums by month that differed from those of their days", SHAPE_I64,
     .offset = AT(months)},
    {"cohorts", "Sums by cohort that differed from the rows", SHAPE_I64, .offset = AT(cohorts)},
    {"accounts", "Accounts that stood otherwise than their rows say", SHAPE_I64,
     .offset = AT(accounts)},
    {"corrected",
     "Accounts whose rows said otherwise than their subscription: a row with the reason correction "
     "was added to each",
     SHAPE_I64, .offset = AT(corrected)},
    {"createdBy", "By whom, as the audit log names them; null: the owner of the machine", SHAPE_STR,
     .offset = AT(created_by), .max = ACTOR_MAX, .flags = SHAPE_NULLABLE},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When it ended", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
};
#undef AT
const struct shape revenue_rebuild_shape = SHAPE(
    "RevenueRebuild", "Sums made anew, and what differed", struct rebuild_out, rebuild_fields);
static const struct shape_field rebuild_item = {.kind = SHAPE_OBJECT, .of = &revenue_rebuild_shape};
static const struct shape_field rebuilds_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &rebuild_item, .item_size = sizeof(struct rebuild_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape revenue_rebuilds_shape =
    SHAPE("RevenueRebuilds", "A page of rebuilds", struct page, rebuilds_fields);

static int64_t percent_of(const struct revenue_rebuild_row *row) {
    int64_t done = row->total > 0 ? row->done * 100 / row->total : 0;
    return row->status == REVENUE_REBUILD_DONE ? 100 : done > 99 ? 99 : done;
}

static void show(const void *item, void *ret_out) {
    const struct revenue_rebuild_row *row = item;
    *(struct rebuild_out *)ret_out = (struct rebuild_out){
        .id = id_str(&row->id),
        .created_by = text_or_null(row->created_by),
        .status = row->status,
        .is_dry_run = row->is_dry_run,
        .is_finished = row->finished_at != ROW_NONE,
        .done = row->done,
        .total = row->total,
        .percent = percent_of(row),
        .days = row->days,
        .months = row->months,
        .cohorts = row->cohorts,
        .accounts = row->accounts,
        .corrected = row->corrected,
        .created_at = row->created_at,
        .finished_at = row->finished_at,
    };
}

/* As it was committed. */
static void reply_rebuild(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct revenue_rebuild_row row;
    struct rebuild_out out;
    bool is_found = false;
    if (reply_if_failed(request, revenue_rebuild_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_REVENUE_REBUILD_NOT_FOUND);
        return;
    }
    show(&row, &out);
    reply_value(request, status, &revenue_rebuild_shape, &out);
}

static struct err read_page(struct tx *tx, struct str user_id, struct str before, size_t max,
                            struct row_list *ret_list) {
    (void)user_id; /* they are nobody's in particular */
    return revenue_rebuilds_read(tx, before, max, ret_list);
}

void revenue_rebuilds_list(struct api_request *request) {
    static const struct id_list list = {
        .shape = &revenue_rebuilds_shape,
        .row_size = sizeof(struct revenue_rebuild_row),
        .id_at = offsetof(struct revenue_rebuild_row, id),
        .out_size = sizeof(struct rebuild_out),
        .read = read_page,
        .show = show,
    };
    reply_id_page(request, &list, request->query, STR(""));
}

void revenue_rebuild_get_one(struct api_request *request) {
    reply_rebuild(request, 200, request->values[0]);
}

/* --- beginning, cancelling --- */

struct start_in {
    bool is_dry_run;
};
static const struct shape_field in_fields[] = {
    {"dryRun", "true: only count what differs", SHAPE_BOOL,
     .offset = offsetof(struct start_in, is_dry_run), .flags = SHAPE_OPTIONAL},
};
const struct shape revenue_rebuild_in_shape =
    SHAPE("RevenueRebuildStart", "How sums are made anew", struct start_in, in_fields);

struct begin_in_hand {
    struct revenue_rebuild_begin begin; /* first: `done` hands it back */
    struct api_request *request;
};

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_rebuild(hand->request, 201, id_str(&hand->begin.row.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void revenue_rebuild_start(struct api_request *request) {
    const struct start_in *in = request->body;
    struct begin_in_hand *hand = COMMAND_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->begin.row.is_dry_run = in != NULL && in->is_dry_run;
    hand->begin.command.done = begun;
    revenue_rebuild_begin(request->api->app, &hand->begin);
}

void revenue_rebuild_stop(struct api_request *request) {
    reply_cancelled(request, revenue_rebuild_cancel, revenue_rebuild_get_one);
}
