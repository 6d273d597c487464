/* POST /api/usage/events: usage comes in, as CloudEvents one at a time, in batches, or in binary
 * mode, whose attributes are headers
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md).
 */
#include "api/resources.h"

#include "api/event_answer.h"
#include "api/event_decode.h"
#include "api/media.h"
#include "api/usage_tail.h"
#include "base/url.h"

/* --- the description of what comes in --- */

#define EVENT_SCHEMA                                                                               \
    "{\"type\":\"object\",\"description\":\"A CloudEvent; extension attributes are ignored\","     \
    "\"required\":[\"specversion\",\"id\",\"source\",\"type\",\"subject\",\"data\"],"              \
    "\"properties\":{"                                                                             \
    "\"specversion\":{\"const\":\"1.0\"},"                                                         \
    "\"id\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128,"                               \
    "\"description\":\"With source and subject it makes the event the same however often it is "   \
    "sent\"},"                                                                                     \
    "\"source\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128},"                          \
    "\"type\":{\"enum\":[\"modules\",\"deployments\",\"api_requests\",\"bandwidth\","              \
    "\"build_minutes\",\"collaborators\",\"storage\"],\"description\":\"The metric\"},"            \
    "\"subject\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,"                           \
    "\"description\":\"The userId\"},"                                                             \
    "\"time\":{\"type\":\"string\",\"format\":\"date-time\",\"description\":\"Now when absent\"}," \
    "\"datacontenttype\":{\"const\":\"application/json\"},"                                        \
    "\"data\":{\"$ref\":\"#/components/schemas/UsageData\"}}}"

const char usage_data_schema[] =
    "{\"type\":\"object\",\"description\":\"What was used: value is added, set is the new level "
    "of a gauge\",\"properties\":{"
    "\"value\":{\"type\":\"integer\",\"maximum\":9007199254740992,"
    "\"minimum\":-9007199254740992,"
    "\"description\":\"Negative for gauges and reversals only\"},"
    "\"set\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992},"
    "\"region\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
    "\"resource\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
    "\"reverses\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128,"
    "\"description\":\"The id of the event that this one takes back\"}},"
    "\"additionalProperties\":false}";

#define EVENT_EXAMPLE                                                                              \
    "{\"specversion\":\"1.0\",\"id\":\"9f1c\",\"source\":\"https://platform.example/edge\","       \
    "\"type\":\"api_requests\",\"subject\":\"user_42\",\"time\":\"2026-11-22T10:00:00Z\","         \
    "\"data\":{\"value\":12,\"region\":\"fra\"}}"

const struct route_media events_media[] = {
    {"application/cloudevents+json", EVENT_SCHEMA, EVENT_EXAMPLE},
    {"application/cloudevents-batch+json",
     "{\"type\":\"array\",\"maxItems\":10000,\"items\":" EVENT_SCHEMA "}", NULL},
    {"application/json", "{\"$ref\":\"#/components/schemas/UsageData\"}",
     "{\"value\":12,\"region\":\"fra\"}"},
    {NULL, NULL, NULL},
};

/* --- the answer --- */

struct ingest_in_hand {
    struct usage_ingest ingest; /* first: `finished` hands it back */
    struct api_request *request;
};

static void count_results(struct api_request *request, const struct usage_ingest *ingest) {
    uint64_t counts[STATS_USAGE] = {
        [STATS_ACCEPTED] = ingest->accepted,
        [STATS_DUPLICATE] = ingest->duplicate,
        [STATS_REJECTED] = ingest->rejected - ingest->unattributed,
        [STATS_UNATTRIBUTED] = ingest->unattributed,
    };
    stats_count_usage(request->api->stats, counts);
}

/* Of what the gate counts anew; from then on it refuses what is beyond. */
static void count_delay(struct api_request *request, const struct usage_ingest *ingest) {
    struct env *env = request->api->env;
    uint64_t received_ns = request->http->received_ns;
    if (ingest->accepted > 0 && ingest->counted_ns >= received_ns) {
        stats_count_enforcement(request->api->stats, env->mono_ns(env),
                                ingest->counted_ns - received_ns);
    }
}

static void ingested(struct usage_ingest *ingest) {
    struct api_request *request = ((struct ingest_in_hand *)ingest)->request;
    if (ingest->command.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)ingest->command.outcome);
        return;
    }
    count_results(request, ingest);
    count_delay(request, ingest);
    tail_note(request->api, ingest, false);
    struct str answer = event_answer_text(ingest, request_now(request), request->arena);
    if (answer.len > 0) {
        reply_json(request, 200, answer);
    } else {
        reply_problem(request, PROBLEM_INTERNAL);
    }
}

/* --- reading --- */

/* The attributes of binary mode, percent-decoded, as members of an event. */
static bool add_attributes(struct api_request *request, json_t *event) {
    const struct http_request *http = request->http;
    for (size_t i = 0; i < http->header_count; i++) {
        struct str name = http->headers[i].name;
        struct str value;
        if (name.len <= 3 || !str_equal_ignoring_case(str_first(name, 3), STR("ce-"))) {
            continue;
        }
        struct str lower = arena_str(request->arena, str_skip(name, 3));
        char *bytes = (char *)(uintptr_t)lower.bytes; /* the copy is ours */
        for (size_t k = 0; k < lower.len; k++) {
            bytes[k] = (char)(bytes[k] >= 'A' && bytes[k] <= 'Z' ? bytes[k] + 32 : bytes[k]);
        }
        if (!url_decode(request->arena, http->headers[i].value, false, &value)) {
            return false;
        }
        (void)json_object_setn_new(event, lower.bytes, lower.len,
                                   json_stringn(value.bytes, value.len));
    }
    return true;
}

static json_t *binary_event(struct api_request *request, json_t *data) {
    json_t *event = json_object();
    if (event == NULL || !add_attributes(request, event)) {
        json_decref(event);
        reply_problem_detail(request, PROBLEM_MALFORMED_REQUEST,
                             STR("A ce- header is not well percent-encoded UTF-8."));
        return NULL;
    }
    (void)json_object_set(event, "data", data);
    return event;
}

/* --- counting --- */

struct backfill_query {
    struct str reason;
};
static const struct shape_field backfill_fields[] = {
    {"reason", "Why, for the customer's history", SHAPE_STR,
     .offset = offsetof(struct backfill_query, reason), .min = 3, .max = 500},
};
const struct shape backfill_query_shape =
    SHAPE("BackfillQuery", "Why usage is counted late", struct backfill_query, backfill_fields);

/* Only a backfill has one. */
static struct str reason_of(const struct api_request *request) {
    if (request->route->query != &backfill_query_shape) {
        return STR("");
    }
    const struct backfill_query *query = request->query;
    return query->reason;
}

static void count(struct api_request *request, struct event_list list) {
    struct ingest_in_hand *hand = COMMAND_NEW(request->arena, struct ingest_in_hand);
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ingest.events = list.events;
    hand->ingest.count = list.count;
    hand->ingest.arena = request->arena;
    hand->ingest.finished = ingested;
    hand->ingest.reason = reason_of(request);
    usage_ingest(request->api->app, &hand->ingest);
}

static void begin(struct api_request *request, const json_t *events) {
    struct event_list list = {.count = json_is_array(events) ? json_array_size(events) : 1};
    list.events = arena_array(request->arena, list.count, sizeof *list.events);
    struct event_context context = {.arena = request->arena, .now = request_now(request)};
    for (size_t i = 0; list.events != NULL && i < list.count; i++) {
        const json_t *event = json_is_array(events) ? json_array_get(events, i) : events;
        event_decode(&context, event, &list.events[i]);
    }
    count(request, list);
}

static void begin_batch(struct api_request *request, const json_t *events) {
    if (!json_is_array(events)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "", "a list of at most 10000 events");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    } else if (json_array_size(events) > LIMIT_BATCH_EVENTS) {
        reply_problem(request, PROBLEM_BATCH_TOO_LARGE);
    } else {
        begin(request, events);
    }
}

static void begin_single(struct api_request *request, const json_t *event) {
    if (json_is_object(event)) {
        begin(request, event);
        return;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "", "one event, an object");
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
}

enum event_mode { MODE_NONE, MODE_SINGLE, MODE_BATCH, MODE_BINARY };

static enum event_mode mode_of(const struct http_request *http) {
    struct str type = http_header(http, STR("Content-Type"));
    if (media_is(type, STR("application/cloudevents+json"))) {
        return MODE_SINGLE;
    }
    if (media_is(type, STR("application/cloudevents-batch+json"))) {
        return MODE_BATCH;
    }
    bool is_json = media_is(type, STR("application/json"));
    bool has_version = http_header(http, STR("ce-specversion")).bytes != NULL;
    return is_json && has_version ? MODE_BINARY : MODE_NONE;
}

/* --- what the quick reader has left --- */

static void read_carefully(struct api_request *request, enum event_mode mode) {
    struct json_problem problem = {0};
    json_t *json CLEANUP(json_release) = event_read_lenient(request->http->body, &problem);
    if (json == NULL) {
        reply_malformed_json(request, &problem);
    } else if (mode == MODE_BATCH) {
        begin_batch(request, json);
    } else if (mode == MODE_SINGLE) {
        begin_single(request, json);
    } else {
        json_t *event CLEANUP(json_release) = binary_event(request, json);
        if (event != NULL) {
            begin(request, event);
        }
    }
}

/* --- nearly every body: plainly a list of events, or one event --- */

struct reading_in_hand {
    struct event_reading reading; /* first: `finished` hands it back */
    struct api_request *request;
    enum event_mode mode;
};

static void refuse(struct api_request *request, enum event_mode mode,
                   const struct event_scan *scan) {
    const struct json_problem *problem = event_scan_problem(scan);
    if (!event_scan_is_list(scan)) {
        read_carefully(request, mode);
    } else if (problem != NULL) {
        reply_malformed_json(request, problem);
    } else {
        bool is_full = event_scan_so_far(scan).count == LIMIT_BATCH_EVENTS;
        reply_problem(request, is_full ? PROBLEM_BATCH_TOO_LARGE : PROBLEM_INTERNAL);
    }
}

static void finished(struct event_reading *reading, enum json_scanned scanned,
                     struct event_list list) {
    const struct reading_in_hand *hand = (const struct reading_in_hand *)reading;
    switch (scanned) {
    case JSON_SCANNED_ALL:
        count(hand->request, list);
        break;
    case JSON_SCANNED_LEFT:
        refuse(hand->request, hand->mode, hand->reading.scan);
        break;
    case JSON_SCANNED_SOME: /* the server ends */
        reply_problem(hand->request, PROBLEM_OVERLOADED);
        break;
    }
}

/* The customer of its first events; a number of its own when they are of several, as what a
 * platform sends for all of its customers, or of nobody yet. */
static uint64_t lane_of(struct api_request *request, struct event_list list) {
    struct str first = STR("");
    struct str last = STR("of nobody yet");
    if (list.count > 0) {
        first = list.events[0].record.identity.user_id;
        last = list.events[list.count - 1].record.identity.user_id;
    }
    return str_equal(first, last) ? gate_customer_lane(request->api->app->gate, first)
                                  : request->api->bodies++;
}

/* The rest of a long body is read in turns with others. */
static void read_in_turns(struct api_request *request, enum event_mode mode,
                          const struct event_scan *scan) {
    struct reading_in_hand *hand = ARENA_NEW(request->arena, struct reading_in_hand);
    struct event_scan *kept = event_scan_keep(scan);
    if (hand == NULL || kept == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->mode = mode;
    hand->reading.scan = kept;
    hand->reading.lane = lane_of(request, event_scan_so_far(kept));
    hand->reading.finished = finished;
    struct api *api = request->api;
    if (!event_turns_add(&api->events, &hand->reading, api->env->mono_ns(api->env))) {
        reply_problem(request, (int)OUTCOME_STORE_BUSY);
    }
}

static bool begin_quickly(struct api_request *request, enum event_mode mode) {
    struct str text = request->http->body;
    struct str trimmed = str_trim(text);
    struct event_context context = {.arena = request->arena, .now = request_now(request)};
    if (!str_starts_with(trimmed, mode == MODE_BATCH ? STR("[") : STR("{"))) {
        return false;
    }
    /* From its very beginning, so that the place of a mistake is right. */
    text = str_first(text, (size_t)(trimmed.bytes - text.bytes) + trimmed.len);
    struct event_scan *scan = request->api->scan;
    struct event_list list = {NULL, 0};
    enum json_scanned scanned =
        event_scan_begin(scan, &context, text) ? event_scan_step(scan, &list) : JSON_SCANNED_LEFT;
    if (scanned == JSON_SCANNED_SOME) {
        read_in_turns(request, mode, scan);
    } else if (scanned == JSON_SCANNED_ALL) {
        count(request, list);
    }
    return scanned != JSON_SCANNED_LEFT;
}

/* What operators count late by hand comes in all the same. */
static bool is_paused(const struct api_request *request) {
    return request->api->app->is_ingestion_paused && request->route->query != &backfill_query_shape;
}

void events_post(struct api_request *request) {
    enum event_mode mode = mode_of(request->http);
    if (is_paused(request)) {
        reply_problem(request, (int)OUTCOME_INGESTION_PAUSED);
        return;
    }
    if (mode == MODE_NONE) {
        reply_problem_detail(request, PROBLEM_WRONG_CONTENT_TYPE,
                             STR("Send application/cloudevents+json, "
                                 "application/cloudevents-batch+json, or application/json with "
                                 "ce- headers (binary mode)."));
        return;
    }
    if (mode == MODE_BINARY || !begin_quickly(request, mode)) {
        read_carefully(request, mode);
    }
}
