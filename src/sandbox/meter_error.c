/* What is told of usage that was judged after it had been taken in: one thin event for each meter
 * with the errors of a request by their codes, and one for names that no meter has
 * (billing/subscriptions/usage-based/meters/configure). */
#include <stdio.h>

#include "base/rfc3339.h"
#include "sandbox/meter.h"

enum { SAMPLES_MAX = 10 };

static const struct wrong {
    const char *code, *says;
} wrong_of[USAGE_VERDICT_COUNT] = {
    [USAGE_NO_METER] = {"no_meter", "There is no meter with that event name."},
    [USAGE_METER_INACTIVE] = {"archived_meter", "The meter is not active."},
    [USAGE_NO_CUSTOMER] = {"meter_event_no_customer_defined",
                           "The payload does not name a customer."},
    [USAGE_CUSTOMER_UNKNOWN] = {"meter_event_customer_not_found",
                                "There is no customer of the id in the payload."},
    [USAGE_VALUE_INVALID] = {"meter_event_invalid_value", "The value in the payload is no number."},
    [USAGE_VALUE_TOO_LONG] = {"meter_event_value_too_many_digits",
                              "The value in the payload has too many digits."},
    [USAGE_TOO_OLD] = {"timestamp_too_far_in_past",
                       "The timestamp lies more than 35 days in the past."},
    [USAGE_IN_FUTURE] = {"timestamp_in_future",
                         "The timestamp lies more than 5 minutes in the future."},
};

static void count(json_t *object, const char *name) {
    set_i64(object, name, member_i64(object, name) + 1);
}

static json_t *type_of(json_t *reason, const char *code) {
    json_t *types = json_object_get(reason, "error_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (member_is(json_array_get(types, i), "code", code)) {
            return json_array_get(types, i);
        }
    }
    json_array_append_new(
        types, json_pack("{s:s, s:i, s:[]}", "code", code, "error_count", 0, "sample_errors"));
    return json_array_get(types, json_array_size(types) - 1);
}

/* `wrongs` holds for each meter's id ("" for none) the reason that its event will give. */
void usage_report_wrong(json_t *wrongs, json_t *meter, const struct usage_report *report,
                        enum usage_verdict verdict) {
    const struct wrong *wrong = &wrong_of[verdict];
    const char *id = member(meter, "id");
    if (wrong->code == NULL) {
        return; /* a duplicate is dropped without a word */
    }
    if (json_object_get(wrongs, id) == NULL) {
        json_object_set_new(wrongs, id, json_pack("{s:i, s:[]}", "error_count", 0, "error_types"));
    }
    json_t *reason = json_object_get(wrongs, id);
    json_t *type = type_of(reason, wrong->code);
    json_t *samples = json_object_get(type, "sample_errors");
    count(reason, "error_count");
    count(type, "error_count");
    if (json_array_size(samples) < SAMPLES_MAX) {
        json_array_append_new(samples, json_pack("{s:s, s:{s:s}}", "error_message", wrong->says,
                                                 "request", "identifier", report->identifier));
    }
}

static json_t *data_of(json_t *reason, int64_t now) {
    char at[RFC3339_SIZE];
    int64_t errors = member_i64(reason, "error_count");
    rfc3339_format(now * 1000, at);
    return json_pack("{s:o, s:O, s:s, s:s}", "developer_message_summary",
                     json_sprintf("There %s %lld invalid event%s", errors == 1 ? "is" : "are",
                                  (long long)errors, errors == 1 ? "" : "s"),
                     "reason", reason, "validation_start", at, "validation_end", at);
}

void usage_tell_wrongs(struct world *world, json_t *wrongs) {
    const char *id;
    json_t *reason;
    json_object_foreach(wrongs, id, reason) {
        json_t *meter = world_get(world, id);
        json_t *nothing = json_object();
        json_decref(event_emit_thin(world,
                                    meter == NULL ? "v1.billing.meter.no_meter_found"
                                                  : "v1.billing.meter.error_report_triggered",
                                    meter == NULL ? nothing : meter,
                                    data_of(reason, world_now(world, NULL))));
        json_decref(nothing);
    }
}
