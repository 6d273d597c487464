/* /api/admin/customers: operators find customers. */
#include "api/admin_resources.h"
#include "api/customer_resources.h"

/* --- as shown --- */

static const char *const statuses[] = {
    "incomplete", "incomplete_expired", "trialing", "active", "past_due",
    "unpaid",     "canceled",           "paused",   "absent", NULL};
static_assert(ARRAY_LEN(statuses) == SUBSCRIPTION_STATUS_COUNT + 1, "in the order of the enum");
static const char *const accesses[] = {"full", "restricted", "none", NULL};
static_assert(ARRAY_LEN(accesses) == ACCESS_NONE + 2, "in the order of the enum");
static const char *const healths[] = {"good", "watch", "at_risk", NULL};
static_assert(ARRAY_LEN(healths) == HEALTH_COUNT + 1, "in the order of the enum");

#define AT(member) offsetof(struct customer_line_out, member)
static const struct shape_field line_fields[] = {
    {"userId", "The platform's", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"name", "Of a person or a company", SHAPE_STR, .offset = AT(name), .max = LIMIT_NAME},
    {"country", "ISO 3166", SHAPE_STR, .offset = AT(country), .max = 2, .flags = SHAPE_NULLABLE},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"interval", "How often it is billed; null: it is not", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_interval)},
    {"status", "Stripe's word; absent: no subscription is in force", SHAPE_ENUM,
     .offset = AT(status), .names = statuses},
    {"access", "What they may use now", SHAPE_ENUM, .offset = AT(access), .names = accesses},
    {"mrr",
     "The monthly price in force, a year's divided by 12; null: the plan is not in the catalogue "
     "any more",
     SHAPE_OBJECT, .offset = AT(mrr), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_mrr)},
    {"pastDueSince", "Since when they owe", SHAPE_INSTANT, .offset = AT(past_due_since),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_past_due)},
    {"trialEndsAt", "When the trial ends", SHAPE_INSTANT, .offset = AT(trial_ends_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_trial)},
    {"cancelAtPeriodEnd", "It ends with the period", SHAPE_BOOL, .offset = AT(is_ending)},
    {"parked", "Nothing is charged until an operator has looked", SHAPE_BOOL,
     .offset = AT(is_parked)},
    {"health",
     "at_risk: parked, or a plan without full access; watch: it owes, or ends with the period; "
     "good: neither",
     SHAPE_ENUM, .offset = AT(health), .names = healths},
    {"usagePercent",
     "Of the limit of which the most is used now, rounded down; null: nothing is limited",
     SHAPE_I64, .offset = AT(usage_percent), .flags = SHAPE_NULLABLE, .is_set = AT(has_usage)},
    {"usageMetric", "Of which metric that is", SHAPE_ENUM, .offset = AT(usage_metric),
     .names = metric_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_usage)},
    {"ownerId", "Which operator looks after them; null: nobody", SHAPE_STR, .offset = AT(owner_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"ownerName", "What the operator is called; null: nobody looks after them", SHAPE_STR,
     .offset = AT(owner_name), .max = LIMIT_NAME, .flags = SHAPE_NULLABLE},
    {"createdAt", "When they became known", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
const struct shape customer_line_shape =
    SHAPE("CustomerLine", "A customer, to operators", struct customer_line_out, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &customer_line_shape};
static const struct shape_field lines_fields[] = {
    {"data", "The newest first, or by userId", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &line_item, .item_size = sizeof(struct customer_line_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape customer_lines_shape =
    SHAPE("CustomerLines", "A page of customers, to operators", struct page, lines_fields);

struct customer_line_out customer_line_out_of(struct api_request *request,
                                              const struct customer_line *line) {
    struct customer_standing standing =
        customer_standing(request->api->app, line, request_now(request));
    bool is_free = line->tier <= (int)TIER_FREE;
    return (struct customer_line_out){
        .user_id = line->user_id,
        .name = line->name,
        .country = text_or_null(line->country),
        .tier = line->tier < 0 ? (int)TIER_FREE : line->tier,
        .interval = line->interval,
        .has_interval = !is_free && line->interval >= 0,
        .status = (int)standing.status,
        .access = (int)standing.access,
        .mrr = standing.monthly,
        .has_mrr = standing.is_priced,
        .past_due_since = line->past_due_since,
        .is_past_due = line->past_due_since != ROW_NONE,
        .trial_ends_at = line->trial_ends_at,
        .is_trial = standing.status == SUBSCRIPTION_TRIALING && line->trial_ends_at != ROW_NONE,
        .is_ending = line->is_ending,
        .is_parked = line->is_parked,
        .health = (int)standing.health,
        .has_usage = standing.has_usage,
        .usage_percent = standing.usage_percent,
        .usage_metric = (int)standing.usage_metric,
        .owner_id = text_or_null(line->owner_id),
        .owner_name = text_or_null(line->owner_name),
        .created_at = line->created_at,
    };
}

/* --- looking --- */

struct search_query {
    struct page_query page; /* first: page_size() reads it */
    struct str text, country, owner;
    int tier, status;
    bool has_tier, has_status;
};
#define AT(member) offsetof(struct search_query, member)
/* What may also be kept under a name (saved_views.c): neither a place in the list nor words
 * somebody is found by, which may be an address. */
#define FILTER_FIELDS                                                                              \
    {"tier",                                                                                       \
     "Of this plan only",                                                                          \
     SHAPE_ENUM,                                                                                   \
     .offset = AT(tier),                                                                           \
     .names = tier_names,                                                                          \
     .flags = SHAPE_OPTIONAL,                                                                      \
     .is_set = AT(has_tier)},                                                                      \
        {"status",                                                                                 \
         "That stand here only",                                                                   \
         SHAPE_ENUM,                                                                               \
         .offset = AT(status),                                                                     \
         .names = statuses,                                                                        \
         .flags = SHAPE_OPTIONAL,                                                                  \
         .is_set = AT(has_status)},                                                                \
        {"country",                                                                                \
         "Of this country only: two upper-case letters",                                           \
         SHAPE_STR,                                                                                \
         .offset = AT(country),                                                                    \
         .min = 2,                                                                                 \
         .max = 2,                                                                                 \
         .allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",                                                  \
         .flags = SHAPE_OPTIONAL},                                                                 \
    {                                                                                              \
        "owner", "Whom this operator looks after only: ownerId", SHAPE_STR,                        \
            .offset = AT(owner), .min = 1, .max = LIMIT_RECORD_ID, .allowed = TEXT_TOKEN,          \
            .flags = SHAPE_OPTIONAL                                                                \
    }
static const struct shape_field search_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"q",
     "The begin of a userId, the mail address of a member or its domain (@example.com), the number "
     "of an invoice, or the last four digits of a card or an account (4242, •••• 4242)",
     SHAPE_STR, .offset = AT(text), .min = 1, .max = CUSTOMER_SEARCH_MAX,
     .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    FILTER_FIELDS,
};
static const struct shape_field filter_fields[] = {FILTER_FIELDS};
#undef AT
const struct shape customer_filter_shape =
    SHAPE("CustomerFilter", "Filters of customers", struct search_query, filter_fields);
const struct shape customer_search_shape =
    SHAPE("CustomerSearch", "Which customers", struct search_query, search_fields);

static void refuse_cursor(struct api_request *request) {
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/cursor",
                    "a customer who is still there: begin with the first page");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
}

static void reply_lines(struct api_request *request, const struct customers_page *found) {
    const struct customer_line *lines = found->rows.items;
    size_t count = found->rows.count;
    struct customer_line_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = customer_line_out_of(request, &lines[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, text_or_null(found->next)};
    reply_value(request, 200, &customer_lines_shape, &page);
}

void customers_find(struct api_request *request) {
    static const struct search_query all = {.has_tier = false};
    const struct search_query *in = request->query == NULL ? &all : request->query;
    const struct customer_search search = {
        .text = in->text,
        .tier = in->has_tier ? in->tier : -1,
        .status = in->has_status ? in->status : -1,
        .country = in->country,
        .owner = in->owner,
        .cursor = in->page.cursor,
        .max = page_size(&in->page),
    };
    struct tx tx = request_read(request);
    struct customers_page page;
    if (reply_if_failed(request, customers_search(request->api->app, &tx, &search, &page))) {
        return;
    }
    if (page.is_cursor_unknown) {
        refuse_cursor(request);
        return;
    }
    reply_lines(request, &page);
}
