/* /api/admin/retention/holds: customers of whom nothing goes, however old. */
#include "api/retention_resources.h"

#include "app/retention.h"

struct hold_out {
    struct str id, user_id, reason, created_by, lifted_by;
    int64_t until, created_at, lifted_at;
    bool is_lifted;
};
#define AT(member) offsetof(struct hold_out, member)
static const struct shape_field hold_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"reason", "Why", SHAPE_STR, .offset = AT(reason), .max = 500},
    {"until", "It ends then by itself", SHAPE_INSTANT, .offset = AT(until)},
    {"createdBy", "Who holds them; null: the owner of the machine", SHAPE_STR,
     .offset = AT(created_by), .max = 64, .flags = SHAPE_NULLABLE},
    {"createdAt", "Since when", SHAPE_INSTANT, .offset = AT(created_at)},
    {"liftedAt", "When it ended; null: it has not", SHAPE_INSTANT, .offset = AT(lifted_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_lifted)},
    {"liftedBy", "By whom; null: nobody, or its time was over", SHAPE_STR, .offset = AT(lifted_by),
     .max = 64, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape retention_hold_shape =
    SHAPE("RetentionHold", "A customer of whom nothing goes", struct hold_out, hold_fields);
static const struct shape_field hold_item = {.kind = SHAPE_OBJECT, .of = &retention_hold_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &hold_item, .item_size = sizeof(struct hold_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape retention_holds_shape =
    SHAPE("RetentionHolds", "A page of holds", struct page, page_fields);

static const char *const states[] = {"all", "held", NULL};
struct holds_in {
    struct page_query page; /* first: page_size() reads it */
    int state;
};
#define AT(member) offsetof(struct holds_in, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "held: only those that have not ended; all when not given", SHAPE_ENUM,
     .offset = AT(state), .names = states, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape retention_holds_query_shape =
    SHAPE("RetentionHoldsQuery", "Which holds", struct holds_in, query_fields);

static struct hold_out hold_out_of(const struct retention_hold_row *row) {
    return (struct hold_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .reason = row->reason,
        .created_by = text_or_null(row->created_by),
        .lifted_by = text_or_null(row->lifted_by),
        .until = row->until,
        .created_at = row->created_at,
        .lifted_at = row->lifted_at,
        .is_lifted = row->lifted_at != ROW_NONE,
    };
}

static struct page page_of(struct api_request *request, const struct row_list *list, size_t size) {
    const struct retention_hold_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct hold_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = hold_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list->count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    return page;
}

void retention_holds_list(struct api_request *request) {
    const struct holds_in *in = request->query;
    size_t size = page_size(in == NULL ? NULL : &in->page);
    bool has_cursor = in != NULL && in->page.cursor.len > 0;
    const struct retention_hold_filter filter = {
        .before = has_cursor ? in->page.cursor : STR("~"),
        .is_in_force = in != NULL && in->state == 1,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (!reply_if_failed(request, retention_holds_read(&tx, &filter, size + 1, &list))) {
        struct page page = page_of(request, &list, size);
        reply_value(request, 200, &retention_holds_shape, &page);
    }
}

/* --- holding --- */

struct hold_in {
    struct str user_id, reason;
    int64_t until;
};
static const struct shape_field in_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = offsetof(struct hold_in, user_id), .min = 1,
     .max = LIMIT_USER_ID},
    {"reason", "Why: a case and its number. It stands in the audit log: no names", SHAPE_STR,
     .offset = offsetof(struct hold_in, reason), .min = 3, .max = 500},
    {"until", "When it ends by itself, at most 30 years from now", SHAPE_INSTANT,
     .offset = offsetof(struct hold_in, until)},
};
const struct shape retention_hold_in_shape =
    SHAPE("RetentionHoldRequest", "Who is to be held, and why", struct hold_in, in_fields);

struct hold_in_hand {
    struct retention_hold hold; /* first: `done` hands it back */
    struct api_request *request;
};

/* As it is kept: what the command read ended with its transaction. */
static void held(struct command *command) {
    struct api_request *request = ((struct hold_in_hand *)command)->request;
    const struct hold_in *in = request->body;
    struct retention_hold_row row;
    bool is_found = false;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, retention_held(&tx, in->user_id, &row, &is_found))) {
        return;
    }
    if (!is_found) { /* released since */
        reply_problem(request, OUTCOME_RETENTION_NOT_HELD);
        return;
    }
    struct hold_out out = hold_out_of(&row);
    reply_value(request, 201, &retention_hold_shape, &out);
}

void retention_holds_post(struct api_request *request) {
    const struct hold_in *in = request->body;
    struct hold_in_hand *hand = ARENA_NEW(request->arena, struct hold_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->hold.row.user_id = in->user_id;
    hand->hold.row.reason = in->reason;
    hand->hold.row.until = in->until;
    hand->hold.command.done = held;
    retention_hold(request->api->app, &hand->hold);
}

struct release_in_hand {
    struct retention_release release; /* first: `done` hands it back */
    struct api_request *request;
};

static void released(struct command *command) {
    struct api_request *request = ((struct release_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void retention_holds_delete(struct api_request *request) {
    struct release_in_hand *hand = ARENA_NEW(request->arena, struct release_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->release.user_id = request->values[0];
    hand->release.command.done = released;
    retention_release(request->api->app, &hand->release);
}
