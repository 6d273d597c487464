/* /api/billing/alerts: what a customer wants to be told of, and who is. */
#include "api/usage_alert_resources.h"

#include "api/usage_alert_words.h"

/* --- as shown --- */

struct alert_out {
    struct str id;
    int metric, basis, action;
    int64_t amount, value, base, percent, as_of, cycle_ends_at, created_at, updated_at;
    struct money budget, spend;
    bool has_metric, has_amount, has_budget, has_spend, has_value, has_base, has_percent, has_cycle;
    struct shape_list thresholds, reached, recipients;
};
#define AT(member) offsetof(struct alert_out, member)
#define MAYBE(flag) .flags = SHAPE_NULLABLE, .is_set = AT(flag)
static const struct shape_field percent_item = {
    .kind = SHAPE_I64, .min = 1, .max = USAGE_ALERT_PERCENT_MAX};
static const struct shape_field recipient_item = {
    .kind = SHAPE_STR, .min = 1, .max = LIMIT_EMAIL, .flags = SHAPE_PERSONAL};
static const struct shape_field alert_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"metric", "Of what; null: of money", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     MAYBE(has_metric)},
    {"basis",
     "limit: percents of what may be used; quantity: of an amount; money: of what the next invoice "
     "may come to",
     SHAPE_ENUM, .offset = AT(basis), .names = usage_alert_basis_names},
    {"amount", "In the metric's unit", SHAPE_I64, .offset = AT(amount), MAYBE(has_amount)},
    {"budget", "Of money", SHAPE_OBJECT, .offset = AT(budget), .of = &money_shape,
     MAYBE(has_budget)},
    {"thresholds", "Percents that are told, each once in a cycle", SHAPE_LIST,
     .offset = AT(thresholds), .max = USAGE_ALERT_THRESHOLDS_MAX, .item = &percent_item,
     .item_size = sizeof(int64_t)},
    {"action",
     "notify: nothing else happens, the plan's rules go on; block: nothing beyond the amount is "
     "let through",
     SHAPE_ENUM, .offset = AT(action), .names = usage_alert_action_names},
    {"recipients", "account (where bills go), ids of members, addresses", SHAPE_LIST,
     .offset = AT(recipients), .max = USAGE_ALERT_RECIPIENTS_MAX, .item = &recipient_item,
     .item_size = sizeof(struct str)},
    {"value", "Of a metric: what is used now", SHAPE_I64, .offset = AT(value), MAYBE(has_value)},
    {"base",
     "Of a metric: what percents are of; null: the plan has no limit now, and nothing is "
     "told",
     SHAPE_I64, .offset = AT(base), MAYBE(has_base)},
    {"spend",
     "Of a budget: what the next invoice comes to, after discounts and credit, with tax; "
     "null: not known yet",
     SHAPE_OBJECT, .offset = AT(spend), .of = &money_shape, MAYBE(has_spend)},
    {"percent", "Of the base or the budget, rounded down", SHAPE_I64, .offset = AT(percent),
     MAYBE(has_percent)},
    {"reached", "Thresholds that are reached now", SHAPE_LIST, .offset = AT(reached),
     .max = USAGE_ALERT_THRESHOLDS_MAX, .item = &percent_item, .item_size = sizeof(int64_t)},
    {"asOf", "When the figures were right", SHAPE_INSTANT, .offset = AT(as_of), MAYBE(has_percent)},
    {"cycleEndsAt", "When the usage period ends, or the next invoice is made", SHAPE_INSTANT,
     .offset = AT(cycle_ends_at), MAYBE(has_cycle)},
    {"createdAt", "When it was made", SHAPE_INSTANT, .offset = AT(created_at)},
    {"updatedAt", "When it was last changed", SHAPE_INSTANT, .offset = AT(updated_at)},
};
#undef AT
const struct shape usage_alert_shape = SHAPE(
    "UsageAlert", "A rule of a customer's, and how it stands", struct alert_out, alert_fields);
static const struct shape_field alert_item = {.kind = SHAPE_OBJECT, .of = &usage_alert_shape};
static const struct shape_field alerts_fields[] = {
    {"data", "The oldest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = USAGE_ALERTS_MAX, .item = &alert_item, .item_size = sizeof(struct alert_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape usage_alerts_shape =
    SHAPE("UsageAlerts", "All of a customer's, in one page", struct page, alerts_fields);

static struct shape_list words_of(struct arena *arena, struct str text) {
    struct str *words = arena_array(arena, USAGE_ALERT_RECIPIENTS_MAX, sizeof *words);
    struct shape_list list = {words, 0};
    while (words != NULL && text.len > 0 && list.count < USAGE_ALERT_RECIPIENTS_MAX) {
        words[list.count++] = str_cut(&text, ' ');
    }
    return list;
}

static struct alert_out out_of(struct api_request *request, const struct usage_alert_row *row) {
    struct usage_alert_standing now = usage_alert_standing(request->api->app, row);
    struct usage_alert_thresholds thresholds = usage_alert_thresholds_of(row);
    bool is_budget = row->metric < 0;
    struct alert_out out = {
        .id = id_str(&row->id),
        .metric = row->metric,
        .has_metric = !is_budget,
        .basis = row->basis,
        .action = usage_alert_blocks(row) ? 1 : 0,
        .amount = row->amount,
        .has_amount = row->basis == USAGE_ALERT_QUANTITY,
        .has_budget = is_budget,
        .thresholds = usage_alert_percents(request->arena, &thresholds, ~0U),
        .reached = usage_alert_percents(request->arena, &thresholds, now.judged.reached),
        .recipients = words_of(request->arena, row->recipients),
        .value = now.level.value,
        .has_value = now.has_value && !is_budget,
        .base = now.level.base,
        .has_base = now.has_base && !is_budget,
        .has_spend = now.has_value && is_budget,
        .percent = usage_alert_percent_of(&now.level),
        .has_percent = now.has_value && now.has_base,
        .as_of = now.as_of,
        .cycle_ends_at = now.cycle.end.ms,
        .has_cycle = now.has_value && now.cycle.end.ms != ROW_NONE,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    if (is_budget) {
        out.budget = money_stored(row->amount, row->currency);
        out.spend = money_stored(now.level.value, row->currency);
    }
    return out;
}

void usage_alerts_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (reply_if_failed(request, usage_alerts_read(&tx, request->user_id, &list))) {
        return;
    }
    const struct usage_alert_row *rows = list.items;
    struct alert_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = out_of(request, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : list.count}, text_or_null(STR(""))};
    reply_value(request, 200, &usage_alerts_shape, &page);
}

/* --- as asked for --- */

struct alert_in {
    int metric, basis, action;
    int64_t amount;
    bool may_block_now, has_metric, has_amount;
    struct shape_list thresholds, recipients;
};
#define AT(member) offsetof(struct alert_in, member)
static const struct shape_field in_fields[] = {
    {"basis", "What percents are of: the limit, an amount, or a budget of money", SHAPE_ENUM,
     .offset = AT(basis), .names = usage_alert_basis_names},
    {"metric", "Of what; not of a budget", SHAPE_ENUM, .offset = AT(metric), .names = metric_names,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_metric)},
    {"amount", "In the metric's unit, or of a budget in minor units; not of the limit", SHAPE_I64,
     .offset = AT(amount), .min = 1, .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_amount)},
    {"thresholds", "Percents to be told of, rising; at most five", SHAPE_LIST,
     .offset = AT(thresholds), .min = 1, .max = USAGE_ALERT_THRESHOLDS_MAX, .item = &percent_item,
     .item_size = sizeof(int64_t)},
    {"action", "notify, or block: nothing beyond the amount is let through; not of a budget",
     SHAPE_ENUM, .offset = AT(action), .names = usage_alert_action_names, .flags = SHAPE_OPTIONAL},
    {"recipients", "account (where bills go), ids of members, addresses", SHAPE_LIST,
     .offset = AT(recipients), .min = 1, .max = USAGE_ALERT_RECIPIENTS_MAX, .item = &recipient_item,
     .item_size = sizeof(struct str)},
    {"mayBlockNow", "It is known that the amount is used up already, and everything more refused",
     SHAPE_BOOL, .offset = AT(may_block_now), .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape usage_alert_in_shape =
    SHAPE("UsageAlertRequest", "A rule, as it is to be", struct alert_in, in_fields);

static bool is_recipient(struct str word) {
    return str_equal(word, STR(USAGE_ALERT_ACCOUNT)) || id_is(word, "pers") ||
           mail_address_is_valid(word);
}

/* Each is somebody, and nobody is there twice. */
static void judge_recipients(const struct alert_in *in, struct shape_errors *errors,
                             struct arena *arena) {
    const struct str *words = in->recipients.items;
    for (size_t i = 0; i < in->recipients.count; i++) {
        const char *path = arena_printf(arena, "/recipients/%zu", i).bytes;
        if (!is_recipient(words[i])) {
            shape_error_add(errors, arena, path,
                            "account, the id of a member, or an address: ada@example.com");
        }
        for (size_t j = 0; j < i; j++) {
            if (str_equal(words[i], words[j])) {
                shape_error_add(errors, arena, path, "somebody who is not named twice");
            }
        }
    }
}

/* False, with a reply that names what does not go together. */
static bool read_facts(struct api_request *request, struct usage_alert_facts *ret_facts) {
    const struct alert_in *in = request->body;
    struct shape_errors *errors = ARENA_NEW(request->arena, struct shape_errors);
    if (errors == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return false;
    }
    struct usage_alert_asked asked = {
        .metric = in->has_metric ? in->metric : -1,
        .basis = in->basis,
        .amount = in->has_amount ? in->amount : ROW_NONE,
        .thresholds = in->thresholds,
        .blocks = in->action == 1,
    };
    usage_alert_read_facts(&asked, errors, request->arena, ret_facts);
    judge_recipients(in, errors, request->arena);
    ret_facts->may_block_now = in->may_block_now;
    ret_facts->recipients = in->recipients.items;
    ret_facts->recipient_count = in->recipients.count;
    if (errors->count > 0) {
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, errors);
    }
    return errors->count == 0;
}

/* --- set --- */

struct set_in_hand {
    struct usage_alert_set set; /* first: `done` hands it back */
    struct api_request *request;
};

static void was_set(struct command *command) {
    struct set_in_hand *hand = (struct set_in_hand *)command;
    struct api_request *request = hand->request;
    bool is_done = command->outcome == OUTCOME_DONE || command->outcome == OUTCOME_CREATED;
    struct usage_alert_row row;
    bool is_found = false;
    if (!is_done) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, usage_alert_read(&tx, request->user_id, id_str(&hand->set.made),
                                                  &row, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_USAGE_ALERT_NOT_FOUND); /* removed in between */
        return;
    }
    struct alert_out out = out_of(request, &row);
    reply_value(request, command->outcome == OUTCOME_CREATED ? 201 : 200, &usage_alert_shape, &out);
}

static void set(struct api_request *request, struct str id) {
    struct set_in_hand *hand = ARENA_NEW(request->arena, struct set_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!read_facts(request, &hand->set.facts)) {
        return;
    }
    hand->request = request;
    hand->set.user_id = request->user_id;
    hand->set.id = id;
    hand->set.request_key = request->idempotency_key;
    hand->set.command.done = was_set;
    usage_alert_set(request->api->app, &hand->set);
}

void usage_alerts_add(struct api_request *request) {
    set(request, STR(""));
}

void usage_alerts_change(struct api_request *request) {
    set(request, request->values[0]);
}

/* --- removed --- */

struct remove_in_hand {
    struct usage_alert_remove remove; /* first: `done` hands it back */
    struct api_request *request;
};

static void removed(struct command *command) {
    struct api_request *request = ((struct remove_in_hand *)command)->request;
    if (command->outcome == OUTCOME_DONE) {
        reply_empty(request, 204);
    } else {
        reply_problem(request, (int)command->outcome);
    }
}

void usage_alerts_remove(struct api_request *request) {
    struct remove_in_hand *hand = ARENA_NEW(request->arena, struct remove_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->remove.user_id = request->user_id;
    hand->remove.id = request->values[0];
    hand->remove.command.done = removed;
    usage_alert_remove(request->api->app, &hand->remove);
}
