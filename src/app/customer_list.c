#include "app/customer_list.h"

#include "app/person.h"
#include "app/subscription.h"
#include "app/usage.h"
#include "gate/gate.h"
#include "store/customer.h"
#include "store/person.h"

/* --- finding --- */

static bool is_filtered(const struct customer_search *search) {
    bool is_within_text = search->text.len > 0 && search->owner.len > 0;
    return is_within_text || search->tier >= 0 || search->status >= 0 || search->country.len > 0;
}

static struct err walk_newest(struct tx *tx, struct str cursor, size_t max,
                              struct customers_page *ret_page) {
    struct customer_row before = {.created_at = INT64_MAX};
    bool is_found = true;
    if (cursor.len > 0) {
        TRY(customer_get(tx, cursor, &before, &is_found));
    }
    ret_page->is_cursor_unknown = !is_found;
    return is_found ? customer_list_newest(tx, before.created_at, cursor, max, &ret_page->rows)
                    : OK;
}

/* Ids have no spaces and nothing beyond ASCII: a text that has is no begin of one. */
static bool may_begin_an_id(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~') {
            return false;
        }
    }
    return text.len <= LIMIT_USER_ID;
}

/* The last digits, as they are written behind dots or stars. */
static struct str last4_of(struct str text) {
    struct str digits = text;
    while (digits.len > 0 && (digits.bytes[0] < '0' || digits.bytes[0] > '9')) {
        char c = digits.bytes[0];
        bool is_mask = c == '*' || c == ' ' || c == '.' || ((unsigned char)c & 0x80) != 0;
        if (!is_mask) {
            return STR("");
        }
        digits = str_skip(digits, 1);
    }
    return digits; /* four of them, or they are of nobody */
}

/* "@example.com", or "example.com". */
static struct str domain_of(struct str text) {
    size_t at = str_find(text, '@');
    if (at == 0) {
        return str_skip(text, 1);
    }
    bool is_domain = at == text.len && str_find(text, '.') < text.len;
    return is_domain ? text : STR("");
}

static struct err walk_found(struct app *app, struct tx *tx, const struct customer_search *search,
                             size_t max, struct customers_page *ret_page) {
    struct person_row person;
    struct customer_clues clues = {
        .prefix = may_begin_an_id(search->text) ? search->text : STR(""),
        .invoice_number = search->text,
        .person_id = STR(""),
        .owner_id = search->text.len == 0 ? search->owner : STR(""),
        .last4 = last4_of(search->text),
        .domain = domain_of(search->text),
    };
    bool is_member = false;
    if (str_find(search->text, '@') < search->text.len) {
        TRY(person_by_email(tx, person_email_index(app, tx->cx, search->text), &person,
                            &is_member));
    }
    if (is_member) {
        clues.person_id = id_str(&person.id);
    }
    return customer_list_found(tx, &clues, search->cursor, max, &ret_page->rows);
}

static enum subscription_status status_of(const struct customer_line *line) {
    return line->status < 0 ? SUBSCRIPTION_ABSENT : (enum subscription_status)line->status;
}

static int tier_of(const struct customer_line *line) {
    return line->tier < 0 ? TIER_FREE : line->tier;
}

static bool matches(const struct customer_search *search, const struct customer_line *line) {
    return (search->tier < 0 || tier_of(line) == search->tier) &&
           (search->status < 0 || (int)status_of(line) == search->status) &&
           (search->country.len == 0 || str_equal(line->country, search->country)) &&
           (search->owner.len == 0 || str_equal(line->owner_id, search->owner));
}

/* Leaves those that match, at most a page of them; `walked`: how many were asked for. */
static void keep(const struct customer_search *search, size_t walked, struct customers_page *page) {
    struct customer_line *lines = page->rows.items;
    struct str last = STR("");
    size_t count = page->rows.count;
    size_t kept = 0;
    size_t i = 0;
    for (; i < count && kept < search->max; i++) {
        last = lines[i].user_id;
        if (matches(search, &lines[i])) {
            lines[kept++] = lines[i];
        }
    }
    page->rows.count = kept;
    page->next = i < count || count == walked ? last : STR("");
}

struct err customers_search(struct app *app, struct tx *tx, const struct customer_search *search,
                            struct customers_page *ret_page) {
    size_t walked = is_filtered(search) ? CUSTOMERS_WALKED : search->max + 1;
    *ret_page = (struct customers_page){.next = STR("")};
    TRY(search->text.len > 0 || search->owner.len > 0
            ? walk_found(app, tx, search, walked, ret_page)
            : walk_newest(tx, search->cursor, walked, ret_page));
    keep(search, walked, ret_page);
    struct customer_line *lines = ret_page->rows.items;
    for (size_t i = 0; i < ret_page->rows.count; i++) {
        TRY(customer_name_owner(tx, &lines[i]));
    }
    return OK;
}

struct err customer_name_owner(struct tx *tx, struct customer_line *line) {
    struct person_row person;
    bool is_found = false;
    line->owner_name = STR("");
    if (line->owner_id.len > 0) {
        TRY(person_get(tx, line->owner_id, &person, &is_found));
        line->owner_name = is_found ? person.name : STR("");
    }
    return OK;
}

/* --- how they stand --- */

/* From memory, as the gate would decide now. */
static void add_usage(const struct app *app, struct str user_id, struct instant now,
                      struct customer_standing *standing) {
    struct gate_verdict verdicts[METRIC_COUNT];
    struct gate_handle handle = gate_customer(app->gate, user_id);
    if (!gate_is_known(handle)) {
        return;
    }
    gate_snapshot(handle, now, verdicts);
    for (int i = 0; i < METRIC_COUNT; i++) {
        int percent = usage_percent_of(&verdicts[i]);
        if (verdicts[i].is_bounded && (!standing->has_usage || percent > standing->usage_percent)) {
            standing->has_usage = true;
            standing->usage_percent = percent;
            standing->usage_metric = (enum metric)i;
        }
    }
}

struct customer_standing customer_standing(const struct app *app, const struct customer_line *line,
                                           struct instant now) {
    enum subscription_status status = status_of(line);
    const struct subscription_row row = {
        .status = (int)status,
        .past_due_since = line->past_due_since,
        .access_until = line->access_until,
    };
    const struct plan *plan = catalogue_plan_version(app->catalogue, (enum tier)tier_of(line),
                                                     (int32_t)line->plan_version);
    struct customer_standing standing = {
        .is_priced = plan != NULL,
        .status = status,
        .access = subscription_row_access(app, &row, now),
    };
    if (plan != NULL) {
        enum interval interval =
            line->interval < 0 ? INTERVAL_MONTH : (enum interval)line->interval;
        standing.monthly = standing_monthly(plan, interval, status, app->catalogue->currency);
    }
    add_usage(app, line->user_id, now, &standing);
    const struct standing stands = {status, standing.access, line->is_parked, line->is_ending};
    standing.health = standing_health(&stands);
    return standing;
}
