#include "api/event_decode.h"

#include <string.h>

#include "base/limits.h"
#include "base/rfc3339.h"

/* The first thing wrong wins. */
static void reject(struct usage_event *event, const char *code, const char *detail) {
    if (event->code == NULL) {
        event->status = USAGE_REJECTED;
        event->code = code;
        event->detail = detail;
    }
}

static bool has_control(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c < ' ' || c == 0x7f) {
            return true;
        }
    }
    return false;
}

/* --- texts --- */

struct text_rule {
    const char *name;
    size_t max;
    bool is_required;
    const char *missing; /* what a person is told */
    const char *invalid;
    const char *code; /* of the refusal of a bad value */
};

static const struct text_rule id_rule = {
    "id",
    LIMIT_EVENT_ID,
    true,
    "id is missing.",
    "id is not text of 1 to 128 bytes without control characters.",
    "invalid_id"};
static const struct text_rule source_rule = {
    "source",
    LIMIT_EVENT_SOURCE,
    true,
    "source is missing.",
    "source is not text of 1 to 128 bytes without control characters.",
    "invalid_source"};
static const struct text_rule subject_rule = {
    "subject",
    LIMIT_USER_ID,
    true,
    "subject, the userId of the customer, is missing.",
    "subject is not text of 1 to 64 bytes without control characters.",
    "invalid_subject"};
static const struct text_rule region_rule = {
    "region",
    LIMIT_EVENT_LABEL,
    false,
    NULL,
    "data.region is not text of 1 to 64 bytes without control characters.",
    "invalid_region"};
static const struct text_rule resource_rule = {
    "resource",
    LIMIT_EVENT_LABEL,
    false,
    NULL,
    "data.resource is not text of 1 to 64 bytes without control characters.",
    "invalid_resource"};
static const struct text_rule reverses_rule = {
    "reverses",
    LIMIT_EVENT_ID,
    false,
    NULL,
    "data.reverses is not text of 1 to 128 bytes without control characters.",
    "invalid_reverses"};

/* The text in the arena; empty when it is absent or refused. */
static struct str take_text(const struct event_context *context, struct usage_event *event,
                            const json_t *object, const struct text_rule *rule) {
    const json_t *value = json_object_get(object, rule->name);
    if (value == NULL) {
        if (rule->is_required) {
            reject(event, "missing_field", rule->missing);
        }
        return STR("");
    }
    struct str text = {json_string_value(value), json_string_length(value)};
    if (!json_is_string(value) || text.len == 0 || text.len > rule->max || has_control(text)) {
        reject(event, rule->code, rule->invalid);
        return STR("");
    }
    return arena_str(context->arena, text);
}

/* --- context attributes --- */

/* CloudEvents 3.1: names are lower-case ASCII letters and digits; data_base64 is a member of the
 * JSON format and no attribute. */
static void check_names(struct usage_event *event, const json_t *object) {
    json_t *members = (json_t *)(uintptr_t)object; /* iterating changes nothing */
    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        struct str name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        if (!str_only(name, "abcdefghijklmnopqrstuvwxyz0123456789") &&
            !str_equal(name, STR("data_base64"))) {
            reject(event, "invalid_attribute",
                   "Names of attributes consist of lower-case letters and digits.");
        }
    }
}

static void check_version(struct usage_event *event, const json_t *object) {
    const json_t *version = json_object_get(object, "specversion");
    if (version == NULL) {
        reject(event, "missing_field", "specversion is missing.");
    } else if (!str_equal(json_text(object, "specversion"), STR("1.0"))) {
        reject(event, "invalid_specversion", "specversion is not \"1.0\".");
    }
}

static void check_content(struct usage_event *event, const json_t *object) {
    const json_t *type = json_object_get(object, "datacontenttype");
    if (type != NULL && !str_equal(json_text(object, "datacontenttype"), STR("application/json"))) {
        reject(event, "invalid_data", "datacontenttype is not \"application/json\".");
    }
}

static bool take_metric(struct usage_event *event, const json_t *object) {
    const json_t *type = json_object_get(object, "type");
    if (type == NULL) {
        reject(event, "missing_field", "type, the metric, is missing.");
        return false;
    }
    if (!metric_parse(json_text(object, "type"), &event->record.metric)) {
        reject(event, "unknown_metric",
               "type is none of modules, deployments, api_requests, bandwidth, build_minutes, "
               "collaborators, storage.");
        return false;
    }
    return true;
}

static void take_time(const struct event_context *context, struct usage_event *event,
                      const json_t *object) {
    event->record.time = context->now;
    const json_t *time = json_object_get(object, "time");
    if (time != NULL && !rfc3339_parse(json_text(object, "time"), &event->record.time.ms)) {
        event->record.time = context->now;
        reject(event, "invalid_time", "time is not an RFC 3339 instant.");
    }
}

/* --- data --- */

static void check_members(struct usage_event *event, const json_t *data) {
    static const char *const known[] = {"value", "set", "region", "resource", "reverses"};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        count += json_object_get(data, known[i]) != NULL;
    }
    if (count != json_object_size(data)) {
        reject(event, "unknown_field",
               "data has a member other than value, set, region, resource and reverses.");
    }
}

/* A whole number within +-2^53. Numbers too large for 64 bits arrive as reals when the body was
 * read leniently (events.c); up to 2^53 those are exact. */
static bool take_number(struct usage_event *event, const json_t *number) {
    double real = json_real_value(number);
    bool is_whole_real = json_is_real(number) && real >= -(double)LIMIT_AMOUNT &&
                         real <= (double)LIMIT_AMOUNT && real == (double)(int64_t)real;
    bool is_large_real =
        json_is_real(number) && (real > (double)LIMIT_AMOUNT || real < -(double)LIMIT_AMOUNT);
    int64_t value = is_whole_real ? (int64_t)real : (int64_t)json_integer_value(number);
    if (is_large_real || value > LIMIT_AMOUNT || value < -LIMIT_AMOUNT) {
        reject(event, "amount_too_large", "The amount is beyond 2^53.");
        return false;
    }
    if (!json_is_integer(number) && !is_whole_real) {
        reject(event, "invalid_value", "The amount is not a whole number.");
        return false;
    }
    event->record.value = value;
    return true;
}

static void take_amount(struct usage_event *event, const json_t *data) {
    const json_t *value = json_object_get(data, "value");
    const json_t *set = json_object_get(data, "set");
    bool is_gauge = metric_kind(event->record.metric) == METRIC_GAUGE;
    if (value == NULL && set == NULL) {
        reject(event, "missing_field", "data.value is missing.");
        return;
    }
    if (value != NULL && set != NULL) {
        reject(event, "invalid_value", "data has value or set, not both.");
        return;
    }
    if (set != NULL && !is_gauge) {
        reject(event, "invalid_value", "data.set is for gauges; a counter only adds value.");
        return;
    }
    event->record.is_set = set != NULL;
    if (!take_number(event, set != NULL ? set : value)) {
        return;
    }
    bool may_be_negative = (is_gauge && set == NULL) || event->record.kind == USAGE_REVERSAL;
    if (event->record.value < 0 && !may_be_negative) {
        reject(event, "negative_amount",
               "A counter only adds, and a level is not negative; to correct a count, name the "
               "event in data.reverses.");
    }
}

static void take_data(const struct event_context *context, struct usage_event *event,
                      const json_t *object) {
    const json_t *data = json_object_get(object, "data");
    if (data == NULL) {
        bool is_binary = json_object_get(object, "data_base64") != NULL;
        reject(event, is_binary ? "invalid_data" : "missing_field",
               is_binary ? "data_base64 is not taken; send data as JSON." : "data is missing.");
        return;
    }
    if (!json_is_object(data)) {
        reject(event, "invalid_data", "data is not an object.");
        return;
    }
    check_members(event, data);
    event->record.region = take_text(context, event, data, &region_rule);
    event->record.resource = take_text(context, event, data, &resource_rule);
    bool is_reversal = take_text(context, event, data, &reverses_rule).len > 0;
    event->record.kind = is_reversal ? USAGE_REVERSAL : USAGE_EVENT;
    take_amount(event, data);
}

void event_decode(const struct event_context *context, const json_t *event,
                  struct usage_event *ret_event) {
    memset(ret_event, 0, sizeof *ret_event);
    ret_event->record.kind = USAGE_EVENT;
    ret_event->record.time = context->now;
    if (!json_is_object(event)) {
        reject(ret_event, "not_an_event", "This is not a JSON object.");
        return;
    }
    struct usage_identity *identity = &ret_event->record.identity;
    check_version(ret_event, event);
    identity->id = take_text(context, ret_event, event, &id_rule);
    identity->source = take_text(context, ret_event, event, &source_rule);
    identity->user_id = take_text(context, ret_event, event, &subject_rule);
    check_names(ret_event, event);
    check_content(ret_event, event);
    take_time(context, ret_event, event);
    if (take_metric(ret_event, event)) {
        take_data(context, ret_event, event);
    } else {
        identity->source = STR(""); /* of no metric, so on no account of a source */
    }
}
