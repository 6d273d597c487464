/* The rules that an event has to meet, whichever reader has found its members. */
#include "api/event_members.h"

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

/* --- texts --- */

struct text_rule {
    size_t max;
    const char *missing; /* what a person is told; NULL when it may be missing */
    const char *invalid;
    const char *code; /* of the refusal of a bad value */
};

static const struct text_rule id_rule = {
    LIMIT_EVENT_ID, "id is missing.",
    "id is not text of 1 to 128 bytes without control characters.", "invalid_id"};
static const struct text_rule source_rule = {
    LIMIT_EVENT_SOURCE, "source is missing.",
    "source is not text of 1 to 128 bytes without control characters.", "invalid_source"};
static const struct text_rule subject_rule = {
    LIMIT_USER_ID, "subject, the userId of the customer, is missing.",
    "subject is not text of 1 to 64 bytes without control characters.", "invalid_subject"};
static const struct text_rule region_rule = {
    LIMIT_EVENT_LABEL, NULL, "data.region is not text of 1 to 64 bytes without control characters.",
    "invalid_region"};
static const struct text_rule resource_rule = {
    LIMIT_EVENT_LABEL, NULL,
    "data.resource is not text of 1 to 64 bytes without control characters.", "invalid_resource"};
static const struct text_rule reverses_rule = {
    LIMIT_EVENT_ID, NULL, "data.reverses is not text of 1 to 128 bytes without control characters.",
    "invalid_reverses"};

/* The text, which lives as long as the request; empty when it is absent or refused. */
static struct str take_text(struct event_context *context, struct usage_event *event,
                            const struct json_slot *slot, const struct text_rule *rule) {
    if (slot->kind == JSON_SLOT_ABSENT) {
        if (rule->missing != NULL) {
            reject(event, "missing_field", rule->missing);
        }
        return STR("");
    }
    struct str text = slot->text;
    if (slot->kind != JSON_SLOT_TEXT || text.len == 0 || text.len > rule->max ||
        str_has_control(text)) {
        reject(event, rule->code, rule->invalid);
        return STR("");
    }
    return slot->is_passing ? arena_str(context->arena, text) : text;
}

/* The same of a text that is often the one of the event before. */
static struct str take_shared(struct event_context *context, struct usage_event *event,
                              const struct json_slot *slot, const struct text_rule *rule,
                              struct str *last) {
    if (slot->kind != JSON_SLOT_TEXT || slot->text.len == 0 || !str_equal(slot->text, *last)) {
        struct str text = take_text(context, event, slot, rule);
        if (text.len == 0) {
            return text;
        }
        *last = text;
    }
    return *last;
}

static bool is_word(const struct json_slot *slot, struct str word) {
    return slot->kind == JSON_SLOT_TEXT && str_equal(slot->text, word);
}

/* --- context attributes --- */

static void check_version(struct usage_event *event, const struct json_slot *version) {
    if (version->kind == JSON_SLOT_ABSENT) {
        reject(event, "missing_field", "specversion is missing.");
    } else if (!is_word(version, STR("1.0"))) {
        reject(event, "invalid_specversion", "specversion is not \"1.0\".");
    }
}

static void check_names(struct usage_event *event, const struct event_members *members) {
    if (members->has_bad_name) {
        reject(event, "invalid_attribute",
               "Names of attributes consist of lower-case letters and digits.");
    }
}

static void check_content(struct usage_event *event, const struct json_slot *type) {
    if (type->kind != JSON_SLOT_ABSENT && !is_word(type, STR("application/json"))) {
        reject(event, "invalid_data", "datacontenttype is not \"application/json\".");
    }
}

static bool read_metric(struct event_context *context, const struct json_slot *type) {
    if (type->kind != JSON_SLOT_TEXT) {
        return false;
    }
    bool is_last = type->text.len > 0 && str_equal(type->text, context->metric_text);
    if (!is_last && !metric_parse(type->text, &context->metric)) {
        return false;
    }
    context->metric_text = type->is_passing ? STR("") : type->text;
    return true;
}

static bool take_metric(struct event_context *context, struct usage_event *event,
                        const struct json_slot *type) {
    if (type->kind == JSON_SLOT_ABSENT) {
        reject(event, "missing_field", "type, the metric, is missing.");
        return false;
    }
    if (!read_metric(context, type)) {
        reject(event, "unknown_metric",
               "type is none of modules, deployments, api_requests, bandwidth, build_minutes, "
               "collaborators, storage.");
        return false;
    }
    event->record.metric = context->metric;
    return true;
}

static bool read_time(struct event_context *context, const struct json_slot *time) {
    if (time->kind != JSON_SLOT_TEXT) {
        return false;
    }
    if (time->text.len > 0 && str_equal(time->text, context->time_text)) {
        return true;
    }
    if (!rfc3339_parse(time->text, &context->time.ms)) {
        return false;
    }
    context->time_text = time->is_passing ? STR("") : time->text;
    return true;
}

static void take_time(struct event_context *context, struct usage_event *event,
                      const struct json_slot *time) {
    if (time->kind == JSON_SLOT_ABSENT) {
        return;
    }
    if (read_time(context, time)) {
        event->record.time = context->time;
    } else {
        reject(event, "invalid_time", "time is not an RFC 3339 instant.");
    }
}

/* --- data --- */

/* A whole number within +-2^53. Numbers too large for 64 bits arrive as reals when the body was
 * read leniently (events.c); up to 2^53 those are exact. */
static bool take_number(struct usage_event *event, const struct json_slot *number) {
    double real = number->kind == JSON_SLOT_REAL ? number->real : 0;
    bool is_large_real = real > (double)LIMIT_AMOUNT || real < -(double)LIMIT_AMOUNT;
    bool is_whole_real =
        number->kind == JSON_SLOT_REAL && !is_large_real && real == (double)(int64_t)real;
    int64_t value = number->kind == JSON_SLOT_INTEGER ? number->integer
                    : is_whole_real                   ? (int64_t)real
                                                      : 0;
    if (is_large_real || value > LIMIT_AMOUNT || value < -LIMIT_AMOUNT) {
        reject(event, "amount_too_large", "The amount is beyond 2^53.");
        return false;
    }
    if (number->kind != JSON_SLOT_INTEGER && !is_whole_real) {
        reject(event, "invalid_value", "The amount is not a whole number.");
        return false;
    }
    event->record.value = value;
    return true;
}

static void take_amount(struct usage_event *event, const struct json_slot *data) {
    bool has_value = data[DATA_VALUE].kind != JSON_SLOT_ABSENT;
    bool has_set = data[DATA_SET].kind != JSON_SLOT_ABSENT;
    bool is_gauge = metric_kind(event->record.metric) == METRIC_GAUGE;
    if (!has_value && !has_set) {
        reject(event, "missing_field", "data.value is missing.");
        return;
    }
    if (has_value && has_set) {
        reject(event, "invalid_value", "data has value or set, not both.");
        return;
    }
    if (has_set && !is_gauge) {
        reject(event, "invalid_value", "data.set is for gauges; a counter only adds value.");
        return;
    }
    event->record.is_set = has_set;
    if (!take_number(event, &data[has_set ? DATA_SET : DATA_VALUE])) {
        return;
    }
    bool may_be_negative = (is_gauge && !has_set) || event->record.kind == USAGE_REVERSAL;
    if (event->record.value < 0 && !may_be_negative) {
        reject(event, "negative_amount",
               "A counter only adds, and a level is not negative; to correct a count, name the "
               "event in data.reverses.");
    }
}

static bool has_data(struct usage_event *event, const struct json_slot *members) {
    if (members[EVENT_DATA].kind == JSON_SLOT_ABSENT) {
        bool is_binary = members[EVENT_BASE64].kind != JSON_SLOT_ABSENT;
        reject(event, is_binary ? "invalid_data" : "missing_field",
               is_binary ? "data_base64 is not taken; send data as JSON." : "data is missing.");
        return false;
    }
    if (members[EVENT_DATA].kind != JSON_SLOT_OBJECT) {
        reject(event, "invalid_data", "data is not an object.");
        return false;
    }
    return true;
}

static void take_data(struct event_context *context, struct usage_event *event,
                      const struct event_members *members) {
    if (!has_data(event, members->event)) {
        return;
    }
    if (members->has_unknown_data) {
        reject(event, "unknown_field",
               "data has a member other than value, set, region, resource and reverses.");
    }
    const struct json_slot *data = members->data;
    event->record.region =
        take_shared(context, event, &data[DATA_REGION], &region_rule, &context->region);
    event->record.resource = take_text(context, event, &data[DATA_RESOURCE], &resource_rule);
    bool is_reversal = take_text(context, event, &data[DATA_REVERSES], &reverses_rule).len > 0;
    event->record.kind = is_reversal ? USAGE_REVERSAL : USAGE_EVENT;
    take_amount(event, data);
}

/* Member by member: that many bytes at once are cleared by an instruction (rep stos) that takes as
 * long to begin as all the rest does. */
static void begin(struct usage_event *event, struct instant now) {
    struct usage_record *record = &event->record;
    record->identity.user_id = record->identity.source = record->identity.id = STR("");
    record->metric = (enum metric)0;
    record->kind = USAGE_EVENT;
    record->is_set = false;
    record->value = 0;
    record->time = now;
    record->region = record->resource = STR("");
    event->code = event->detail = NULL;
    event->status = USAGE_ACCEPTED;
    event->customer = (struct gate_handle){NULL};
    event->period = (struct period){{0}, {0}};
}

void event_decode_members(struct event_context *context, const struct event_members *members,
                          struct usage_event *event) {
    begin(event, context->now);
    struct usage_identity *identity = &event->record.identity;
    const struct json_slot *slots = members->event;
    check_version(event, &slots[EVENT_SPECVERSION]);
    identity->id = take_text(context, event, &slots[EVENT_ID], &id_rule);
    identity->source =
        take_shared(context, event, &slots[EVENT_SOURCE], &source_rule, &context->source);
    identity->user_id =
        take_shared(context, event, &slots[EVENT_SUBJECT], &subject_rule, &context->subject);
    check_names(event, members);
    check_content(event, &slots[EVENT_CONTENT]);
    take_time(context, event, &slots[EVENT_TIME]);
    if (take_metric(context, event, &slots[EVENT_TYPE])) {
        take_data(context, event, members);
    } else {
        identity->source = STR(""); /* of no metric, so on no account of a source */
    }
}
