#include "mail/sample.h"

#include <string.h>

#include "app/mail_values.h"
#include "core/metric.h"
#include "core/period.h"
#include "mail/facts.h"

enum {
    COMMON_COUNT = sizeof(struct mail_common) / sizeof(struct str),
    AMOUNT = 9900,
    COUNT = 3,
    LIMIT = 100000,
    DAY_MS = 24 * 60 * 60 * 1000
};

static const int64_t first_instant = 1805189400000; /* 2027-03-16T09:30:00Z */

struct sampling {
    struct cx *cx;
    struct mail_values values;
    int64_t at;          /* of the next instant: one is a day after the other */
    int64_t quantity;    /* of the next one: each is a fifth more */
    bool was_flag_given; /* the value before was a flag of the same few, and one of them is true */
};

static struct str text_for(const struct sampling *sampling, const char *name) {
    static const struct {
        const char *name, *text;
    } known[] = {
        {"currency", "usd"},
        {"method", "Visa •••• 4242"},
        {"invoiceNumber", "NOVA-0042"},
        {"expiry", "04/2027"},
        {"userId", "ada"},
        {"customerName", "Ada Lovelace"},
        {"invitedBy", "Grace Hopper"},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return str_from_cstr(known[i].text);
        }
    }
    return arena_printf(sampling->cx->arena, "[%s]", name);
}

static void put_time(struct sampling *sampling, const char *name) {
    mail_values_time(&sampling->values, name, sampling->at);
    sampling->at += DAY_MS;
}

static void put_quantity(struct sampling *sampling, const char *name) {
    mail_values_i64(&sampling->values, name, sampling->quantity);
    sampling->quantity += LIMIT / 5;
}

static void put_flag(struct sampling *sampling, const struct mail_value_spec *spec) {
    bool is_it = !spec->is_optional && !sampling->was_flag_given;
    mail_values_flag(&sampling->values, spec->name, is_it);
    sampling->was_flag_given = sampling->was_flag_given || is_it;
}

static void put_str(struct sampling *sampling, const char *name, struct str text) {
    mail_values_str(&sampling->values, name, text);
}

static void put(struct sampling *sampling, const struct mail_value_spec *spec) {
    sampling->was_flag_given = sampling->was_flag_given && spec->type == MAIL_TYPE_FLAG;
    switch (spec->type) {
    case MAIL_TYPE_TEXT:
        put_str(sampling, spec->name, text_for(sampling, spec->name));
        break;
    case MAIL_TYPE_MONEY:
        mail_values_i64(&sampling->values, spec->name, AMOUNT);
        break;
    case MAIL_TYPE_COUNT:
        mail_values_i64(&sampling->values, spec->name, COUNT);
        break;
    case MAIL_TYPE_METRIC:
        put_str(sampling, spec->name, str_from_cstr(metric_name(METRIC_API_REQUESTS)));
        break;
    case MAIL_TYPE_QUANTITY:
        put_quantity(sampling, spec->name);
        break;
    case MAIL_TYPE_INSTANT:
    case MAIL_TYPE_DATE:
        put_time(sampling, spec->name);
        break;
    case MAIL_TYPE_URL:
        put_str(sampling, spec->name, STR("/billing"));
        break;
    case MAIL_TYPE_FLAG:
        put_flag(sampling, spec);
        break;
    case MAIL_TYPE_PLAN:
        put_str(sampling, spec->name, str_from_cstr(tier_name(TIER_PROFESSIONAL)));
        break;
    case MAIL_TYPE_INTERVAL:
        put_str(sampling, spec->name, str_from_cstr(interval_name(INTERVAL_MONTH)));
        break;
    case MAIL_TYPE_DECLINE:
        put_str(sampling, spec->name, STR("insufficient_funds"));
        break;
    }
}

struct str mail_sample(struct cx *cx, enum mail_kind kind) {
    const struct mail_schema *schema = &mail_schemas[kind];
    struct sampling sampling = {.cx = cx, .at = first_instant, .quantity = LIMIT - LIMIT / 5};
    mail_values_begin(&sampling.values, cx);
    for (size_t i = COMMON_COUNT; i < schema->count; i++) { /* the program gives the common ones */
        put(&sampling, &schema->values[i]);
    }
    return mail_values_end(&sampling.values);
}
