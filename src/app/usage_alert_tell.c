/* Telling: a row for each threshold, and of the highest a line of history and a mail to everybody
 * whom the rule names. */
#include "app/usage_alert_inside.h"

#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "base/check.h"
#include "store/customer.h"
#include "store/person.h"

static size_t highest(unsigned fires) {
    check(fires != 0);
    return (size_t)(31 - __builtin_clz(fires));
}

static struct err values_of(struct tx *tx, const struct usage_alert_telling *telling,
                            int64_t percent, struct str account, struct str *ret_values) {
    const struct usage_alert_row *row = telling->row;
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "percent", percent);
    mail_values_str(&values, "account", account);
    mail_values_str(&values, "alertsUrl", STR("/billing/alerts"));
    if (row->metric < 0) {
        mail_values_i64(&values, "amount", telling->level.value);
        mail_values_i64(&values, "budget", telling->level.base);
        mail_values_str(&values, "currency", row->currency);
        mail_values_time(&values, "invoiceAt", telling->cycle.end.ms);
    } else {
        bool is_counter = metric_kind((enum metric)row->metric) == METRIC_COUNTER;
        mail_values_str(&values, "metric", str_from_cstr(metric_name((enum metric)row->metric)));
        mail_values_i64(&values, "used", telling->level.value);
        mail_values_i64(&values, "base", telling->level.base);
        mail_values_flag(&values, "isOfLimit", row->basis == USAGE_ALERT_LIMIT);
        mail_values_flag(&values, "isBlocked", usage_alert_blocks(row) && percent >= 100);
        mail_values_str(&values, "usageUrl", STR("/billing/usage"));
        mail_values_time(&values, "resetsAt", is_counter ? telling->cycle.end.ms : ROW_NONE);
    }
    *ret_values = mail_values_end(&values);
    return OK;
}

/* --- to whom --- */

struct reader {
    struct str address, name, language;
};

/* Nobody when a member has left, or has no address. */
static struct err reader_of(struct tx *tx, const struct customer_row *customer, struct str word,
                            struct reader *ret_reader) {
    struct member_row member;
    struct person_row person = {.email = STR("")};
    bool is_found = false;
    *ret_reader = (struct reader){word, customer->name, customer->language};
    if (str_equal(word, STR(USAGE_ALERT_ACCOUNT))) {
        ret_reader->address = customer->email;
    } else if (id_is(word, "pers")) {
        TRY(member_get(tx, customer->user_id, word, &member, &is_found));
        TRY(is_found ? person_get(tx, word, &person, &is_found) : OK);
        bool is_there = is_found && person.disabled_at == ROW_NONE;
        *ret_reader =
            (struct reader){is_there ? person.email : STR(""), person.name, person.language};
    }
    return OK;
}

static struct err write_to(struct app *app, struct tx *tx,
                           const struct usage_alert_telling *telling,
                           const struct usage_alert_firing_row *firing, int64_t *ret_count) {
    struct customer_row customer;
    struct str rest = telling->row->recipients;
    bool is_found = false;
    struct mail_order order = {
        .user_id = firing->user_id,
        .kind = firing->metric < 0 ? MAIL_KIND_BUDGET_ALERT : MAIL_KIND_USAGE_ALERT,
    };
    *ret_count = 0;
    TRY(customer_get(tx, firing->user_id, &customer, &is_found));
    check(is_found);
    TRY(values_of(tx, telling, firing->threshold, customer.name, &order.values));
    while (rest.len > 0) {
        struct reader reader;
        TRY(reader_of(tx, &customer, str_cut(&rest, ' '), &reader));
        if (reader.address.len > 0) {
            order.address = reader.address;
            order.name = reader.name;
            order.language = reader.language;
            order.dedupe_key = arena_printf(tx->cx->arena, "usage_alert:%s:%lld", firing->id.text,
                                            (long long)(*ret_count)++);
            TRY(mail_order(app, tx, &order));
        }
    }
    return OK;
}

/* --- the history --- */

static struct err note(struct tx *tx, const struct usage_alert_firing_row *firing) {
    struct arena *arena = tx->cx->arena;
    bool is_budget = firing->metric < 0;
    const struct metric_info *info = is_budget ? NULL : metric_info((enum metric)firing->metric);
    struct billing_note line = {
        .type = "usage.alert",
        .description = arena_printf(
            arena, is_budget ? "%s has reached %lld %% of its budget" : "%s has reached %lld %%",
            is_budget ? "The next invoice" : info->title, (long long)firing->threshold),
        .metadata = arena_printf(arena,
                                 "{\"alertId\":\"" STR_FMT "\",\"metric\":\"%s\","
                                 "\"threshold\":%lld,\"value\":%lld,\"base\":%lld}",
                                 STR_ARG(firing->alert_id), is_budget ? "money" : info->name,
                                 (long long)firing->threshold, (long long)firing->value,
                                 (long long)firing->base),
    };
    if (is_budget) {
        line.has_amount = true;
        line.amount = money_stored(firing->value, firing->currency);
    }
    return billing_event_note(tx, firing->user_id, &line);
}

/* --- all of it --- */

struct err usage_alert_tell(struct app *app, struct tx *tx,
                            const struct usage_alert_telling *telling) {
    const struct usage_alert_row *row = telling->row;
    struct usage_alert_thresholds thresholds = usage_alert_thresholds_of(row);
    size_t last = highest(telling->fires);
    for (size_t i = 0; i <= last; i++) {
        if ((telling->fires & 1U << i) == 0) {
            continue;
        }
        struct usage_alert_firing_row firing = {
            .user_id = row->user_id,
            .id = id_new(tx->cx, "fire"),
            .alert_id = id_str(&row->id),
            .metric = row->metric,
            .basis = row->basis,
            .threshold = thresholds.percents[i],
            .value = telling->level.value,
            .base = telling->level.base,
            .currency = row->currency,
            .cycle_start = telling->cycle.start.ms,
            .fired_at = cx_now_ms(tx->cx),
            .rearmed_at = ROW_NONE,
        };
        TRY(i < last ? OK : write_to(app, tx, telling, &firing, &firing.recipients));
        TRY(usage_alert_firing_insert(tx, &firing));
        TRY(i < last ? OK : note(tx, &firing));
    }
    return OK;
}
