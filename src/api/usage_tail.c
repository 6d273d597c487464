/* GET /api/billing/usage/events: the newest events as they come in, as server-sent events; and
 * GET /api/billing/usage/test-event: one that is read and judged as all others are, counted
 * nowhere and written nowhere, and told to those who watch, as a test.
 *
 * A batch is walked once: a mark of 64 bits tells most customers whom nobody watches. Once a second
 * it is asked again whether the key or the session still holds. */
#include "api/usage_tail.h"

#include "api/event_decode.h"
#include "api/resources.h"
#include "core/usage_late.h"

enum {
    NS_PER_MS = 1000 * 1000,
    HEARTBEAT_MS = 15 * 1000, /* below what proxies close as idle */
    RECHECK_MS = 1000,
    WAITING_BYTES = 24 * 1024, /* of one stream: well below what a slow reader may leave unread */
    MARKS = 64,
};

struct tail_stream {
    struct tail_stream *next;
    struct api_request *request; /* in the exchange's memory, as this is */
    struct gate_handle customer;
    struct buf waiting; /* events as JSON, with commas between */
    int64_t count, dropped;
    uint64_t sent_ns, checked_ns;
};

/* --- an event as shown --- */

struct seen_out {
    struct str id, source, region, resource, code, detail;
    int64_t received_at, time, value;
    int metric, status;
    bool has_metric, is_level, is_late, is_test;
};

static const char *const status_names[] = {
    [USAGE_ACCEPTED] = "accepted",
    [USAGE_DUPLICATE] = "duplicate",
    [USAGE_REJECTED] = "rejected",
    NULL,
};

#define AT(member) offsetof(struct seen_out, member)
static const struct shape_field seen_fields[] = {
    {"receivedAt", "When it was answered", SHAPE_INSTANT, .offset = AT(received_at)},
    {"id", "Of the event; null when it had none", SHAPE_STR, .offset = AT(id),
     .max = LIMIT_EVENT_ID, .flags = SHAPE_NULLABLE},
    {"source", "Who sent it; null when that could not be read", SHAPE_STR, .offset = AT(source),
     .max = LIMIT_EVENT_SOURCE, .flags = SHAPE_NULLABLE},
    {"metric", "Which; null when that could not be read", SHAPE_ENUM, .offset = AT(metric),
     .names = metric_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_metric)},
    {"value", "In the metric's unit", SHAPE_I64, .offset = AT(value)},
    {"isLevel", "The value is the new level of a gauge, not an addition", SHAPE_BOOL,
     .offset = AT(is_level)},
    {"region", "Empty when it named none", SHAPE_STR, .offset = AT(region),
     .max = LIMIT_EVENT_LABEL},
    {"resource", "Empty when it named none", SHAPE_STR, .offset = AT(resource),
     .max = LIMIT_EVENT_LABEL},
    {"time", "When it happened, as it says", SHAPE_INSTANT, .offset = AT(time)},
    {"status", "accepted, duplicate (counted before) or rejected", SHAPE_ENUM, .offset = AT(status),
     .names = status_names},
    {"code", "Why it was rejected: stable", SHAPE_STR, .offset = AT(code), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"detail", "Why, in a sentence", SHAPE_STR, .offset = AT(detail), .max = 300,
     .flags = SHAPE_NULLABLE},
    {"isLate", "Its hour had been past for more than 15 minutes", SHAPE_BOOL,
     .offset = AT(is_late)},
    {"isTest", "It was only tried: nothing was counted", SHAPE_BOOL, .offset = AT(is_test)},
};
#undef AT
const struct shape usage_seen_shape =
    SHAPE("UsageEventSeen", "An event, and what became of it", struct seen_out, seen_fields);

static struct str null_if_empty(struct str text) {
    return text.len > 0 ? text : (struct str){NULL, 0};
}

static struct str reason_or_null(const char *text) {
    return text == NULL ? (struct str){NULL, 0} : str_from_cstr(text);
}

static struct seen_out seen_of(const struct usage_event *event, struct instant now, bool is_test) {
    const struct usage_record *record = &event->record;
    bool is_rejected = event->status == USAGE_REJECTED;
    return (struct seen_out){
        .id = null_if_empty(record->identity.id),
        .source = null_if_empty(record->identity.source),
        .region = record->region,
        .resource = record->resource,
        .code = reason_or_null(is_rejected ? event->code : NULL),
        .detail = reason_or_null(is_rejected ? event->detail : NULL),
        .received_at = now.ms,
        .time = record->time.ms,
        .value = record->value,
        .metric = (int)record->metric,
        .status = (int)event->status,
        .has_metric = record->identity.source.len > 0, /* what is of no metric has no source */
        .is_level = record->is_set,
        .is_late = usage_is_late(record->time, now),
        .is_test = is_test,
    };
}

/* --- the streams --- */

static uint64_t now_ns(const struct api *api) {
    return api->env->mono_ns(api->env);
}

static bool has_passed(uint64_t since_ns, uint64_t now, uint64_t ms) {
    return now - since_ns >= ms * NS_PER_MS;
}

static uint64_t mark_of(struct gate_handle customer) {
    return UINT64_C(1) << gate_customer_number(customer) % MARKS;
}

static void set_marks(struct tail *tail) {
    tail->marks = 0;
    for (const struct tail_stream *at = tail->first; at != NULL; at = at->next) {
        tail->marks |= mark_of(at->customer);
    }
}

/* Its memory is the exchange's, but for what waits. */
static void leave(struct tail_stream *stream) {
    struct tail *tail = &stream->request->api->tail;
    struct tail_stream **link = &tail->first;
    while (*link != stream) {
        link = &(*link)->next;
    }
    *link = stream->next;
    tail->count--;
    set_marks(tail);
    buf_finish(&stream->waiting);
}

static void on_closed(void *context) {
    leave(context);
}

static void join(struct tail_stream *stream) {
    struct tail *tail = &stream->request->api->tail;
    stream->next = tail->first;
    tail->first = stream;
    tail->count++;
    tail->marks |= mark_of(stream->customer);
}

static void add(struct tail_stream *stream, const struct seen_out *seen) {
    if (stream->count >= TAIL_EVENTS_A_TURN || stream->waiting.len >= WAITING_BYTES) {
        stream->dropped++;
        return;
    }
    struct json_writer writer;
    if (stream->count > 0) {
        buf_add_char(&stream->waiting, ',');
    }
    json_writer_init(&writer, &stream->waiting);
    shape_encode(&usage_seen_shape, seen, &writer);
    stream->count++;
}

static void tell_one(struct tail *tail, const struct usage_event *event,
                     const struct seen_out *seen) {
    for (struct tail_stream *at = tail->first; at != NULL; at = at->next) {
        if (at->customer.entries == event->customer.entries) {
            add(at, seen);
        }
    }
}

void tail_tell(struct api *api, const struct usage_ingest *ingest, bool is_test) {
    struct instant now = app_now(api->app);
    for (size_t i = 0; i < ingest->count; i++) {
        const struct usage_event *event = &ingest->events[i];
        if (gate_is_known(event->customer) && (api->tail.marks & mark_of(event->customer)) != 0) {
            struct seen_out seen = seen_of(event, now, is_test);
            tell_one(&api->tail, event, &seen);
        }
    }
}

static void say(struct tail_stream *stream, struct str text, uint64_t now) {
    stream->sent_ns = now;
    http_stream_send(stream->request->exchange, text);
}

/* What waits, and nothing waits any more; where memory has ended it counts as dropped. */
static void say_waiting(struct tail_stream *stream, uint64_t now) {
    struct api *api = stream->request->api;
    struct buf text CLEANUP(buf_finish);
    buf_init(&text, api->env, LIMIT_BODY);
    if (stream->waiting.has_failed) {
        stream->dropped += stream->count;
        buf_clear(&stream->waiting);
    }
    buf_add(&text, STR("event: events\ndata: {\"events\":["));
    buf_add(&text, buf_str(&stream->waiting));
    buf_add(&text, STR("],\"dropped\":"));
    buf_add_i64(&text, stream->dropped);
    buf_add(&text, STR("}\n\n"));
    if (text.has_failed) {
        return; /* the next turn tries again */
    }
    say(stream, buf_str(&text), now);
    buf_clear(&stream->waiting);
    stream->count = stream->dropped = 0;
}

static bool still_may(struct tail_stream *stream, uint64_t now) {
    if (!has_passed(stream->checked_ns, now, RECHECK_MS)) {
        return true;
    }
    stream->checked_ns = now;
    return authorize_again(stream->request);
}

void tail_tick(struct api *api) {
    uint64_t now = now_ns(api);
    struct tail_stream *next = NULL;
    for (struct tail_stream *stream = api->tail.first; stream != NULL; stream = next) {
        next = stream->next;
        if (!still_may(stream, now)) {
            struct http_exchange *exchange = stream->request->exchange;
            leave(stream);
            http_stream_end(exchange); /* its memory is gone */
        } else if (stream->count + stream->dropped > 0) {
            say_waiting(stream, now);
        } else if (has_passed(stream->sent_ns, now, HEARTBEAT_MS)) {
            say(stream, STR(": still here\n\n"), now);
        }
    }
}

/* --- beginning --- */

static bool is_full(const struct tail *tail, struct gate_handle customer) {
    size_t count = 0;
    for (const struct tail_stream *at = tail->first; at != NULL; at = at->next) {
        count += at->customer.entries == customer.entries;
    }
    return tail->count >= TAIL_STREAMS_MAX || count >= TAIL_STREAMS_CUSTOMER;
}

/* Nothing of before: events are not kept to be looked at. */
void usage_tail(struct api_request *request) {
    struct api *api = request->api;
    struct gate_handle customer = gate_customer(api->app->gate, request->user_id);
    if (!gate_is_known(customer)) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    if (is_full(&api->tail, customer)) {
        reply_problem(request, PROBLEM_TOO_MANY_STREAMS);
        return;
    }
    struct tail_stream *stream = ARENA_NEW(request->arena, struct tail_stream);
    if (stream == NULL) {
        reply_problem(request, PROBLEM_OVERLOADED);
        return;
    }
    uint64_t now = now_ns(api);
    *stream = (struct tail_stream){
        .request = request, .customer = customer, .sent_ns = now, .checked_ns = now};
    buf_init(&stream->waiting, api->env, LIMIT_BODY);
    struct http_stream options = {on_closed, stream};
    struct http_response response = {
        .status = 200, .stream = &options, .body = STR("retry: 2000\n\n")};
    http_add_header(&response, STR("Content-Type"), STR("text/event-stream"));
    http_add_header(&response, STR("X-Accel-Buffering"), STR("no")); /* nginx passes each on */
    join(stream);
    reply_as(request, HEADERS_STREAM, &response);
}

/* --- an event that is only tried --- */

struct trial {
    struct usage_ingest ingest; /* first: `finished` hands it back */
    struct api_request *request;
    struct usage_event event;
};

static void tried(struct usage_ingest *ingest) {
    struct api_request *request = ((struct trial *)ingest)->request;
    if (ingest->command.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)ingest->command.outcome);
        return;
    }
    tail_note(request->api, ingest, true);
    struct seen_out seen = seen_of(ingest->events, app_now(request->api->app), true);
    reply_value(request, 200, &usage_seen_shape, &seen);
}

enum { TRIAL_TEXT = 4000 }; /* fits a request's head */

struct trial_query {
    struct str event;
};
static const struct shape_field trial_fields[] = {
    {"event",
     "A CloudEvent as JSON, as POST /api/usage/events takes it; its subject is the customer",
     SHAPE_STR, .offset = offsetof(struct trial_query, event), .min = 2, .max = TRIAL_TEXT,
     .flags = SHAPE_IDENTIFIER},
};
const struct shape usage_test_query_shape =
    SHAPE("UsageTestQuery", "What is tried", struct trial_query, trial_fields);

/* Who asks for one customer tries nobody else's. NULL: the event is decoded, and may be rejected.
 */
static const char *read_trial(struct api_request *request, struct usage_event *ret_event) {
    const struct trial_query *query = request->query;
    struct event_context context = {.arena = request->arena, .now = request_now(request)};
    struct json_problem problem = {0};
    json_t *json CLEANUP(json_release) = event_read_lenient(query->event, &problem);
    if (!json_is_object(json)) {
        return "a CloudEvent, a JSON object";
    }
    event_decode(&context, json, ret_event);
    return str_equal(ret_event->record.identity.user_id, request->user_id)
               ? NULL
               : "an event whose subject is the customer who is asked for";
}

void usage_test_event(struct api_request *request) {
    struct shape_errors errors = {.count = 0};
    struct trial *trial = COMMAND_NEW(request->arena, struct trial);
    if (request->api->app->is_ingestion_paused) {
        reply_problem(request, (int)OUTCOME_INGESTION_PAUSED);
        return;
    }
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!has_customer(request)) {
        return;
    }
    const char *expected = read_trial(request, &trial->event);
    if (expected != NULL) {
        shape_error_add(&errors, request->arena, "/event", expected);
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    trial->request = request;
    trial->ingest.events = &trial->event;
    trial->ingest.count = 1;
    trial->ingest.arena = request->arena;
    trial->ingest.finished = tried;
    usage_try(request->api->app, &trial->ingest);
}
