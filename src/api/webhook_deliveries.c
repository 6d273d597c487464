/* /api/webhook-deliveries: what endpoints were told, how each attempt went, and once more. */
#include "api/webhook_resources.h"

#include <stdlib.h>

#include "app/webhook_delivery.h"

/* --- as shown --- */

struct attempt_out {
    int64_t number, started_at, duration_ms, response_status;
    struct str response, error;
    bool has_response;
};

#define AT(member) offsetof(struct attempt_out, member)
static const struct shape_field attempt_fields[] = {
    {"number", "From 1", SHAPE_I64, .offset = AT(number)},
    {"startedAt", "When", SHAPE_INSTANT, .offset = AT(started_at)},
    {"durationMs", "How long it took", SHAPE_I64, .offset = AT(duration_ms)},
    {"responseStatus", "Of the answer; null: there was none", SHAPE_I64,
     .offset = AT(response_status), .flags = SHAPE_NULLABLE, .is_set = AT(has_response)},
    {"response", "The first 1,024 bytes of the answer", SHAPE_STR, .offset = AT(response),
     .max = WEBHOOK_RESPONSE_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"error", "Why it failed; null: it succeeded", SHAPE_STR, .offset = AT(error), .max = 1000,
     .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape attempt_shape =
    SHAPE("WebhookAttempt", "An attempt to deliver", struct attempt_out, attempt_fields);
static const struct shape_field attempt_item = {.kind = SHAPE_OBJECT, .of = &attempt_shape};

struct delivery_out {
    struct str id, endpoint_id, message_id, user_id, type, last_error, body;
    struct shape_list attempts; /* struct attempt_out */
    int64_t attempt_count, next_attempt_at, created_at, finished_at;
    int status;
    bool waits, has_finished, has_attempts;
};

static const char *const statuses[] = {"waiting", "delivered", "failed", NULL};
static_assert(ARRAY_LEN(statuses) == WEBHOOK_DELIVERY_STATUS_COUNT + 1, "as the store has them");

#define AT(member) offsetof(struct delivery_out, member)
static const struct shape_field delivery_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"endpointId", "Who is told", SHAPE_STR, .offset = AT(endpoint_id), .max = LIMIT_RECORD_ID},
    {"messageId", "The header webhook-id, the same in every attempt: the event's", SHAPE_STR,
     .offset = AT(message_id), .max = LIMIT_RECORD_ID},
    {"type", "Of the event", SHAPE_STR, .offset = AT(type), .max = 64},
    {"userId", "Whose event it is; null: of no customer", SHAPE_STR, .offset = AT(user_id),
     .max = LIMIT_USER_ID, .flags = SHAPE_NULLABLE},
    {"status", "waiting (for the first attempt or the next), delivered or failed", SHAPE_ENUM,
     .offset = AT(status), .names = statuses},
    {"attemptCount", "How often it was tried", SHAPE_I64, .offset = AT(attempt_count)},
    {"nextAttemptAt", "While it waits", SHAPE_INSTANT, .offset = AT(next_attempt_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(waits)},
    {"lastError", "Why the last attempt failed, or none was made", SHAPE_STR,
     .offset = AT(last_error), .max = 1000, .flags = SHAPE_NULLABLE},
    {"createdAt", "When the event was", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When it was delivered, or given up", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
    {"body", "Not in lists: what is sent", SHAPE_JSON, .offset = AT(body),
     .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
    {"attempts", "Not in lists: the newest first, at most 100", SHAPE_LIST, .offset = AT(attempts),
     .max = WEBHOOK_ATTEMPTS_SHOWN, .item = &attempt_item, .item_size = sizeof(struct attempt_out),
     .flags = SHAPE_OPTIONAL | SHAPE_OMITTED, .is_set = AT(has_attempts)},
};
#undef AT
const struct shape webhook_delivery_shape =
    SHAPE("WebhookDelivery", "An event for one endpoint", struct delivery_out, delivery_fields);
static const struct shape_field delivery_item = {.kind = SHAPE_OBJECT,
                                                 .of = &webhook_delivery_shape};

static const struct shape_field deliveries_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &delivery_item, .item_size = sizeof(struct delivery_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape webhook_deliveries_shape =
    SHAPE("WebhookDeliveries", "A page of deliveries", struct page, deliveries_fields);

static struct delivery_out delivery_out_of(const struct webhook_delivery_row *row) {
    return (struct delivery_out){
        .id = id_str(&row->id),
        .endpoint_id = id_str(&row->endpoint_id),
        .message_id = id_str(&row->event_id),
        .type = row->type,
        .user_id = text_or_null(row->user_id),
        .status = row->status,
        .attempt_count = row->attempts,
        .waits = row->next_attempt_at != ROW_NONE,
        .next_attempt_at = row->next_attempt_at,
        .last_error = text_or_null(row->last_error),
        .created_at = row->created_at,
        .has_finished = row->finished_at != ROW_NONE,
        .finished_at = row->finished_at,
    };
}

/* --- the list --- */

struct list_query {
    struct page_query page; /* first: as for every list */
    struct str endpoint_id, type, user_id;
    int status;
    bool has_status;
};

#define AT(member) offsetof(struct list_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"endpointId", "Only to this endpoint", SHAPE_STR, .offset = AT(endpoint_id), .min = 1,
     .max = LIMIT_RECORD_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"status", "Only those that stand so", SHAPE_ENUM, .offset = AT(status), .names = statuses,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_status)},
    {"type", "Only events of this type", SHAPE_STR, .offset = AT(type), .min = 1, .max = 64,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Only events of this customer", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape webhook_deliveries_query_shape =
    SHAPE("WebhookDeliveriesQuery", "Which deliveries", struct list_query, query_fields);

static struct webhook_delivery_filter filter_of(const struct list_query *query) {
    struct webhook_delivery_filter filter = {STR(""), STR(""), STR(""), STR(""), STR("")};
    if (query != NULL) {
        filter.endpoint_id = query->endpoint_id;
        filter.status = str_from_cstr(query->has_status ? statuses[query->status] : "");
        filter.type = query->type;
        filter.user_id = query->user_id;
        filter.before = query->page.cursor;
    }
    return filter;
}

void webhook_deliveries_list(struct api_request *request) {
    const struct list_query *query = request->query;
    size_t size = page_size(query == NULL ? NULL : &query->page);
    struct webhook_delivery_filter filter = filter_of(query);
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, webhook_deliveries_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct webhook_delivery_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct delivery_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = delivery_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200, &webhook_deliveries_shape, &page);
}

/* --- one --- */

static struct shape_list attempts_of(struct arena *arena, const struct row_list *list) {
    const struct webhook_attempt_row *rows = list->items;
    struct attempt_out *out = arena_array(arena, list->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list->count; i++) {
        out[i] = (struct attempt_out){
            .number = rows[i].number,
            .started_at = rows[i].started_at,
            .duration_ms = rows[i].duration_ms,
            .has_response = rows[i].response_status != ROW_NONE,
            .response_status = rows[i].response_status,
            .response = text_or_null(rows[i].response),
            .error = text_or_null(rows[i].error),
        };
    }
    return (struct shape_list){out, out == NULL ? 0 : list->count};
}

static void reply_delivery(struct api_request *request, int status, struct str id) {
    struct tx tx = request_read(request);
    struct webhook_delivery_row row;
    struct row_list attempts;
    bool is_found = false;
    if (reply_if_failed(request, webhook_delivery_read(&tx, id, &row, &attempts, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_WEBHOOK_DELIVERY_NOT_FOUND);
        return;
    }
    struct delivery_out out = delivery_out_of(&row);
    out.body = row.body;
    out.has_attempts = true;
    out.attempts = attempts_of(request->arena, &attempts);
    reply_value(request, status, &webhook_delivery_shape, &out);
}

void webhook_deliveries_get(struct api_request *request) {
    reply_delivery(request, 200, request->values[0]);
}

/* --- a try --- */

struct try_in_hand {
    struct webhook_try try; /* first: `done` hands it back */
    struct api_request *request;
};

static void tried(struct command *command) {
    struct try_in_hand *hand = (struct try_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED) {
        reply_delivery(hand->request, 201, id_str(&hand->try.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void webhook_endpoints_test(struct api_request *request) {
    struct try_in_hand *hand = COMMAND_NEW(request->arena, struct try_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->try.endpoint_id = request->values[0];
    hand->try.command.done = tried;
    webhook_try(request->api->app, &hand->try);
}

/* --- once more --- */

struct replay_in_hand {
    struct webhook_replay_one replay; /* first: `done` hands it back */
    struct api_request *request;
};

static void replayed(struct command *command) {
    struct replay_in_hand *hand = (struct replay_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_delivery(hand->request, 200, hand->replay.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void webhook_deliveries_replay(struct api_request *request) {
    struct replay_in_hand *hand = COMMAND_NEW(request->arena, struct replay_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->replay.id = request->values[0];
    hand->replay.command.done = replayed;
    webhook_replay_one(request->api->app, &hand->replay);
}

struct since_in {
    int64_t since;
};
static const struct shape_field since_fields[] = {
    {"since", "Of the events since then", SHAPE_INSTANT,
     .offset = offsetof(struct since_in, since)},
};
const struct shape webhook_replay_shape =
    SHAPE("WebhookReplay", "What is to be sent once more", struct since_in, since_fields);

struct replayed_out {
    int64_t count;
};
static const struct shape_field replayed_fields[] = {
    {"count", "How many", SHAPE_I64, .offset = offsetof(struct replayed_out, count)},
};
const struct shape webhook_replayed_shape =
    SHAPE("WebhookReplayed", "What waits again", struct replayed_out, replayed_fields);

struct since_in_hand {
    struct webhook_replay_since replay; /* first: `done` hands it back */
    struct api_request *request;
};

static void replayed_since(struct command *command) {
    struct since_in_hand *hand = (struct since_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct replayed_out out = {hand->replay.count};
    reply_value(hand->request, 200, &webhook_replayed_shape, &out);
}

void webhook_endpoints_replay(struct api_request *request) {
    const struct since_in *in = request->body;
    struct since_in_hand *hand = COMMAND_NEW(request->arena, struct since_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->replay.endpoint_id = request->values[0];
    hand->replay.since = (struct instant){in->since};
    hand->replay.command.done = replayed_since;
    webhook_replay_since(request->api->app, &hand->replay);
}
