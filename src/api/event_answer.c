/* The answer to events is written without walking its shape: the same bytes for a fraction of the
 * work, which of a request of one event is a part that counts. Nearly every answer names no event
 * at all.
 *
 * Members are written in the order of the shape. A text that needs escapes, an id or a sentence
 * that quotes, leaves its answer to the shape. event_answer_test.c holds the two against each
 * other. */
#include "api/event_answer.h"

#include "base/check.h"
#include "base/put.h"

/* --- the shape --- */

struct result_out {
    struct str id, status, code, detail;
};

struct ingest_out {
    int64_t accepted, duplicate, rejected, as_of;
    struct shape_list results;
};

static const struct shape_field result_fields[] = {
    {"id", "Of the event; null when it had none", SHAPE_STR,
     .offset = offsetof(struct result_out, id), .max = LIMIT_EVENT_ID, .flags = SHAPE_NULLABLE},
    {"status", "duplicate or rejected", SHAPE_STR, .offset = offsetof(struct result_out, status),
     .max = 16},
    {"code", "Why it was rejected: stable", SHAPE_STR, .offset = offsetof(struct result_out, code),
     .max = 64, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
    {"detail", "Why, in a sentence", SHAPE_STR, .offset = offsetof(struct result_out, detail),
     .max = 300, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
};
static const struct shape result_shape =
    SHAPE("EventResult", "An event that was not accepted", struct result_out, result_fields);
static const struct shape_field result_item = {.kind = SHAPE_OBJECT, .of = &result_shape};

#define AT(member) offsetof(struct ingest_out, member)
static const struct shape_field ingest_fields[] = {
    {"accepted", "Counted, each exactly once, and durable", SHAPE_I64, .offset = AT(accepted)},
    {"duplicate", "Counted before", SHAPE_I64, .offset = AT(duplicate)},
    {"rejected", "Not counted", SHAPE_I64, .offset = AT(rejected)},
    {"asOf", "The customer's figures at the gate hold all that was answered up to here",
     SHAPE_INSTANT, .offset = AT(as_of)},
    {"results", "Those that were not accepted, in the order they were sent", SHAPE_LIST,
     .offset = AT(results), .max = LIMIT_BATCH_EVENTS, .item = &result_item,
     .item_size = sizeof(struct result_out)},
};
#undef AT
const struct shape ingest_shape =
    SHAPE("Ingest", "What became of the events", struct ingest_out, ingest_fields);

static struct str null_if_empty(struct str text) {
    return text.len > 0 ? text : (struct str){NULL, 0};
}

static struct str text_of(const char *word) {
    return word == NULL ? (struct str){NULL, 0} : str_from_cstr(word);
}

static struct result_out result_of(const struct usage_event *event) {
    bool is_duplicate = event->status == USAGE_DUPLICATE;
    return (struct result_out){
        .id = null_if_empty(event->record.identity.id),
        .status = is_duplicate ? STR("duplicate") : STR("rejected"),
        .code = text_of(is_duplicate ? NULL : event->code),
        .detail = text_of(is_duplicate ? NULL : event->detail),
    };
}

struct str event_answer_by_shape(const struct usage_ingest *ingest, struct instant as_of,
                                 struct arena *arena) {
    size_t max = ingest->duplicate + ingest->rejected;
    struct result_out *results = arena_array(arena, max, sizeof *results);
    size_t count = 0;
    for (size_t i = 0; results != NULL && count < max; i++) {
        if (ingest->events[i].status != USAGE_ACCEPTED) {
            results[count++] = result_of(&ingest->events[i]);
        }
    }
    struct ingest_out out = {(int64_t)ingest->accepted,
                             (int64_t)ingest->duplicate,
                             (int64_t)ingest->rejected,
                             as_of.ms,
                             {results, count}};
    if (results == NULL && max > 0) {
        return STR("");
    }
    struct buf text; /* which may be longer than a body that comes in */
    struct json_writer writer;
    buf_init(&text, arena->env, LIMIT_REQUEST_ARENA);
    json_writer_init(&writer, &text);
    shape_encode(&ingest_shape, &out, &writer);
    return buf_finish_in(&text, arena);
}

/* --- in place --- */

/* The names with their punctuation, and the longest value of each that is no text. */
enum { BESIDE_RESULTS = 64 + 3 * PUT_I64_MAX + PUT_RFC3339_MAX, BESIDE_TEXTS = 64 };

static bool is_plain(const struct result_out *result) {
    return json_is_plain(result->id) && json_is_plain(result->code) &&
           json_is_plain(result->detail);
}

/* How much a result takes at most; 0 when a text of it needs escapes. */
static size_t room_of(const struct usage_event *event) {
    struct result_out result = result_of(event);
    return is_plain(&result) ? BESIDE_TEXTS + result.id.len + result.code.len + result.detail.len
                             : 0;
}

static char *put_result(char *at, const struct usage_event *event) {
    struct result_out result = result_of(event);
    if (result.id.len > 0) {
        at = put_str(at, STR("{\"id\":\""));
        at = put_str(at, result.id);
        at = put_str(at, STR("\",\"status\":\""));
    } else {
        at = put_str(at, STR("{\"id\":null,\"status\":\""));
    }
    at = put_str(at, result.status);
    if (result.code.bytes != NULL) {
        at = put_str(at, STR("\",\"code\":\""));
        at = put_str(at, result.code);
    }
    if (result.detail.bytes != NULL) {
        at = put_str(at, STR("\",\"detail\":\""));
        at = put_str(at, result.detail);
    }
    return put_str(at, STR("\"}"));
}

static char *put_results(char *at, const struct usage_ingest *ingest) {
    size_t left = ingest->duplicate + ingest->rejected;
    for (const struct usage_event *event = ingest->events; left > 0; event++) {
        if (event->status != USAGE_ACCEPTED) {
            at = put_result(at, event);
            *at = ','; /* overwritten behind the last */
            at += --left > 0;
        }
    }
    return at;
}

static char *put_answer(char *at, const struct usage_ingest *ingest, struct instant as_of) {
    at = put_str(at, STR("{\"accepted\":"));
    at = put_u64(at, ingest->accepted);
    at = put_str(at, STR(",\"duplicate\":"));
    at = put_u64(at, ingest->duplicate);
    at = put_str(at, STR(",\"rejected\":"));
    at = put_u64(at, ingest->rejected);
    at = put_str(at, STR(",\"asOf\":\""));
    at = put_rfc3339(at, as_of.ms);
    at = put_str(at, STR("\",\"results\":["));
    at = put_results(at, ingest);
    return put_str(at, STR("]}"));
}

/* For all of the answer; 0 when it is the shape's. */
static size_t room_for(const struct usage_ingest *ingest) {
    size_t room = BESIDE_RESULTS;
    size_t left = ingest->duplicate + ingest->rejected;
    for (const struct usage_event *event = ingest->events; left > 0; event++) {
        if (event->status != USAGE_ACCEPTED) {
            size_t more = room_of(event);
            if (more == 0) {
                return 0;
            }
            room += more;
            left--;
        }
    }
    return room;
}

struct str event_answer_text(const struct usage_ingest *ingest, struct instant as_of,
                             struct arena *arena) {
    size_t room = room_for(ingest);
    if (room == 0) {
        return event_answer_by_shape(ingest, as_of, arena);
    }
    char *text = arena_room(arena, room);
    if (text == NULL) {
        return STR("");
    }
    size_t len = (size_t)(put_answer(text, ingest, as_of) - text);
    check(len <= room);
    return str_of(text, len);
}
