/* GET /api/admin/customers/:userId: one customer at a glance. */
#include "api/customer_resources.h"
#include "api/resources.h"

#include "app/customer_detail.h"

/* --- a stretch of a plan --- */

struct stretch_out {
    struct str id, status;
    int tier, interval, pending_tier, pending_interval;
    int64_t version, created_at, ended_at, period_end, trial_ends_at;
    bool has_interval, has_ended, is_ending, has_pending, has_pending_interval, has_trial;
};
#define AT(member) offsetof(struct stretch_out, member)
static const struct shape_field stretch_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"planVersion", "Of the plan", SHAPE_I64, .offset = AT(version)},
    {"interval", "How often it is billed; null: it is not", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_interval)},
    {"status", "Stripe's word", SHAPE_STR, .offset = AT(status), .max = 32},
    {"currentPeriodEnd", "Until when is paid, or counted", SHAPE_INSTANT, .offset = AT(period_end)},
    {"cancelAtPeriodEnd", "It ends then", SHAPE_BOOL, .offset = AT(is_ending)},
    {"pendingTier", "The plan from then on; null: the same", SHAPE_ENUM, .offset = AT(pending_tier),
     .names = tier_names, .flags = SHAPE_NULLABLE, .is_set = AT(has_pending)},
    {"pendingInterval", "The interval from then on; null: the same", SHAPE_ENUM,
     .offset = AT(pending_interval), .names = interval_names, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_pending_interval)},
    {"trialEndsAt", "When its trial ends, or did", SHAPE_INSTANT, .offset = AT(trial_ends_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_trial)},
    {"createdAt", "When it began", SHAPE_INSTANT, .offset = AT(created_at)},
    {"endedAt", "When it ended; null: it is in force", SHAPE_INSTANT, .offset = AT(ended_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_ended)},
};
#undef AT
static const struct shape stretch_shape = SHAPE(
    "SubscriptionStretch", "A plan that a customer has or had", struct stretch_out, stretch_fields);
static const struct shape_field stretch_item = {.kind = SHAPE_OBJECT, .of = &stretch_shape};

static struct stretch_out stretch_out_of(const struct subscription_row *row) {
    return (struct stretch_out){
        .id = id_str(&row->id),
        .tier = row->tier,
        .version = row->plan_version,
        .interval = row->interval,
        .has_interval = row->stripe_subscription_id.len > 0,
        .status = str_from_cstr(subscription_status_name((enum subscription_status)row->status)),
        .period_end = row->current_period_end,
        .is_ending = row->cancel_at_period_end,
        .pending_tier = row->pending_tier,
        .has_pending = row->pending_tier >= 0,
        .pending_interval = row->pending_interval,
        .has_pending_interval = row->pending_interval >= 0,
        .trial_ends_at = row->trial_ends_at,
        .has_trial = row->trial_ends_at != ROW_NONE,
        .created_at = row->created_at,
        .ended_at = row->ended_at,
        .has_ended = row->ended_at != ROW_NONE,
    };
}

/* --- all of it --- */

struct parked_cause_out {
    struct str reason;
    int64_t since;
};
static const struct shape_field parked_fields[] = {
    {"reason", "As GET /api/admin/parked says", SHAPE_STR,
     .offset = offsetof(struct parked_cause_out, reason), .max = 32},
    {"since", "When", SHAPE_INSTANT, .offset = offsetof(struct parked_cause_out, since)},
};
static const struct shape parked_shape =
    SHAPE("ParkedCause", "Why nothing is charged", struct parked_cause_out, parked_fields);

struct contract_link_out {
    struct str id, status;
    int64_t number;
};
static const struct shape_field contract_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = offsetof(struct contract_link_out, id),
     .max = LIMIT_RECORD_ID},
    {"number", "As people say it", SHAPE_I64, .offset = offsetof(struct contract_link_out, number)},
    {"status", "How it stands", SHAPE_STR, .offset = offsetof(struct contract_link_out, status),
     .max = 32},
};
static const struct shape contract_shape =
    SHAPE("ContractLink", "A contract", struct contract_link_out, contract_fields);

struct detail_out {
    struct customer_line_out standing;
    struct str email, currency, language, time_zone, stripe_id;
    int64_t days_until_due;
    bool is_parked, has_contract;
    struct parked_cause_out parked;
    struct contract_link_out contract;
    struct shape_list stretches;
};
#define AT(member) offsetof(struct detail_out, member)
static const struct shape_field detail_fields[] = {
    {"standing", "As in lists", SHAPE_OBJECT, .offset = AT(standing), .of = &customer_line_shape},
    {"email", "Where bills go", SHAPE_STR, .offset = AT(email), .max = LIMIT_EMAIL},
    {"currency", "What they pay in", SHAPE_STR, .offset = AT(currency), .max = 3},
    {"language", "Of their mails; null: English", SHAPE_STR, .offset = AT(language), .max = 2,
     .flags = SHAPE_NULLABLE},
    {"timeZone", "Where their mornings are; null: UTC", SHAPE_STR, .offset = AT(time_zone),
     .max = LIMIT_TIME_ZONE, .flags = SHAPE_NULLABLE},
    {"stripeCustomerId", "Stripe's; null: it has not heard of them", SHAPE_STR,
     .offset = AT(stripe_id), .max = LIMIT_STRIPE_ID, .flags = SHAPE_NULLABLE},
    {"daysUntilDue", "An invoice is sent that is due after so many days; 0: they are charged",
     SHAPE_I64, .offset = AT(days_until_due)},
    {"parked", "Null: they are charged as usual", SHAPE_OBJECT, .offset = AT(parked),
     .of = &parked_shape, .flags = SHAPE_NULLABLE, .is_set = AT(is_parked)},
    {"contract", "The newest one that was asked for or written; null: none", SHAPE_OBJECT,
     .offset = AT(contract), .of = &contract_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_contract)},
    {"subscriptions", "Plans that they have and had, the newest first", SHAPE_LIST,
     .offset = AT(stretches), .max = CUSTOMER_STRETCHES_SHOWN, .item = &stretch_item,
     .item_size = sizeof(struct stretch_out)},
};
#undef AT
const struct shape customer_detail_shape = SHAPE(
    "CustomerDetail", "A customer at a glance, to operators", struct detail_out, detail_fields);

static struct shape_list stretches_of(struct api_request *request, const struct row_list *list) {
    const struct subscription_row *rows = list->items;
    struct stretch_out *out = arena_array(request->arena, list->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list->count; i++) {
        out[i] = stretch_out_of(&rows[i]);
    }
    return (struct shape_list){out, out == NULL ? 0 : list->count};
}

void customers_detail(struct api_request *request) {
    struct tx tx = request_read(request);
    struct customer_detail detail;
    bool is_found = false;
    if (reply_if_failed(request,
                        customer_detail_read(&tx, request->values[0], &detail, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    const struct contract_row *contract = &detail.contract;
    struct detail_out out = {
        .standing = customer_line_out_of(request, &detail.line),
        .email = detail.row.email,
        .currency = detail.row.currency,
        .language = text_or_null(detail.row.language),
        .time_zone = text_or_null(detail.row.time_zone),
        .stripe_id = text_or_null(detail.row.stripe_customer_id),
        .days_until_due = detail.days_until_due,
        .is_parked = detail.is_parked,
        .parked = {detail.parked.reason, detail.parked.parked_at},
        .has_contract = detail.has_contract,
        .stretches = stretches_of(request, &detail.stretches),
    };
    if (detail.has_contract) {
        out.contract = (struct contract_link_out){
            id_str(&contract->id),
            str_from_cstr(contract_status_name((enum contract_status)contract->status)),
            contract->number};
    }
    reply_value(request, 200, &customer_detail_shape, &out);
}
