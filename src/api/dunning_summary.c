/* /api/admin/dunning/summary and simulation: how dunning has gone, and what another policy would
 * have made of it. */
#include "api/operations_resources.h"

#include "app/dunning_summary.h"

#define DAY_MS INT64_C(86400000)
enum { WORD_MAX = 64, AGES = 4 };

/* --- figures --- */

struct figure_out {
    struct str word;
    int64_t number, count;
    struct money amount;
    bool is_hard;
};
#define AT(member) offsetof(struct figure_out, member)
#define COUNT_FIELD                                                                                \
    { "count", "How many", SHAPE_I64, .offset = AT(count) }
#define AMOUNT_FIELD                                                                               \
    {                                                                                              \
        "amount", "Of their invoices, with tax", SHAPE_OBJECT, .offset = AT(amount),               \
                                                               .of = &money_shape                  \
    }
static const struct shape_field status_fields[] = {
    {"status", "Of the cases", SHAPE_STR, .offset = AT(word), .max = WORD_MAX},
    COUNT_FIELD,
    AMOUNT_FIELD,
};
static const struct shape_field attempt_fields[] = {
    {"attempt", "The first charge is 1, the first retry 2", SHAPE_I64, .offset = AT(number)},
    {"outcome", "How it ended", SHAPE_STR, .offset = AT(word), .max = WORD_MAX},
    COUNT_FIELD,
};
static const struct shape_field decline_fields[] = {
    {"declineCode", "Stripe's; null: it gave none", SHAPE_STR, .offset = AT(word), .max = WORD_MAX,
     .flags = SHAPE_NULLABLE},
    {"isHard", "No retry of the same card can cure it", SHAPE_BOOL, .offset = AT(is_hard)},
    COUNT_FIELD,
};
static const struct shape_field risk_fields[] = {
    {"ageDays", "For how long at least: 0, 4, 8 or 15 days", SHAPE_I64, .offset = AT(number)},
    COUNT_FIELD,
    {"amount", "What is due", SHAPE_OBJECT, .offset = AT(amount), .of = &money_shape},
};
#undef AT
static const struct shape figure_shapes[DUNNING_FIGURES_COUNT] = {
    [DUNNING_BY_STATUS] =
        SHAPE("DunningByStatus", "How many cases stand where", struct figure_out, status_fields),
    [DUNNING_BY_ATTEMPT] =
        SHAPE("DunningByAttempt", "How the n-th attempts ended", struct figure_out, attempt_fields),
    [DUNNING_BY_DECLINE] =
        SHAPE("DunningByDecline", "Why charges were declined", struct figure_out, decline_fields),
    [DUNNING_AT_RISK] = SHAPE("DunningAtRisk", "What is owed, by how long it has been",
                              struct figure_out, risk_fields),
};
static const struct shape_field figure_items[DUNNING_FIGURES_COUNT] = {
    [DUNNING_BY_STATUS] = {.kind = SHAPE_OBJECT, .of = &figure_shapes[DUNNING_BY_STATUS]},
    [DUNNING_BY_ATTEMPT] = {.kind = SHAPE_OBJECT, .of = &figure_shapes[DUNNING_BY_ATTEMPT]},
    [DUNNING_BY_DECLINE] = {.kind = SHAPE_OBJECT, .of = &figure_shapes[DUNNING_BY_DECLINE]},
    [DUNNING_AT_RISK] = {.kind = SHAPE_OBJECT, .of = &figure_shapes[DUNNING_AT_RISK]},
};

/* --- the summary --- */

struct summary_out {
    int64_t from, to, as_of, opened, percent;
    bool has_percent;
    struct shape_list lists[DUNNING_FIGURES_COUNT];
};
#define LIST_FIELD(json, words, kind_)                                                             \
    {                                                                                              \
        json, words, SHAPE_LIST, .offset = offsetof(struct summary_out, lists[kind_]),             \
                                 .max = DUNNING_FIGURES_MAX, .item = &figure_items[kind_],         \
                                 .item_size = sizeof(struct figure_out)                            \
    }
#define AT(member) offsetof(struct summary_out, member)
static const struct shape_field summary_fields[] = {
    {"from", "Of the cases that were opened from then on", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "And before then", SHAPE_INSTANT, .offset = AT(to)},
    {"asOf", "When it was counted", SHAPE_INSTANT, .offset = AT(as_of)},
    {"opened", "How many cases were opened; disputes are not among them", SHAPE_I64,
     .offset = AT(opened)},
    {"recoveryPercent",
     "Of those that ended, exhausted or written off or paid, how many were paid; null: none ended",
     SHAPE_I64, .offset = AT(percent), .flags = SHAPE_NULLABLE, .is_set = AT(has_percent)},
    LIST_FIELD("atRisk", "What is owed now, whenever it was opened", DUNNING_AT_RISK),
    LIST_FIELD("byStatus", "Where they stand", DUNNING_BY_STATUS),
    LIST_FIELD("byAttempt", "The funnel", DUNNING_BY_ATTEMPT),
    LIST_FIELD("byDecline", "The most frequent first", DUNNING_BY_DECLINE),
};
#undef AT
const struct shape dunning_summary_shape =
    SHAPE("DunningSummary", "How dunning has gone", struct summary_out, summary_fields);

struct summary_query {
    int64_t from, to;
    bool has_from, has_to;
};
#define AT(member) offsetof(struct summary_query, member)
static const struct shape_field summary_query_fields[] = {
    {"from", "Cases that were opened from then on; 90 days before `to` when not said",
     SHAPE_INSTANT, .offset = AT(from), .flags = SHAPE_OPTIONAL, .is_set = AT(has_from)},
    {"to", "And before then; now when not said", SHAPE_INSTANT, .offset = AT(to),
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_to)},
};
#undef AT
const struct shape dunning_summary_query_shape =
    SHAPE("DunningSummaryQuery", "Of which time", struct summary_query, summary_query_fields);

static struct shape_list figures_out(struct api_request *request, const struct row_list *list) {
    const struct dunning_figure_row *rows = list->items;
    struct figure_out *out = arena_array(request->arena, list->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list->count; i++) {
        out[i] = (struct figure_out){
            .word = text_or_null(rows[i].word),
            .number = rows[i].number,
            .count = rows[i].count,
            .is_hard = dunning_is_hard_decline(rows[i].word),
        };
        if (rows[i].currency.len > 0) {
            out[i].amount = money_stored(rows[i].amount, rows[i].currency);
        }
    }
    return (struct shape_list){out, out == NULL ? 0 : list->count};
}

void dunning_summary(struct api_request *request) {
    const struct summary_query *query = request->query;
    struct summary_out out = {.as_of = request_now(request).ms};
    struct tx tx = request_read(request);
    out.to = query != NULL && query->has_to ? query->to : out.as_of + 1;
    out.from =
        query != NULL && query->has_from ? query->from : out.to - DUNNING_SIMULATION_DAYS * DAY_MS;
    for (int kind = 0; kind < DUNNING_FIGURES_COUNT; kind++) {
        struct row_list list;
        bool is_risk = kind == (int)DUNNING_AT_RISK;
        if (reply_if_failed(request,
                            dunning_figures_read(&tx, (enum dunning_figures_kind)kind,
                                                 is_risk ? out.as_of : out.from,
                                                 is_risk ? out.as_of + 1 : out.to, &list))) {
            return;
        }
        out.lists[kind] = figures_out(request, &list);
        const struct dunning_figure_row *rows = list.items;
        for (size_t i = 0; kind == (int)DUNNING_BY_STATUS && i < list.count; i++) {
            out.opened += rows[i].count;
        }
        if (kind == (int)DUNNING_BY_STATUS) {
            out.percent = dunning_recovery_percent(&list);
        }
    }
    out.has_percent = out.percent >= 0;
    reply_value(request, 200, &dunning_summary_shape, &out);
}

/* --- the simulation --- */

struct policy_out {
    struct shape_list retry_days; /* int64_t */
    int64_t access_days;
};
static const struct shape_field day_item = {.kind = SHAPE_I64, .min = 1, .max = DUNNING_DAYS_MAX};
#define AT(member) offsetof(struct policy_out, member)
static const struct shape_field policy_fields[] = {
    {"retryDays", "Days of retries after the first failure", SHAPE_LIST, .offset = AT(retry_days),
     .max = DUNNING_RETRIES_MAX, .item = &day_item, .item_size = sizeof(int64_t)},
    {"accessDays", "For so many days access stays full", SHAPE_I64, .offset = AT(access_days)},
};
#undef AT
static const struct shape policy_shape =
    SHAPE("DunningPolicy", "When it is tried again, and when access ends; as the catalogue has it",
          struct policy_out, policy_fields);

struct simulated_out {
    struct str outcome;
    int64_t was, will;
    struct money was_amount, will_amount;
};
#define AT(member) offsetof(struct simulated_out, member)
static const struct shape_field simulated_fields[] = {
    {"outcome",
     "recovered, ended, open (retries are left) or unknown: a retry would have come when nobody "
     "tried, and nobody knows what the bank had said",
     SHAPE_STR, .offset = AT(outcome), .max = WORD_MAX},
    {"casesWere", "So many cases went so", SHAPE_I64, .offset = AT(was)},
    {"amountWas", "Of their invoices", SHAPE_OBJECT, .offset = AT(was_amount), .of = &money_shape},
    {"casesWouldBe", "So many would have", SHAPE_I64, .offset = AT(will)},
    {"amountWouldBe", "Of their invoices", SHAPE_OBJECT, .offset = AT(will_amount),
     .of = &money_shape},
};
#undef AT
static const struct shape simulated_shape =
    SHAPE("DunningSimulated", "Cases of one end", struct simulated_out, simulated_fields);
static const struct shape_field simulated_item = {.kind = SHAPE_OBJECT, .of = &simulated_shape};

struct simulation_out {
    int64_t from, to, cases, restricted_were, restricted_would_be;
    bool is_cut;
    struct policy_out in_force, policy;
    struct shape_list outcomes;
};
#define AT(member) offsetof(struct simulation_out, member)
static const struct shape_field simulation_fields[] = {
    {"from", "Of the cases that were opened from then on", SHAPE_INSTANT, .offset = AT(from)},
    {"to", "Until then", SHAPE_INSTANT, .offset = AT(to)},
    {"cases", "How many", SHAPE_I64, .offset = AT(cases)},
    {"isCut", "There were more: these are the newest", SHAPE_BOOL, .offset = AT(is_cut)},
    {"restrictedWere", "Of these, whose full access ends under the policy in force", SHAPE_I64,
     .offset = AT(restricted_were)},
    {"restrictedWouldBe", "And under the one that is tried", SHAPE_I64,
     .offset = AT(restricted_would_be)},
    {"outcomes", "As it was, and as it would have been", SHAPE_LIST, .offset = AT(outcomes),
     .max = DUNNING_WOULD_COUNT * DUNNING_CURRENCIES_MAX, .item = &simulated_item,
     .item_size = sizeof(struct simulated_out)},
    {"inForce", "The policy in force", SHAPE_OBJECT, .offset = AT(in_force), .of = &policy_shape},
    {"dunning", "The one that is tried: a member of the catalogue", SHAPE_OBJECT,
     .offset = AT(policy), .of = &policy_shape},
};
#undef AT
const struct shape dunning_simulation_shape =
    SHAPE("DunningSimulation", "What another policy would have made of what happened",
          struct simulation_out, simulation_fields);

struct simulation_query {
    struct str retry_days;
    int64_t access_days;
    bool has_access_days;
};
#define AT(member) offsetof(struct simulation_query, member)
static const struct shape_field simulation_query_fields[] = {
    {"retryDays", "Such as 3,7,14; those in force when not said", SHAPE_STR,
     .offset = AT(retry_days), .min = 1, .max = 40, .allowed = "0123456789,",
     .flags = SHAPE_OPTIONAL},
    {"accessDays", "That in force when not said", SHAPE_I64, .offset = AT(access_days), .min = 0,
     .max = DUNNING_DAYS_MAX, .flags = SHAPE_OPTIONAL, .is_set = AT(has_access_days)},
};
#undef AT
const struct shape dunning_simulation_query_shape =
    SHAPE("DunningSimulationQuery", "Which policy is tried", struct simulation_query,
          simulation_query_fields);

/* False: the days are none that a catalogue could have. */
static bool read_days(struct str text, struct dunning_policy *policy) {
    policy->retry_count = 0;
    while (text.len > 0 && policy->retry_count < DUNNING_RETRIES_MAX) {
        int64_t day = 0;
        if (!str_to_i64(str_cut(&text, ','), &day) || day > DUNNING_DAYS_MAX) {
            return false;
        }
        policy->retry_days[policy->retry_count++] = (int32_t)day;
    }
    return text.len == 0 && dunning_policy_is_valid(policy);
}

static struct policy_out policy_out_of(struct arena *arena, const struct dunning_policy *policy) {
    int64_t *days = arena_array(arena, (size_t)policy->retry_count, sizeof *days);
    for (int32_t i = 0; days != NULL && i < policy->retry_count; i++) {
        days[i] = policy->retry_days[i];
    }
    return (struct policy_out){{days, days == NULL ? 0 : (size_t)policy->retry_count},
                               policy->access_days};
}

static void reply_simulation(struct api_request *request,
                             const struct dunning_simulation *simulation,
                             const struct dunning_policy *policy) {
    struct simulated_out *rows = arena_array(request->arena, simulation->row_count, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < simulation->row_count; i++) {
        const struct dunning_simulated *row = &simulation->rows[i];
        rows[i] = (struct simulated_out){
            .outcome = str_from_cstr(dunning_would_name(row->would)),
            .was = row->was,
            .will = row->will,
            .was_amount = money_stored(row->was_amount, row->currency),
            .will_amount = money_stored(row->will_amount, row->currency),
        };
    }
    struct simulation_out out = {
        .from = simulation->from,
        .to = simulation->to,
        .cases = simulation->cases,
        .is_cut = simulation->is_cut,
        .restricted_were = simulation->restricted_was,
        .restricted_would_be = simulation->restricted_will,
        .in_force = policy_out_of(request->arena, &request->api->app->catalogue->dunning),
        .policy = policy_out_of(request->arena, policy),
        .outcomes = {rows, rows == NULL ? 0 : simulation->row_count},
    };
    reply_value(request, 200, &dunning_simulation_shape, &out);
}

void dunning_simulation(struct api_request *request) {
    const struct simulation_query *query = request->query;
    struct dunning_policy policy = request->api->app->catalogue->dunning;
    struct dunning_simulation *simulation = ARENA_NEW(request->arena, struct dunning_simulation);
    if (simulation == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (query != NULL && query->has_access_days) {
        policy.access_days = (int32_t)query->access_days;
    }
    if (query != NULL && query->retry_days.len > 0 && !read_days(query->retry_days, &policy)) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/retryDays",
                        "at most 8 days from 1 to 90, each after the one before, such as 3,7,14");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    struct tx tx = request_read(request);
    if (!reply_if_failed(request,
                         dunning_simulation_read(request->api->app, &tx, &policy, simulation))) {
        reply_simulation(request, simulation, &policy);
    }
}
