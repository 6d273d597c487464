/* PUT /api/billing/subscription: a change of plan or interval, previewed or made; and the taking
 * back of what is scheduled. */
#include "api/billing_resources.h"
#include "api/consent_resources.h"
#include "api/customer_resources.h"
#include "api/experiment_viewer.h"
#include "api/resources.h"

#include "app/preview.h"

/* --- what is asked --- */

struct change_in {
    struct str coupon, quote_id, renewal_consent;
    int tier, interval, when;
    bool has_tier, has_interval, has_when, resume;
    bool drops_coupon;
};

struct change_query {
    int language;
    bool has_language;
    bool preview;
};

static const char *const change_whens[] = {"now", "period_end", NULL};

#define AT(member) offsetof(struct change_in, member)
static const struct shape_field change_fields[] = {
    {"tier", "The plan to change to", SHAPE_ENUM, .offset = AT(tier), .names = tier_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_tier)},
    {"interval", "The interval to change to", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_interval)},
    {"when", "Upgrades are made now, downgrades at the period's end, unless this says otherwise",
     SHAPE_ENUM, .offset = AT(when), .names = change_whens, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_when)},
    {"coupon", "A code of the catalogue; alone, for the plan as it is", SHAPE_STR,
     .offset = AT(coupon), .min = 1, .max = 64, .flags = SHAPE_OPTIONAL},
    {"removeCoupon", "The subscription has no coupon any more", SHAPE_BOOL,
     .offset = AT(drops_coupon), .flags = SHAPE_OPTIONAL},
    {"resume", "Takes back a scheduled end or change; alone", SHAPE_BOOL, .offset = AT(resume),
     .flags = SHAPE_OPTIONAL},
    {"quoteId", "Of a preview: charges exactly what it said, or answers quote_expired", SHAPE_STR,
     .offset = AT(quote_id), .min = 1, .max = 64, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    CONSENT_HASH_FIELD("renewalConsent", "textHash of a preview's `renewal`, once it is agreed to",
                       AT(renewal_consent)),
};
#undef AT
const struct shape change_shape =
    SHAPE("Change", "What is to become of a subscription", struct change_in, change_fields);

static const struct shape_field change_query_fields[] = {
    {"preview", "Only say what it would cost", SHAPE_BOOL,
     .offset = offsetof(struct change_query, preview), .flags = SHAPE_OPTIONAL},
    {"language", "Of what a preview gives to agree to; absent: that of the customer's mails",
     SHAPE_ENUM, .offset = offsetof(struct change_query, language), .names = language_names,
     .flags = SHAPE_OPTIONAL, .is_set = offsetof(struct change_query, has_language)},
};
const struct shape change_query_shape =
    SHAPE("ChangeQuery", "Whether to change or to look", struct change_query, change_query_fields);

bool change_only_asks(const struct api_request *request) {
    return ((const struct change_query *)request->query)->preview;
}

/* --- the preview as shown --- */

struct line_out {
    struct str description;
    struct money amount;
    struct period period;
    bool is_proration;
};

struct next_out {
    int64_t at;
    struct money amount;
};

struct exceeded_out {
    int metric;
    int64_t used, limit;
};

struct preview_out {
    struct shape_list lines, features_lost, limits_exceeded;
    struct money due, tax, discount, total, balance;
    bool is_estimated;
    struct next_out next;
    struct str quote_id;
    int64_t valid_until;
    struct consents_out consents;
};

static const struct shape_field line_fields[] = {
    {"description", "For people", SHAPE_STR, .offset = offsetof(struct line_out, description),
     .max = 500},
    {"amount", "Negative for a credit", SHAPE_OBJECT, .offset = offsetof(struct line_out, amount),
     .of = &money_shape},
    {"period", "What it pays for", SHAPE_OBJECT, .offset = offsetof(struct line_out, period),
     .of = &period_shape},
    {"proration", "Whether it is for a part of a period", SHAPE_BOOL,
     .offset = offsetof(struct line_out, is_proration)},
};
static const struct shape line_shape =
    SHAPE("PreviewLine", "A line of the invoice to come", struct line_out, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &line_shape};

static const struct shape_field next_fields[] = {
    {"at", "When", SHAPE_INSTANT, .offset = offsetof(struct next_out, at)},
    {"amount", "With the credit taken into account", SHAPE_OBJECT,
     .offset = offsetof(struct next_out, amount), .of = &money_shape},
};
static const struct shape next_shape =
    SHAPE("NextInvoice", "The renewal after the change", struct next_out, next_fields);

static const struct shape_field exceeded_fields[] = {
    {"metric", "Which", SHAPE_ENUM, .offset = offsetof(struct exceeded_out, metric),
     .names = metric_names},
    {"used", "In the metric's unit", SHAPE_I64, .offset = offsetof(struct exceeded_out, used)},
    {"limit", "Of the new plan", SHAPE_I64, .offset = offsetof(struct exceeded_out, limit)},
};
static const struct shape exceeded_shape = SHAPE(
    "LimitExceeded", "More is used than the new plan allows", struct exceeded_out, exceeded_fields);
static const struct shape_field exceeded_item = {.kind = SHAPE_OBJECT, .of = &exceeded_shape};
static const struct shape_field feature_item = {.kind = SHAPE_STR, .max = CATALOGUE_NAME_SIZE};

#define AT(member) offsetof(struct preview_out, member)
static const struct shape_field preview_fields[] = {
    {"lines", "What would be billed now", SHAPE_LIST, .offset = AT(lines),
     .max = PAYMENTS_LINES_MAX, .item = &line_item, .item_size = sizeof(struct line_out)},
    {"amountDueNow", "What would be charged now", SHAPE_OBJECT, .offset = AT(due),
     .of = &money_shape},
    {"tax", "In amountDueNow", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"discount", "Taken off by coupons, before tax", SHAPE_OBJECT, .offset = AT(discount),
     .of = &money_shape},
    {"amount", "The lines with discount and tax; negative: it goes to the customer's balance",
     SHAPE_OBJECT, .offset = AT(total), .of = &money_shape},
    {"balance", "What the customer's balance adds: amountDueNow less amount", SHAPE_OBJECT,
     .offset = AT(balance), .of = &money_shape},
    {"estimated",
     "The provider does not know the customer yet: list prices less the coupon, without tax",
     SHAPE_BOOL, .offset = AT(is_estimated)},
    {"nextInvoice", "What the renewal will cost", SHAPE_OBJECT, .offset = AT(next),
     .of = &next_shape},
    {"featuresLost", "By name", SHAPE_LIST, .offset = AT(features_lost),
     .max = CATALOGUE_FEATURES_MAX, .item = &feature_item, .item_size = sizeof(struct str)},
    {"limitsExceeded", "By metric", SHAPE_LIST, .offset = AT(limits_exceeded), .max = METRIC_COUNT,
     .item = &exceeded_item, .item_size = sizeof(struct exceeded_out)},
    {"quoteId", "Give it with the change to be charged exactly this", SHAPE_STR,
     .offset = AT(quote_id), .max = 64},
    {"validUntil", "Of the quote", SHAPE_INSTANT, .offset = AT(valid_until)},
    {"renewal", "What renews by itself after the change; null: nothing", SHAPE_OBJECT,
     .offset = AT(consents.renewal), .of = &consent_words_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(consents.has_renewal)},
    {"earlyStart",
     "What a consumer may say who does not want to wait until they can no longer withdraw: they "
     "then pay for the time until they do. null: not theirs to say",
     SHAPE_OBJECT, .offset = AT(consents.early_start), .of = &consent_words_shape,
     .flags = SHAPE_NULLABLE, .is_set = AT(consents.has_early_start)},
};
#undef AT
const struct shape preview_shape =
    SHAPE("Preview", "What a change would cost, to the cent", struct preview_out, preview_fields);

/* What an operator is shown of the same. */
#define AT(member) offsetof(struct preview_out, member)
static const struct shape_field preview_for_fields[] = {
    {"amountDueNow", "What would be charged now", SHAPE_OBJECT, .offset = AT(due),
     .of = &money_shape},
    {"tax", "In amountDueNow", SHAPE_OBJECT, .offset = AT(tax), .of = &money_shape},
    {"discount", "Taken off by coupons, before tax", SHAPE_OBJECT, .offset = AT(discount),
     .of = &money_shape},
    {"amount", "With discount and tax; negative: it goes to the customer's balance", SHAPE_OBJECT,
     .offset = AT(total), .of = &money_shape},
    {"balance", "What the customer's balance adds", SHAPE_OBJECT, .offset = AT(balance),
     .of = &money_shape},
    {"estimated", "The provider does not know the customer yet", SHAPE_BOOL,
     .offset = AT(is_estimated)},
    {"nextInvoiceAt", "When the renewal is", SHAPE_INSTANT, .offset = AT(next.at)},
    {"nextInvoiceAmount", "What it will cost", SHAPE_OBJECT, .offset = AT(next.amount),
     .of = &money_shape},
    {"featuresLost", "By name", SHAPE_LIST, .offset = AT(features_lost),
     .max = CATALOGUE_FEATURES_MAX, .item = &feature_item, .item_size = sizeof(struct str)},
    {"quoteId", "Give it with the change to charge exactly this", SHAPE_STR, .offset = AT(quote_id),
     .max = 64},
    {"validUntil", "Of the quote", SHAPE_INSTANT, .offset = AT(valid_until)},
};
#undef AT
const struct shape preview_for_shape =
    SHAPE("PreviewFor", "What a change would cost a customer, to the cent", struct preview_out,
          preview_for_fields);

/* --- making the preview --- */

struct preview_in_hand {
    struct preview_command command; /* first: `done` hands it back */
    struct api_request *request;
    int tier;    /* asked for; -1: the present one */
    bool is_for; /* an operator asks */
};

static struct shape_list lines_of(struct arena *arena, const struct preview *preview) {
    struct line_out *lines = arena_array(arena, preview->line_count, sizeof *lines);
    for (size_t i = 0; lines != NULL && i < preview->line_count; i++) {
        const struct payments_invoice_line *line = &preview->lines[i];
        lines[i] =
            (struct line_out){line->description, line->amount, line->period, line->is_proration};
    }
    return (struct shape_list){lines, lines == NULL ? 0 : preview->line_count};
}

static struct shape_list features_of(struct arena *arena, const struct catalogue *catalogue,
                                     struct feature_set set) {
    struct str *names = arena_array(arena, catalogue->feature_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; names != NULL && i < catalogue->feature_count; i++) {
        if ((set.bits >> i & 1) != 0) {
            names[count++] = str_from_cstr(catalogue->features[i].name);
        }
    }
    return (struct shape_list){names, count};
}

/* What is used stands at the gate; the limit is that of the plan to come. */
static struct shape_list exceeded_of(const struct preview_in_hand *hand) {
    struct app *app = hand->request->api->app;
    struct exceeded_out *rows = arena_array(hand->request->arena, METRIC_COUNT, sizeof *rows);
    size_t count = 0;
    if (rows == NULL || hand->tier < 0) {
        return (struct shape_list){NULL, 0};
    }
    const struct plan *plan = hand->command.change.plan;
    for (int i = 0; i < METRIC_COUNT; i++) {
        if ((hand->command.preview.limits_exceeded >> i & 1) == 0) {
            continue;
        }
        struct take_request look = {hand->command.user_id, (enum metric)i, {0}, {NULL, 0}};
        struct take_answer answer = {0};
        (void)take_check(app, &look, hand->request->arena, &answer);
        rows[count++] = (struct exceeded_out){i, answer.used, plan->limits[i].amount.amount};
    }
    return (struct shape_list){rows, count};
}

static void previewed(struct preview_command *command) {
    struct preview_in_hand *hand = (struct preview_in_hand *)command;
    struct api_request *request = hand->request;
    if (command->command.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->command.outcome);
        return;
    }
    const struct preview *preview = &hand->command.preview;
    struct preview_out out = {
        .lines = lines_of(request->arena, preview),
        .due = preview->due,
        .tax = preview->tax,
        .discount = preview->discount,
        .total = preview->total,
        .balance = balance_added(preview->due, preview->total),
        .is_estimated = preview->is_estimated,
        .next = {preview->next_invoice_at.ms, preview->next_invoice_amount},
        .features_lost =
            features_of(request->arena, request->api->app->catalogue, preview->features_lost),
        .limits_exceeded = exceeded_of(hand),
        .quote_id = id_str(&preview->quote_id),
        .valid_until = preview->valid_until.ms,
    };
    if (hand->is_for) {
        reply_value(request, 200, &preview_for_shape, &out);
        return;
    }
    const struct change_query *query = request->query;
    int language = query != NULL && query->has_language ? query->language : -1;
    if (!reply_if_failed(request,
                         consents_of_preview(request, &hand->command, language, &out.consents))) {
        reply_value(request, 200, &preview_shape, &out);
    }
}

static enum change_when when_of(const struct change_in *in) {
    if (!in->has_when) {
        return CHANGE_WHEN_DEFAULT;
    }
    return in->when == 0 ? CHANGE_WHEN_NOW : CHANGE_WHEN_PERIOD_END;
}

static void begin_preview(struct api_request *request, const struct change_in *in, bool is_for) {
    struct preview_in_hand *hand = ARENA_NEW(request->arena, struct preview_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->is_for = is_for;
    hand->tier = in->has_tier ? in->tier : -1;
    hand->command.user_id = request->user_id;
    hand->command.request = (struct change_request){
        .tier = hand->tier, .interval = in->has_interval ? in->interval : -1, .when = when_of(in)};
    hand->command.arena = request->arena;
    hand->command.coupon = in->coupon;
    hand->command.drops_coupon = in->drops_coupon;
    hand->command.finished = previewed;
    preview_start(request->api->app, &hand->command);
}

/* --- making the change --- */

static void changed(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_subscription(request, 200);
}

static bool is_preview(const struct api_request *request) {
    const struct change_query *query = request->query;
    return query != NULL && query->preview;
}

/* What no single field can say. */
static bool is_sensible(struct api_request *request, const struct change_in *in) {
    bool only_asks = is_preview(request);
    bool has_change = in->has_tier || in->has_interval;
    bool has_coupon = in->coupon.len > 0 || in->drops_coupon;
    bool has_more = has_change || has_coupon || in->has_when || in->quote_id.len > 0 ||
                    in->renewal_consent.len > 0;
    struct shape_errors errors = {.count = 0};
    if (in->resume && (has_more || only_asks)) {
        shape_error_add(&errors, request->arena, "/resume", "to stand alone, without a preview");
    } else if (!in->resume && !has_change && (!has_coupon || only_asks || in->quote_id.len > 0)) {
        shape_error_add(&errors, request->arena, "",
                        "a tier, an interval, a coupon, or resume: true");
    } else if (in->coupon.len > 0 && in->drops_coupon) {
        shape_error_add(&errors, request->arena, "/removeCoupon", "not beside a coupon");
    }
    if (errors.count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
    return errors.count == 0;
}

static struct operation_request operation_of(const struct change_in *in) {
    bool has_change = in->has_tier || in->has_interval;
    return (struct operation_request){.kind = in->resume   ? OPERATION_RESUME
                                              : has_change ? OPERATION_CHANGE
                                                           : OPERATION_COUPON,
                                      .drops_coupon = in->drops_coupon,
                                      .tier = in->has_tier ? in->tier : -1,
                                      .interval = in->has_interval ? in->interval : -1,
                                      .when = when_of(in),
                                      .quote_id = in->quote_id,
                                      .renewal_consent = in->renewal_consent,
                                      .coupon = in->coupon};
}

static void change_plan(struct api_request *request) {
    const struct change_in *in = request->body;
    if (is_preview(request)) {
        begin_preview(request, in, false);
        return;
    }
    const struct operation_request wanted = operation_of(in);
    request_operation(request, &wanted, changed);
}

/* At the prices that they saw before they had an account, too. */
void subscription_change_plan(struct api_request *request) {
    if (is_sensible(request, request->body)) {
        experiment_meet(request, NULL, change_plan);
    }
}

/* --- by an operator, at the customer's wish --- */

enum { REASON_MAX = 500 };

struct change_for_in {
    struct change_in change; /* first */
    struct str reason;
};
#define AT(member) offsetof(struct change_for_in, member)
static const struct shape_field change_for_fields[] = {
    {"tier", "The plan to change to", SHAPE_ENUM, .offset = AT(change.tier), .names = tier_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(change.has_tier)},
    {"interval", "The interval to change to", SHAPE_ENUM, .offset = AT(change.interval),
     .names = interval_names, .flags = SHAPE_OPTIONAL, .is_set = AT(change.has_interval)},
    {"when", "As the customer would say it", SHAPE_ENUM, .offset = AT(change.when),
     .names = change_whens, .flags = SHAPE_OPTIONAL, .is_set = AT(change.has_when)},
    {"resume", "Takes back a scheduled end or change; alone", SHAPE_BOOL,
     .offset = AT(change.resume), .flags = SHAPE_OPTIONAL},
    {"quoteId", "Of a preview: charges exactly what it said, or answers quote_expired", SHAPE_STR,
     .offset = AT(change.quote_id), .min = 1, .max = 64, .allowed = TEXT_TOKEN,
     .flags = SHAPE_OPTIONAL},
    {"reason", "Why, for the audit log: who asked for it, and how", SHAPE_STR, .offset = AT(reason),
     .min = 1, .max = REASON_MAX, .flags = SHAPE_PERSONAL},
};
#undef AT
const struct shape change_for_shape =
    SHAPE("ChangeFor", "What is to become of a customer's subscription", struct change_for_in,
          change_for_fields);

/* What they agreed to they told the operator; no visitor's experiment is met. */
void subscription_change_for(struct api_request *request) {
    const struct change_for_in *in = request->body;
    request->user_id = request->values[0];
    if (!is_sensible(request, &in->change)) {
        return;
    }
    if (is_preview(request)) {
        begin_preview(request, &in->change, true);
        return;
    }
    if (request->idempotency_key.len == 0) {
        reply_problem(request, PROBLEM_IDEMPOTENCY_KEY_MISSING);
        return;
    }
    struct operation_request wanted = operation_of(&in->change);
    wanted.reason = in->reason;
    wanted.is_of_operator = true;
    request_operation(request, &wanted, changed);
}
