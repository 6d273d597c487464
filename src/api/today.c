/* GET /api/admin/today: what operators look at first, each as one figure. Who looks sees those that
 * their role may see elsewhere. */
#include "api/customer_resources.h"

#include "app/today.h"

static const char *const names[] = {"revenue",     "failed_payments", "at_risk", "approvals",
                                    "parked",      "stuck",           "alerts",  "failures",
                                    "differences", "usage",           NULL};
static_assert(ARRAY_LEN(names) == FIGURE_COUNT + 1, "in the order of the enum");
static const char *const states[] = {"good", "watch", "bad", NULL};
static_assert(ARRAY_LEN(states) == TODAY_BAD + 2, "in the order of the enum");

static const enum permission permissions[FIGURE_COUNT] = {
    [FIGURE_REVENUE] = PERMISSION_MONEY_READ,     [FIGURE_FAILED_PAYMENTS] = PERMISSION_MONEY_READ,
    [FIGURE_AT_RISK] = PERMISSION_MONEY_READ,     [FIGURE_APPROVALS] = PERMISSION_MONEY_READ,
    [FIGURE_PARKED] = PERMISSION_MONEY_READ,      [FIGURE_STUCK] = PERMISSION_CUSTOMERS_READ,
    [FIGURE_ALERTS] = PERMISSION_SYSTEM_READ,     [FIGURE_FAILURES] = PERMISSION_SYSTEM_READ,
    [FIGURE_DIFFERENCES] = PERMISSION_MONEY_READ, [FIGURE_USAGE] = PERMISSION_SYSTEM_READ,
};

struct figure_out {
    int name, state;
    int64_t count, at;
    struct shape_list amounts;
    bool has_at;
};
static const struct shape_field amount_item = {.kind = SHAPE_OBJECT, .of = &money_shape};
#define AT(member) offsetof(struct figure_out, member)
static const struct shape_field figure_fields[] = {
    {"name",
     "revenue: recurring, of a month, by how many subscriptions; failed_payments: open cases and "
     "what is owed; at_risk: past due, suspended or ending, and what they bring in a month; "
     "approvals that wait; parked customers; stuck: subscriptions that should have moved; alerts "
     "of 30 days that nobody has looked at; failures: events of the provider and mails that were "
     "given up; differences to the provider that are open, and when all was last compared; usage: "
     "when it was last recorded",
     SHAPE_ENUM, .offset = AT(name), .names = names},
    {"state", "bad: somebody has to look now; watch: today", SHAPE_ENUM, .offset = AT(state),
     .names = states},
    {"count", "How many", SHAPE_I64, .offset = AT(count)},
    {"amounts", "How much, one a currency", SHAPE_LIST, .offset = AT(amounts),
     .max = LIFECYCLE_CURRENCIES, .item = &amount_item, .item_size = sizeof(struct money)},
    {"at", "When, of what is about an instant; null: never, or about none", SHAPE_INSTANT,
     .offset = AT(at), .flags = SHAPE_NULLABLE, .is_set = AT(has_at)},
};
#undef AT
static const struct shape figure_shape =
    SHAPE("TodayFigure", "A figure of today", struct figure_out, figure_fields);
static const struct shape_field figure_item = {.kind = SHAPE_OBJECT, .of = &figure_shape};
static const struct shape_field today_fields[] = {
    {"data", "In the order in which they are looked at", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = FIGURE_COUNT, .item = &figure_item,
     .item_size = sizeof(struct figure_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape today_shape =
    SHAPE("Today", "What operators look at first", struct page, today_fields);

void today_get(struct api_request *request) {
    struct tx tx = request_read(request);
    struct today_value *values = arena_array(request->arena, FIGURE_COUNT, sizeof *values);
    struct figure_out *out = arena_array(request->arena, FIGURE_COUNT, sizeof *out);
    size_t count = 0;
    if (values == NULL || out == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (reply_if_failed(request, today_read(request->api->app, &tx, values))) {
        return;
    }
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (request->has_session && !role_may(request->session.role, permissions[i])) {
            continue;
        }
        out[count++] = (struct figure_out){
            .name = i,
            .state = (int)values[i].state,
            .count = values[i].sum.count,
            .amounts = {values[i].sum.monthly, values[i].sum.currencies},
            .at = values[i].at.ms,
            .has_at = values[i].has_at,
        };
    }
    struct page page = {{out, count}, {NULL, 0}};
    reply_value(request, 200, &today_shape, &page);
}
