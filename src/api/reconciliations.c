/* /api/admin/reconciliations and /api/admin/differences: walks, how far they are, what they found.
 */
#include "api/admin_resources.h"

#include "api/cancel.h"
#include "app/reconcile.h"
#include "core/difference.h"

/* --- walks, as shown --- */

struct walk_out {
    struct str id, reason, only_user_id, status, phase, last_error;
    bool is_dry_run, has_finished;
    int64_t examined, found, repaired, left_over, started_at, finished_at;
};

#define AT(member) offsetof(struct walk_out, member)
static const struct shape_field walk_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"reason", "asked, daily or restore", SHAPE_STR, .offset = AT(reason), .max = 16},
    {"userId", "Of whom alone; null: of everybody", SHAPE_STR, .offset = AT(only_user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"dryRun", "Repairs nothing", SHAPE_BOOL, .offset = AT(is_dry_run)},
    {"status", "running, done, failed or cancelled", SHAPE_STR, .offset = AT(status), .max = 16},
    {"phase", "Which list is walked", SHAPE_STR, .offset = AT(phase), .max = 32},
    {"examined", "Objects so far", SHAPE_I64, .offset = AT(examined)},
    {"found", "Differences so far", SHAPE_I64, .offset = AT(found)},
    {"repaired", "Of these", SHAPE_I64, .offset = AT(repaired)},
    {"leftOver", "Of these, for a person; counted at the end", SHAPE_I64, .offset = AT(left_over)},
    {"lastError", "Why it failed", SHAPE_STR, .offset = AT(last_error), .max = 1000,
     .flags = SHAPE_NULLABLE},
    {"startedAt", "When", SHAPE_INSTANT, .offset = AT(started_at)},
    {"finishedAt", "When; null while it runs", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
};
#undef AT
const struct shape reconciliation_shape =
    SHAPE("Reconciliation", "A walk over what is mirrored", struct walk_out, walk_fields);
static const struct shape_field walk_item = {.kind = SHAPE_OBJECT, .of = &reconciliation_shape};

static const struct shape_field walks_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &walk_item, .item_size = sizeof(struct walk_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape reconciliations_shape =
    SHAPE("Reconciliations", "A page of walks", struct page, walks_fields);

static struct walk_out walk_out_of(const struct reconciliation_row *row) {
    return (struct walk_out){
        .id = id_str(&row->id),
        .reason = row->reason,
        .only_user_id = text_or_null(row->only_user_id),
        .status = row->status,
        .phase = row->phase,
        .last_error = text_or_null(row->last_error),
        .is_dry_run = row->is_dry_run,
        .has_finished = row->finished_at != ROW_NONE,
        .examined = row->examined,
        .found = row->found,
        .repaired = row->repaired,
        .left_over = row->left_over,
        .started_at = row->started_at,
        .finished_at = row->finished_at,
    };
}

static void reply_walk(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct reconciliation_row row;
    bool is_found = false;
    if (reply_if_failed(request, reconciliation_read(&tx, id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_RECONCILIATION_NOT_FOUND);
        return;
    }
    struct walk_out out = walk_out_of(&row);
    reply_value(request, status, &reconciliation_shape, &out);
}

void reconciliations_cancel(struct api_request *request) {
    reply_cancelled(request, reconcile_cancel, reconciliations_get);
}

void reconciliations_get(struct api_request *request) {
    reply_walk(request, 200, request->values[0]);
}

void reconciliations_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    struct str before = query == NULL || query->cursor.len == 0 ? STR("~") : query->cursor;
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, reconciliations_read(&tx, before, size + 1, &list))) {
        return;
    }
    const struct reconciliation_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct walk_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = walk_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &reconciliations_shape, &page);
}

/* --- begun --- */

struct begin_in {
    struct str user_id;
    bool is_dry_run;
};
static const struct shape_field begin_fields[] = {
    {"userId", "Only this customer", SHAPE_STR, .offset = offsetof(struct begin_in, user_id),
     .min = 1, .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"dryRun", "Find, and repair nothing", SHAPE_BOOL,
     .offset = offsetof(struct begin_in, is_dry_run), .flags = SHAPE_OPTIONAL},
};
const struct shape reconciliation_begin_shape =
    SHAPE("ReconciliationBegin", "What shall be walked", struct begin_in, begin_fields);

struct begin_in_hand {
    struct reconcile_start start; /* first: `done` hands it back */
    struct api_request *request;
};

static void begun(struct command *command) {
    struct begin_in_hand *hand = (struct begin_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_walk(hand->request, 201, id_str(&hand->start.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void reconciliations_begin(struct api_request *request) {
    const struct begin_in *in = request->body;
    struct begin_in_hand *hand = ARENA_NEW(request->arena, struct begin_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->start.reason = "asked";
    hand->start.only_user_id = in->user_id.bytes == NULL ? STR("") : in->user_id;
    hand->start.is_dry_run = in->is_dry_run;
    hand->start.command.done = begun;
    reconcile_begin(request->api->app, &hand->start);
}

/* --- differences --- */

struct difference_out {
    struct str id, user_id, reconciliation_id, kind, meaning, stripe_id, here, there, status;
    bool is_safe, has_settled;
    int64_t found_at, settled_at;
};

#define AT(member) offsetof(struct difference_out, member)
static const struct shape_field difference_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "Whose; null: of nobody known", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"reconciliationId", "The walk that found it last", SHAPE_STR, .offset = AT(reconciliation_id),
     .max = LIMIT_RECORD_ID},
    {"kind", "Such as invoice_status", SHAPE_STR, .offset = AT(kind), .max = 64},
    {"meaning", "The kind in words", SHAPE_STR, .offset = AT(meaning), .max = 200},
    {"safe", "Whether such a one may be repaired without asking", SHAPE_BOOL,
     .offset = AT(is_safe)},
    {"stripeId", "Of the object", SHAPE_STR, .offset = AT(stripe_id), .max = LIMIT_STRIPE_ID},
    {"here", "What is stored", SHAPE_STR, .offset = AT(here), .max = 500},
    {"there", "What the provider says", SHAPE_STR, .offset = AT(there), .max = 500},
    {"status", "open, repaired or settled", SHAPE_STR, .offset = AT(status), .max = 16},
    {"foundAt", "When first", SHAPE_INSTANT, .offset = AT(found_at)},
    {"settledAt", "When it was repaired, or not found any more", SHAPE_INSTANT,
     .offset = AT(settled_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_settled)},
};
#undef AT
static const struct shape difference_shape =
    SHAPE("Difference", "What two sides say differently", struct difference_out, difference_fields);
static const struct shape_field difference_item = {.kind = SHAPE_OBJECT, .of = &difference_shape};

static const struct shape_field differences_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &difference_item, .item_size = sizeof(struct difference_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape differences_shape =
    SHAPE("Differences", "A page of differences", struct page, differences_fields);

struct difference_query {
    struct page_query page; /* first: as for every list */
    struct str user_id, reconciliation_id;
    int status;
    bool has_status;
};
static const char *const statuses[] = {"open", "repaired", "settled", NULL};
#define AT(member) offsetof(struct difference_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "Only those that stand so", SHAPE_ENUM, .offset = AT(status), .names = statuses,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
    {"reconciliationId", "Only of this walk", SHAPE_STR, .offset = AT(reconciliation_id), .min = 1,
     .max = LIMIT_RECORD_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Only of this customer", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape differences_query_shape =
    SHAPE("DifferencesQuery", "Which differences", struct difference_query, query_fields);

static struct difference_out difference_out_of(const struct difference_row *row) {
    enum difference kind = DIFFERENCE_UNREADABLE;
    bool is_known = difference_parse(row->kind, &kind);
    return (struct difference_out){
        .id = id_str(&row->id),
        .user_id = text_or_null(row->user_id),
        .reconciliation_id = id_str(&row->reconciliation_id),
        .kind = row->kind,
        .meaning = is_known ? str_from_cstr(difference_text(kind)) : STR("Of an older release."),
        .is_safe = is_known && difference_is_safe(kind),
        .stripe_id = row->stripe_id,
        .here = row->here,
        .there = row->there,
        .status = row->status,
        .found_at = row->found_at,
        .settled_at = row->settled_at,
        .has_settled = row->settled_at != ROW_NONE,
    };
}

void differences_list(struct api_request *request) {
    static const struct difference_query none = {.has_status = false};
    const struct difference_query *query = request->query == NULL ? &none : request->query;
    size_t size = page_size(&query->page);
    const struct difference_filter filter = {
        .before = query->page.cursor.len == 0 ? STR("~") : query->page.cursor,
        .status = query->has_status ? str_from_cstr(statuses[query->status]) : STR(""),
        .reconciliation_id = query->reconciliation_id,
        .user_id = query->user_id,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, differences_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct difference_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct difference_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = difference_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &differences_shape, &page);
}
