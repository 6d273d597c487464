#include "mail/facts.h"

#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "mail/decline.h"

struct reading {
    struct cx *cx;
    const struct mail_facts_source *source;
    const json_t *object;
};

static bool read_count(const json_t *json, int64_t *ret_value) {
    int64_t value = json_is_integer(json) ? json_integer_value(json) : INT64_MAX;
    bool is_good = value >= -LIMIT_AMOUNT && value <= LIMIT_AMOUNT;
    *ret_value = is_good ? value : 0;
    return is_good;
}

static struct str text_of(const json_t *json) {
    return json_is_string(json) ? str_of(json_string_value(json), json_string_length(json))
                                : STR("");
}

static bool show_money(const struct reading *reading, const json_t *json, struct text *text) {
    struct currency currency;
    int64_t minor = 0;
    bool is_good = read_count(json, &minor) &&
                   currency_parse(json_text(reading->object, "currency"), &currency);
    if (is_good) {
        locale_money(text, reading->source->language, money_of(minor, currency));
    }
    return is_good;
}

static bool show_quantity(const struct reading *reading, const json_t *json, struct text *text) {
    enum metric metric;
    int64_t amount = 0;
    bool is_good =
        read_count(json, &amount) && metric_parse(json_text(reading->object, "metric"), &metric);
    if (is_good) {
        locale_quantity(text, reading->source->language, metric, quantity_of(amount));
    }
    return is_good;
}

static bool show_count(const struct reading *reading, const json_t *json, struct text *text) {
    int64_t count = 0;
    bool is_good = read_count(json, &count);
    if (is_good) {
        locale_count(text, reading->source->language, count);
    }
    return is_good;
}

static bool show_time(const struct reading *reading, const json_t *json, bool is_date,
                      struct text *text) {
    struct instant instant;
    bool is_good = rfc3339_parse(text_of(json), &instant.ms) && instant_is_valid(instant);
    if (is_good && is_date) {
        locale_date(text, reading->source->language, instant);
    } else if (is_good) {
        locale_instant(text, reading->source->language, instant);
    }
    return is_good;
}

static bool show_metric(const struct reading *reading, const json_t *json, struct text *text) {
    enum metric metric;
    bool is_good = metric_parse(text_of(json), &metric);
    if (is_good) {
        text_str(text, str_from_cstr(locale_metric(reading->source->language, metric)));
    }
    return is_good;
}

static bool show_interval(const struct reading *reading, const json_t *json, struct text *text) {
    enum interval interval;
    bool is_good = interval_parse(text_of(json), &interval);
    if (is_good) {
        text_str(text, str_from_cstr(locale_interval(reading->source->language, interval)));
    }
    return is_good;
}

/* --- what is no bounded text --- */

static bool show_plan(const struct reading *reading, const json_t *json, struct str *ret_shown) {
    enum tier tier;
    bool is_good = tier_parse(text_of(json), &tier);
    if (is_good) {
        *ret_shown = str_from_cstr(catalogue_plan(reading->source->catalogue, tier)->name);
    }
    return is_good;
}

/* Nothing but the web is linked to. */
static bool show_url(const struct reading *reading, const json_t *json, struct str *ret_shown) {
    struct str url = text_of(json);
    bool is_ours = str_starts_with(url, STR("/"));
    bool is_good =
        is_ours || str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://"));
    *ret_shown = is_ours ? arena_printf(reading->cx->arena, STR_FMT STR_FMT,
                                        STR_ARG(reading->source->base_url), STR_ARG(url))
                         : url;
    return is_good;
}

/* Line breaks and other controls have no place in a value. */
static struct str one_line(struct arena *arena, struct str text) {
    struct str copy = arena_str(arena, text);
    char *bytes = (char *)(uintptr_t)copy.bytes;
    for (size_t i = 0; i < copy.len; i++) {
        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f) {
            bytes[i] = ' ';
        }
    }
    return copy;
}

/* What fits a small array: numbers, dates, words of the language. */
static bool show_short(const struct reading *reading, enum mail_type type, const json_t *json,
                       struct text *text) {
    switch (type) {
    case MAIL_TYPE_MONEY:
        return show_money(reading, json, text);
    case MAIL_TYPE_COUNT:
        return show_count(reading, json, text);
    case MAIL_TYPE_METRIC:
        return show_metric(reading, json, text);
    case MAIL_TYPE_QUANTITY:
        return show_quantity(reading, json, text);
    case MAIL_TYPE_INSTANT:
        return show_time(reading, json, false, text);
    case MAIL_TYPE_DATE:
        return show_time(reading, json, true, text);
    case MAIL_TYPE_INTERVAL:
        return show_interval(reading, json, text);
    case MAIL_TYPE_FLAG:
        return json_is_boolean(json);
    case MAIL_TYPE_TEXT:
    case MAIL_TYPE_DECLINE:
    case MAIL_TYPE_URL:
    case MAIL_TYPE_PLAN:
        break;
    }
    return false;
}

static bool show(const struct reading *reading, enum mail_type type, const json_t *json,
                 struct str *ret_shown) {
    char bytes[LOCALE_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    bool is_good = json_is_string(json);
    if (type == MAIL_TYPE_TEXT) {
        *ret_shown = text_of(json);
    } else if (type == MAIL_TYPE_DECLINE) {
        *ret_shown = str_from_cstr(decline_words(reading->source->language, text_of(json)));
    } else if (type == MAIL_TYPE_URL) {
        is_good = show_url(reading, json, ret_shown);
    } else if (type == MAIL_TYPE_PLAN) {
        is_good = show_plan(reading, json, ret_shown);
    } else {
        is_good = show_short(reading, type, json, &text);
        check(text_fits(&text));
        *ret_shown = str_of(text.bytes, text.len);
    }
    *ret_shown = is_good ? one_line(reading->cx->arena, *ret_shown) : STR("");
    return is_good;
}

/* --- all of them --- */

static struct err read_value(const struct reading *reading, size_t at, struct mail_facts *facts) {
    const struct mail_value_spec *spec = &facts->schema->values[at];
    const json_t *json = json_object_get(reading->object, spec->name);
    if (json == NULL || json_is_null(json)) {
        return spec->is_optional ? OK
                                 : cx_fail(reading->cx, ERR(ERR_FORMAT),
                                           "A mail lacks its value %s.", spec->name);
    }
    if (!show(reading, spec->type, json, &facts->shown[at])) {
        return cx_fail(reading->cx, ERR(ERR_FORMAT), "A mail's value %s is not of its type.",
                       spec->name);
    }
    facts->is_there[at] = !json_is_boolean(json) || json_is_true(json);
    return OK;
}

static struct err refuse_unknown(const struct reading *reading, const struct mail_schema *schema) {
    json_t *object = (json_t *)(uintptr_t)reading->object; /* jansson's iterator is not const */
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        bool is_known = false;
        for (size_t i = 0; i < schema->count && !is_known; i++) {
            is_known = strcmp(schema->values[i].name, json_object_iter_key(at)) == 0;
        }
        if (!is_known) {
            return cx_fail(reading->cx, ERR(ERR_FORMAT), "A mail has a value %.64s too many.",
                           json_object_iter_key(at));
        }
    }
    return OK;
}

static void put_common(const struct mail_common *common, struct mail_facts *facts) {
    const struct str values[] = {common->product, common->name, common->billing_url,
                                 common->pricing_url};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        facts->shown[i] = values[i];
        facts->is_there[i] = true;
    }
}

enum { COMMON_COUNT = sizeof(struct mail_common) / sizeof(struct str) };

struct err mail_facts_read(struct cx *cx, const struct mail_facts_source *source,
                           struct mail_facts *ret_facts) {
    struct json_problem problem;
    json_t *object CLEANUP(json_release) = json_read(source->values, &problem);
    struct mail_facts facts = {.schema = source->schema};
    struct reading reading = {cx, source, object};
    check(source->schema->count <= MAIL_VALUES_MAX && source->schema->count >= COMMON_COUNT);
    if (!json_is_object(object)) {
        return cx_fail(cx, ERR(ERR_FORMAT), "A mail's values are no JSON object.");
    }
    put_common(&source->common, &facts);
    TRY(refuse_unknown(&reading, source->schema));
    for (size_t i = COMMON_COUNT; i < source->schema->count; i++) {
        TRY(read_value(&reading, i, &facts));
    }
    *ret_facts = facts;
    return OK;
}
