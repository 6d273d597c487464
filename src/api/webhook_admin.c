/* /api/admin/webhooks: what the payment provider has sent, what became of it, and once more. */
#include "api/admin_resources.h"

#include <stdlib.h>

#include "app/webhook.h"

/* --- as shown --- */

struct event_out {
    struct str id, type, object_id, status, last_error, body;
    int64_t attempts, received_at, finished_at;
    bool has_finished;
};

#define AT(member) offsetof(struct event_out, member)
static const struct shape_field event_fields[] = {
    {"id", "Stripe's", SHAPE_STR, .offset = AT(id), .max = LIMIT_STRIPE_ID},
    {"type", "Such as invoice.paid; also one that this release does not know", SHAPE_STR,
     .offset = AT(type), .max = LIMIT_STRIPE_ID},
    {"objectId", "Stripe's, of what it speaks of", SHAPE_STR, .offset = AT(object_id),
     .max = LIMIT_STRIPE_ID},
    {"status", "received (it waits), applied, ignored or failed", SHAPE_STR, .offset = AT(status),
     .max = 16},
    {"attempts", "How often it was tried", SHAPE_I64, .offset = AT(attempts)},
    {"lastError", "Why it failed or was ignored", SHAPE_STR, .offset = AT(last_error), .max = 1000,
     .flags = SHAPE_NULLABLE},
    {"receivedAt", "When it came first", SHAPE_INSTANT, .offset = AT(received_at)},
    {"finishedAt", "When it was applied, ignored or given up", SHAPE_INSTANT,
     .offset = AT(finished_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
    {"body", "Not in lists: the event as it was sent; gone 30 days after it was applied",
     SHAPE_JSON, .offset = AT(body), .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
};
#undef AT
const struct shape webhook_event_shape =
    SHAPE("WebhookEvent", "An event of the payment provider's", struct event_out, event_fields);
static const struct shape_field event_item = {.kind = SHAPE_OBJECT, .of = &webhook_event_shape};

static const struct shape_field events_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &event_item, .item_size = sizeof(struct event_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape webhooks_shape =
    SHAPE("WebhookEvents", "A page of events", struct page, events_fields);

static struct event_out event_out_of(const struct webhook_row *row) {
    return (struct event_out){
        .id = row->stripe_event_id,
        .type = row->type,
        .object_id = row->object_id,
        .status = row->status,
        .last_error = text_or_null(row->last_error),
        .attempts = row->attempts,
        .received_at = row->received_at,
        .finished_at = row->finished_at,
        .has_finished = row->finished_at != ROW_NONE,
    };
}

/* --- the list --- */

struct list_query {
    struct page_query page; /* first: as for every list */
    struct str type;
    int status;
    bool has_status;
};

static const char *const statuses[] = {"received", "applied", "ignored", "failed", NULL};

static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = offsetof(struct list_query, page.limit),
     .min = 1, .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR,
     .offset = offsetof(struct list_query, page.cursor), .min = 1, .max = 300,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "Only those that stand so", SHAPE_ENUM,
     .offset = offsetof(struct list_query, status), .names = statuses, .flags = SHAPE_OPTIONAL,
     .is_set = offsetof(struct list_query, has_status)},
    {"type", "Only those of this type", SHAPE_STR, .offset = offsetof(struct list_query, type),
     .min = 1, .max = LIMIT_STRIPE_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
const struct shape webhooks_query_shape =
    SHAPE("WebhooksQuery", "Which events", struct list_query, query_fields);

/* "1795000000000-evt_1": two events may come in one millisecond. False when it is none of ours. */
static bool read_cursor(struct str cursor, struct webhook_filter *filter) {
    filter->before_at = INT64_MAX;
    if (cursor.len == 0) {
        return true;
    }
    struct str at = str_cut(&cursor, '-');
    filter->before_id = cursor;
    return str_to_i64(at, &filter->before_at) && cursor.len > 0;
}

static bool read_filter(struct api_request *request, struct webhook_filter *ret_filter) {
    const struct list_query *query = request->query;
    *ret_filter = (struct webhook_filter){.before_at = INT64_MAX};
    if (query == NULL) {
        return true;
    }
    ret_filter->type = query->type;
    ret_filter->status = query->has_status ? str_from_cstr(statuses[query->status]) : STR("");
    if (read_cursor(query->page.cursor, ret_filter)) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

void webhooks_list(struct api_request *request) {
    const struct list_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    struct webhook_filter filter;
    struct tx tx = request_read(request);
    struct row_list list;
    if (!read_filter(request, &filter) ||
        reply_if_failed(request, webhooks_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct webhook_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct event_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = event_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor =
            arena_printf(request->arena, "%lld-" STR_FMT, (long long)rows[size - 1].received_at,
                         STR_ARG(rows[size - 1].stripe_event_id));
    }
    reply_value(request, 200, &webhooks_shape, &page);
}

/* --- one --- */

static void reply_event(struct api_request *request, struct str event_id) {
    struct tx tx = request_read(request);
    struct webhook_row row;
    bool is_found = false;
    if (reply_if_failed(request, webhook_read(&tx, event_id, &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_WEBHOOK_NOT_FOUND);
        return;
    }
    struct event_out out = event_out_of(&row);
    out.body = row.body;
    reply_value(request, 200, &webhook_event_shape, &out);
}

void webhooks_get(struct api_request *request) {
    reply_event(request, request->values[0]);
}

/* --- once more --- */

struct replay_query {
    int64_t since, until;
    bool has_since, has_until;
};
#define AT(member) offsetof(struct replay_query, member)
static const struct shape_field replay_fields[] = {
    {"since", "Only what came from then on", SHAPE_INSTANT, .offset = AT(since),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_since)},
    {"until", "Only what came before then", SHAPE_INSTANT, .offset = AT(until),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_until)},
};
#undef AT
const struct shape webhooks_replay_query_shape =
    SHAPE("WebhooksReplay", "Which events", struct replay_query, replay_fields);

struct replayed_out {
    int64_t count;
};
static const struct shape_field replayed_fields[] = {
    {"count", "How many", SHAPE_I64, .offset = offsetof(struct replayed_out, count)},
};
const struct shape webhooks_replayed_shape =
    SHAPE("WebhooksReplayed", "What waits again", struct replayed_out, replayed_fields);

struct again_in_hand {
    struct webhook_again again; /* first: `done` hands it back */
    struct api_request *request;
};

static void played(struct command *command) {
    struct again_in_hand *hand = (struct again_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
    } else if (hand->again.event_id.len > 0) {
        reply_event(hand->request, hand->again.event_id);
    } else {
        struct replayed_out out = {hand->again.count};
        reply_value(hand->request, 200, &webhooks_replayed_shape, &out);
    }
}

static void play(struct api_request *request, struct str event_id) {
    struct again_in_hand *hand = ARENA_NEW(request->arena, struct again_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    const struct replay_query *query = event_id.len > 0 ? NULL : request->query;
    hand->request = request;
    hand->again.event_id = event_id;
    hand->again.since =
        query != NULL && query->has_since ? (struct instant){query->since} : INSTANT_MIN;
    hand->again.until =
        query != NULL && query->has_until ? (struct instant){query->until} : INSTANT_MAX;
    hand->again.command.done = played;
    webhook_play_again(request->api->app, &hand->again);
}

void webhooks_replay(struct api_request *request) {
    play(request, request->values[0]);
}

void webhooks_replay_failed(struct api_request *request) {
    play(request, STR(""));
}
