/* /api/admin/revenue/rates, /spend and /targets/:id: what operators enter, and the audit log keeps
 * with who did. */
#include "api/revenue_resources.h"

#include <stdio.h>

#include "app/revenue_enter.h"

enum { MONTH_LEN = 7, ENTRIES_MAX = 1200 };

/* --- rates --- */

struct rate_io {
    struct str currency, entered_by;
    int64_t micros, at;
};
#define AT(member) offsetof(struct rate_io, member)
#define RATE_FIELDS                                                                                \
    {"currency",                                                                                   \
     "ISO 4217, in lower case; not that of reports",                                               \
     SHAPE_STR,                                                                                    \
     .offset = AT(currency),                                                                       \
     .min = 3,                                                                                     \
     .max = 3,                                                                                     \
     .allowed = "abcdefghijklmnopqrstuvwxyz"},                                                     \
    {                                                                                              \
        "micros",                                                                                  \
            "What one minor unit of it is worth in minor units of reports, in millionths: "        \
            "1100000 "                                                                             \
            "is 1.1",                                                                              \
            SHAPE_I64, .offset = AT(micros), .min = 1, .max = REVENUE_RATE_MAX                     \
    }
static const struct shape_field rate_in_fields[] = {RATE_FIELDS};
static const struct shape_field rate_fields[] = {
    RATE_FIELDS,
    {"at", "From when on", SHAPE_INSTANT, .offset = AT(at)},
    {"enteredBy", "Who; null: a key, or the owner of the machine", SHAPE_STR,
     .offset = AT(entered_by), .max = 255, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape revenue_rate_in_shape = SHAPE(
    "RevenueRateEnter", "What a currency is worth from now on", struct rate_io, rate_in_fields);
const struct shape revenue_rate_shape =
    SHAPE("RevenueRate", "What a currency was worth", struct rate_io, rate_fields);
static const struct shape_field rate_item = {.kind = SHAPE_OBJECT, .of = &revenue_rate_shape};
static const struct shape_field rates_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = REVENUE_RATES_MAX, .item = &rate_item, .item_size = sizeof(struct rate_io)},
    PAGE_CURSOR_FIELD,
};
const struct shape revenue_rates_shape =
    SHAPE("RevenueRates", "All rates that were entered", struct page, rates_fields);

static struct rate_io rate_of(const struct revenue_rate_row *row) {
    return (struct rate_io){row->currency, text_or_null(row->entered_by), row->micros, row->at};
}

void revenue_rates_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, revenue_entered_rates(&tx, &list))) {
        return;
    }
    const struct revenue_rate_row *rows = list.items;
    struct rate_io *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = rate_of(&rows[list.count - 1 - i]);
    }
    const struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, &revenue_rates_shape, &page);
}

struct rate_in_hand {
    struct revenue_rate_enter enter; /* first: `done` hands it back */
    struct api_request *request;
};

static void rate_entered(struct command *command) {
    struct rate_in_hand *hand = (struct rate_in_hand *)command;
    if (command->outcome != OUTCOME_CREATED) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    const struct rate_io out = rate_of(&hand->enter.row);
    reply_value(hand->request, 201, &revenue_rate_shape, &out);
}

static struct str who(const struct api_request *request) {
    return request->has_session ? request->session.person_id : STR("");
}

void revenue_rates_add(struct api_request *request) {
    const struct rate_io *in = request->body;
    struct currency currency;
    struct shape_errors errors = {.count = 0};
    struct rate_in_hand *hand = ARENA_NEW(request->arena, struct rate_in_hand);
    if (!currency_parse(in->currency, &currency)) {
        shape_error_add(&errors, request->arena, "/currency", "a currency of ISO 4217");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->enter.row = (struct revenue_rate_row){
        .currency = in->currency, .micros = in->micros, .entered_by = who(request)};
    hand->enter.command.done = rate_entered;
    revenue_rate_enter(request->api->app, &hand->enter);
}

/* --- spend --- */

struct spend_io {
    struct str month, entered_by;
    int64_t amount, entered_at;
};
#define AT(member) offsetof(struct spend_io, member)
#define SPEND_FIELDS                                                                               \
    {"month",          "As 2026-03, UTC",       SHAPE_STR, .offset = AT(month), .min = MONTH_LEN,  \
     .max = MONTH_LEN, .allowed = "0123456789-"},                                                  \
    {                                                                                              \
        "amount",                                                                                  \
            "What sales and marketing cost in it, in minor units of the currency of reports; 0: "  \
            "nothing was spent",                                                                   \
            SHAPE_I64, .offset = AT(amount), .min = 0, .max = LIMIT_AMOUNT                         \
    }
static const struct shape_field spend_in_fields[] = {SPEND_FIELDS};
static const struct shape_field spend_fields[] = {
    SPEND_FIELDS,
    {"enteredAt", "When", SHAPE_INSTANT, .offset = AT(entered_at)},
    {"enteredBy", "Who; null: a key, or the owner of the machine", SHAPE_STR,
     .offset = AT(entered_by), .max = 255, .flags = SHAPE_NULLABLE},
};
#undef AT
const struct shape revenue_spend_in_shape =
    SHAPE("RevenueSpendEnter", "What a month cost", struct spend_io, spend_in_fields);
const struct shape revenue_spend_of_month_shape = SHAPE(
    "RevenueSpendOfMonth", "What a month cost, and who said so", struct spend_io, spend_fields);
static const struct shape_field spend_item = {.kind = SHAPE_OBJECT,
                                              .of = &revenue_spend_of_month_shape};
static const struct shape_field spends_fields[] = {
    {"data", "The newest month first; a month that nobody entered is not there", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = ENTRIES_MAX, .item = &spend_item,
     .item_size = sizeof(struct spend_io)},
    PAGE_CURSOR_FIELD,
};
const struct shape revenue_spend_shape =
    SHAPE("RevenueSpend", "What was spent to win customers", struct page, spends_fields);

static struct spend_io spend_of(struct api_request *request, const struct revenue_spend_row *row) {
    struct revenue_day first = revenue_month_first((struct revenue_month){(int32_t)row->month});
    return (struct spend_io){
        .month = str_first(revenue_day_text(request->arena, first), MONTH_LEN),
        .entered_by = text_or_null(row->entered_by),
        .amount = row->minor,
        .entered_at = row->entered_at,
    };
}

void revenue_spend_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, revenue_entered_spend(&tx, &list))) {
        return;
    }
    const struct revenue_spend_row *rows = list.items;
    struct spend_io *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = spend_of(request, &rows[list.count - 1 - i]);
    }
    const struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, &revenue_spend_shape, &page);
}

struct spend_in_hand {
    struct revenue_spend_enter enter; /* first: `done` hands it back */
    struct api_request *request;
};

static void spend_entered(struct command *command) {
    struct spend_in_hand *hand = (struct spend_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    const struct spend_io out = spend_of(hand->request, &hand->enter.row);
    reply_value(hand->request, 200, &revenue_spend_of_month_shape, &out);
}

void revenue_spend_set(struct api_request *request) {
    const struct spend_io *in = request->body;
    struct revenue_day day;
    struct shape_errors errors = {.count = 0};
    struct spend_in_hand *hand = ARENA_NEW(request->arena, struct spend_in_hand);
    struct str first = arena_printf(request->arena, STR_FMT "-01", STR_ARG(in->month));
    if (!revenue_day_parse(first, &day)) {
        shape_error_add(&errors, request->arena, "/month", "a month, as 2026-03");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
        return;
    }
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->enter.row = (struct revenue_spend_row){
        .month = revenue_month_of(day).number, .minor = in->amount, .entered_by = who(request)};
    hand->enter.command.done = spend_entered;
    revenue_spend_enter(request->api->app, &hand->enter);
}

/* --- targets --- */

struct target_io {
    struct str id, reason;
    int64_t value;
};
#define AT(member) offsetof(struct target_io, member)
#define TARGET_FIELDS                                                                              \
    {"value",   "In the unit of the target: minor units, a count, hundredths",                     \
     SHAPE_I64, .offset = AT(value),                                                               \
     .min = 0,  .max = LIMIT_AMOUNT},                                                              \
    {                                                                                              \
        "reason", "Why, for the audit log", SHAPE_STR, .offset = AT(reason), .min = 1, .max = 500  \
    }
static const struct shape_field target_in_fields[] = {TARGET_FIELDS};
static const struct shape_field target_fields[] = {
    {"id",
     "free, starter, professional, enterprise, mrr, arr, conversion, expansion, logo_churn, "
     "ltv_to_cac; or what figures rest on: gross_margin, cac_lag_months",
     SHAPE_STR, .offset = AT(id), .max = 64},
    TARGET_FIELDS,
};
#undef AT
const struct shape revenue_target_in_shape =
    SHAPE("RevenueTargetEnter", "What is aimed at from now on", struct target_io, target_in_fields);
const struct shape revenue_target_shape =
    SHAPE("RevenueTarget", "What is aimed at", struct target_io, target_fields);

struct target_in_hand {
    struct revenue_target_enter enter; /* first: `done` hands it back */
    struct api_request *request;
};

static void target_entered(struct command *command) {
    struct target_in_hand *hand = (struct target_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    const struct revenue_target_row *row = &hand->enter.row;
    const struct target_io out = {row->name, row->reason, row->value};
    reply_value(hand->request, 200, &revenue_target_shape, &out);
}

void revenue_target_set(struct api_request *request) {
    const struct target_io *in = request->body;
    struct target_in_hand *hand = ARENA_NEW(request->arena, struct target_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->enter.row = (struct revenue_target_row){.name = request->values[0],
                                                  .value = in->value,
                                                  .reason = in->reason,
                                                  .entered_by = who(request)};
    hand->enter.command.done = target_entered;
    revenue_target_enter(request->api->app, &hand->enter);
}
