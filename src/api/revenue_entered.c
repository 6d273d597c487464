/* /api/admin/revenue/rates, /spend and /targets/:id: what operators enter, and the audit log keeps
 * with who did. */
#include "api/revenue_resources.h"

#include "app/revenue_enter.h"

enum { MONTH_LEN = 7, ENTRIES_MAX = 1200 };

/* --- rates, as they are entered and shown --- */

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

/* --- spend, the same --- */

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

/* --- targets, the same --- */

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

/* --- what all three have in common --- */

/* An entry as a command makes it, and as it is shown. */
struct entered {
    const struct shape *shape, *list_shape; /* of one, and of all */
    enum outcome outcome;                   /* when it was made */
    int status;
    size_t row_size, out_size;
    size_t row_at; /* in a struct in_hand */
    void (*show)(struct arena *arena, const void *row, void *ret_out);
    struct err (*read)(struct tx *tx, struct row_list *ret_list);
};

struct in_hand {
    union {
        struct command command; /* first in each: `done` hands it back */
        struct revenue_rate_enter rate;
        struct revenue_spend_enter spend;
        struct revenue_target_enter target;
    } enter;
    struct api_request *request;
    const struct entered *what;
};
union entry_out {
    struct rate_io rate;
    struct spend_io spend;
    struct target_io target;
};

/* The newest first. */
static void reply_entries(struct api_request *request, const struct entered *what) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, what->read(&tx, &list))) {
        return;
    }
    const char *rows = list.items;
    char *out = arena_array(request->arena, list.count, what->out_size);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        what->show(request->arena, rows + (list.count - 1 - i) * what->row_size,
                   out + i * what->out_size);
    }
    const struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, what->list_shape, &page);
}

static void entered(struct command *command) {
    const struct in_hand *hand = (const struct in_hand *)command;
    union entry_out out;
    if (command->outcome != hand->what->outcome) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    hand->what->show(hand->request->arena, (const char *)hand + hand->what->row_at, &out);
    reply_value(hand->request, hand->what->status, hand->what->shape, &out);
}

/* NULL, with a reply, when there is no memory. */
static struct in_hand *take(struct api_request *request, const struct entered *what) {
    struct in_hand *hand = ARENA_NEW(request->arena, struct in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return NULL;
    }
    hand->request = request;
    hand->what = what;
    hand->enter.command.done = entered;
    return hand;
}

static void refuse_field(struct api_request *request, const char *path, const char *expected) {
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, path, expected);
    reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
}

static struct str who(const struct api_request *request) {
    return request->has_session ? request->session.person_id : STR("");
}

/* --- entering --- */

static void show_rate(struct arena *arena, const void *item, void *ret_out) {
    const struct revenue_rate_row *row = item;
    (void)arena;
    *(struct rate_io *)ret_out =
        (struct rate_io){row->currency, text_or_null(row->entered_by), row->micros, row->at};
}
static const struct entered rates = {
    .shape = &revenue_rate_shape,
    .list_shape = &revenue_rates_shape,
    .outcome = OUTCOME_CREATED,
    .status = 201,
    .row_size = sizeof(struct revenue_rate_row),
    .out_size = sizeof(struct rate_io),
    .row_at = offsetof(struct in_hand, enter.rate.row),
    .show = show_rate,
    .read = revenue_entered_rates,
};

void revenue_rates_list(struct api_request *request) {
    reply_entries(request, &rates);
}

void revenue_rates_add(struct api_request *request) {
    const struct rate_io *in = request->body;
    struct currency currency;
    if (!currency_parse(in->currency, &currency)) {
        refuse_field(request, "/currency", "a currency of ISO 4217");
        return;
    }
    struct in_hand *hand = take(request, &rates);
    if (hand != NULL) {
        hand->enter.rate.row = (struct revenue_rate_row){
            .currency = in->currency, .micros = in->micros, .entered_by = who(request)};
        revenue_rate_enter(request->api->app, &hand->enter.rate);
    }
}

static void show_spend(struct arena *arena, const void *item, void *ret_out) {
    const struct revenue_spend_row *row = item;
    struct revenue_day first = revenue_month_first((struct revenue_month){(int32_t)row->month});
    *(struct spend_io *)ret_out = (struct spend_io){
        .month = str_first(revenue_day_text(arena, first), MONTH_LEN),
        .entered_by = text_or_null(row->entered_by),
        .amount = row->minor,
        .entered_at = row->entered_at,
    };
}
static const struct entered spends = {
    .shape = &revenue_spend_of_month_shape,
    .list_shape = &revenue_spend_shape,
    .outcome = OUTCOME_DONE,
    .status = 200,
    .row_size = sizeof(struct revenue_spend_row),
    .out_size = sizeof(struct spend_io),
    .row_at = offsetof(struct in_hand, enter.spend.row),
    .show = show_spend,
    .read = revenue_entered_spend,
};

void revenue_spend_get(struct api_request *request) {
    reply_entries(request, &spends);
}

void revenue_spend_set(struct api_request *request) {
    const struct spend_io *in = request->body;
    struct revenue_day day;
    if (!revenue_day_parse(arena_printf(request->arena, STR_FMT "-01", STR_ARG(in->month)), &day)) {
        refuse_field(request, "/month", "a month, as 2026-03");
        return;
    }
    struct in_hand *hand = take(request, &spends);
    if (hand != NULL) {
        hand->enter.spend.row = (struct revenue_spend_row){
            .month = revenue_month_of(day).number, .minor = in->amount, .entered_by = who(request)};
        revenue_spend_enter(request->api->app, &hand->enter.spend);
    }
}

static void show_target(struct arena *arena, const void *item, void *ret_out) {
    const struct revenue_target_row *row = item;
    (void)arena;
    *(struct target_io *)ret_out = (struct target_io){row->name, row->reason, row->value};
}
/* All of them are a report (app/revenue_ahead.c). */
static const struct entered targets = {
    .shape = &revenue_target_shape,
    .outcome = OUTCOME_DONE,
    .status = 200,
    .row_at = offsetof(struct in_hand, enter.target.row),
    .show = show_target,
};

void revenue_target_set(struct api_request *request) {
    const struct target_io *in = request->body;
    struct in_hand *hand = take(request, &targets);
    if (hand != NULL) {
        hand->enter.target.row = (struct revenue_target_row){.name = request->values[0],
                                                             .value = in->value,
                                                             .reason = in->reason,
                                                             .entered_by = who(request)};
        revenue_target_enter(request->api->app, &hand->enter.target);
    }
}
