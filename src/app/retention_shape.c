#include "app/retention_shape.h"

#include "base/check.h"

/* --- a period --- */

static bool decode_period(const json_t *value, struct arena *arena, void *ret_member) {
    (void)arena;
    return json_is_string(value) &&
           retention_period_parse(str_of(json_string_value(value), json_string_length(value)),
                                  ret_member);
}

static void encode_period(struct json_writer *out, const void *member) {
    char text[RETENTION_PERIOD_SIZE];
    retention_period_text(*(const struct calendar_step *)member, text);
    json_put_cstr(out, text);
}

static const struct shape_custom period = {
    .decode = decode_period,
    .encode = encode_period,
    .expected = "whole years, months, weeks or days as ISO 8601, such as P10Y, P18M or P30D",
    .schema = "{\"type\":\"string\",\"pattern\":\"^P(?=\\\\d)(\\\\d+Y)?(\\\\d+M)?(\\\\d+W)?"
              "(\\\\d+D)?$\"}",
};

#define PERIOD(name, doc, kind)                                                                    \
    {                                                                                              \
        name, doc, SHAPE_CUSTOM,                                                                   \
            offsetof(struct retention_entry, periods) + (kind) * sizeof(struct calendar_step),     \
            .flags = SHAPE_OPTIONAL, .custom = &period,                                            \
            .is_set = offsetof(struct retention_entry, has) + (kind) * sizeof(bool)                \
    }
static const struct shape_field period_fields[] = {
    PERIOD("books", "What happened to the billing; absent: P10Y", RETENTION_BOOKS),
    PERIOD("invoices", "Invoices and credit notes; absent: P10Y", RETENTION_INVOICES),
    PERIOD("letters", "Contracts; absent: P10Y", RETENTION_LETTERS),
    PERIOD("cspReports", "What the policy of the pages has stopped; absent: P90D",
           RETENTION_CSP_REPORTS),
    PERIOD("dataKeys", "Keys that seal nothing any more; absent: P35D", RETENTION_DATA_KEYS),
    PERIOD("exports", "Files of somebody's data; absent: P7D", RETENTION_EXPORTS),
    PERIOD("feedback", "What customers said; absent: P3Y", RETENTION_FEEDBACK),
    PERIOD("idempotencyKeys", "Answers to an Idempotency-Key; absent: P7D",
           RETENTION_IDEMPOTENCY_KEYS),
    PERIOD("invitations", "That nobody took; absent: P30D", RETENTION_INVITATIONS),
    PERIOD("mailTexts", "What mails said; absent: P30D", RETENTION_MAIL_TEXTS),
    PERIOD("mails", "To whom they went; absent: P3Y", RETENTION_MAILS),
    PERIOD("origins", "Where changes came from; absent: P12M", RETENTION_ORIGINS),
    PERIOD("privacyRequests", "That were answered; absent: P3Y", RETENTION_PRIVACY_REQUESTS),
    PERIOD("webhooksIn", "What the payment provider told; absent: P30D", RETENTION_WEBHOOKS_IN),
    PERIOD("webhooksOut", "What endpoints were told; absent: P30D", RETENTION_WEBHOOKS_OUT),
};
static const struct shape periods_shape =
    SHAPE("CatalogueRetentionPeriods", "How long, by kind", struct retention_entry, period_fields);

/* --- all of it --- */

/* In the order of retention_countries, as retention_shape_test.c checks. */
static const char *const countries[] = {"AT", "CH", "DE", "ES", "FR", "IT", "NL", NULL};

#define AT(member) offsetof(struct retention_entry, member)
static const struct shape_field entry_fields[] = {
    {"country",
     "Whose law says how long books are kept, as far as the program knows it; absent: ten years",
     SHAPE_ENUM, AT(country), .names = countries, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_country)},
    {"sweeps", "What is old goes by itself each night; absent: true. false: only by a plan",
     SHAPE_BOOL, AT(sweeps), .flags = SHAPE_OPTIONAL, .is_set = AT(has_sweeps)},
    {"periods", "What is not as by default", SHAPE_OBJECT, 0, .of = &periods_shape,
     .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape retention_entry_shape =
    SHAPE("CatalogueRetention", "How long what is kept", struct retention_entry, entry_fields);

struct retention_policy retention_policy_of(struct cx *cx, const struct retention_entry *entry,
                                            struct shape_errors *errors) {
    const struct retention_country *country =
        entry->has_country ? &retention_countries[entry->country] : NULL;
    struct retention_policy policy = retention_policy_default(country);
    policy.sweeps = !entry->has_sweeps || entry->sweeps;
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        struct calendar_step least = {0};
        const char *minimum = retention_minimum(country, (enum retention_kind)i);
        if (!entry->has[i]) {
            continue;
        }
        check(retention_period_parse(str_from_cstr(minimum), &least));
        policy.periods[i] = entry->periods[i];
        if (retention_is_shorter(entry->periods[i], least)) {
            const char *name = retention_info_of((enum retention_kind)i)->name;
            struct str path = arena_printf(cx->arena, "/retention/periods/%s", name);
            struct str expected = arena_printf(cx->arena, "at least %s", minimum);
            shape_error_add(errors, cx->arena, arena_cstr(cx->arena, path),
                            arena_cstr(cx->arena, expected));
        }
    }
    return policy;
}
