/* Fills a data folder that has no customers, by the product's own store, with what long use would
 * have left there.
 *
 *   fill window DATA CUSTOMERS   ten events a customer, of the last three days: their journal, and
 *                                the totals of hours and periods that they add up to
 *   fill history DATA CUSTOMERS  a month of hourly totals of two metrics from two regions, each of
 *                                the events that make 100 million of them together
 *   fill old DATA CUSTOMERS      ten answers to Idempotency-Keys a customer, as of now
 *   fill starts DATA STARTS      starts of the program, a minute apart, each with a configuration
 * of 12 KB that does not get smaller: they make a large pack of evidence
 *   fill bills DATA INVOICES     invoices of one customer, an hour apart
 *   fill sold DATA CUSTOMERS     all with a paid plan, most of them in order; what a month has
 *                                moved, in the audit log; a long history of the first one
 *   fill revenue DATA CUSTOMERS  three years of plans that began, changed and ended, in thirty
 *                                countries, and what customers reached for
 *
 * Customers are named customer-0000000 and so on; all are on `free`, since twenty days. Nothing is
 * left out that a server would write for such events but the accounts of the sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/adoption.h"
#include "app/audit.h"
#include "app/billing_event.h"
#include "app/catalogue_shape.h"
#include "app/customer.h"
#include "app/installation.h"
#include "app/usage_totals.h"
#include "base/check.h"
#include "db/folder.h"
#include "gate/journal.h"
#include "store/evidence.h"
#include "store/invoice.h"
#include "store/keyring.h"
#include "store/operation.h"
#include "store/schema.h"
#include "store/subscription.h"
#include "store/usage.h"
#include "store/usage_journal.h"

enum {
    DAYS_KNOWN = 20,
    EVENTS_A_BATCH = 10 * 1000,
    CUSTOMERS_A_COMMIT = 5000,
    HOURS_OF_MONTH = 720,
    ID_CHARS = 36,
    MEMORY_MAX = 1 << 30,
};
static const int64_t hour_ms = 3600 * 1000;
static const int64_t history_events = 100 * 1000 * 1000;

struct fill {
    struct env env;
    struct arena arena; /* of one commit */
    struct arena kept;
    struct cx cx;
    struct app app;
    struct catalogue catalogue;
    struct db *db;
    struct journal *journal;
    int64_t now, since;
    size_t customers;
};

/* Ends the program with what went wrong: a bench has nobody to tell it to. */
static void must(struct fill *fill, struct err err) {
    if (err_failed(err)) {
        fprintf(stderr, "fill: %s %s (%s:%d)\n", err_name(err.code), fill->cx.detail, err.file,
                err.line);
        exit(1);
    }
}

static struct str name_of(struct fill *fill, size_t customer) {
    return arena_printf(&fill->arena, "customer-%07zu", customer);
}

static struct err add_customer(struct fill *fill, struct tx *tx, size_t customer) {
    struct customer_row row = {
        .user_id = name_of(fill, customer),
        .email = STR("someone@example.com"),
        .name = STR("Customer"),
        .currency = STR("usd"),
        .created_at = fill->since,
    };
    TRY(customer_insert(tx, &row));
    return customer_insert_free(&fill->app, tx, &row, (struct instant){fill->since});
}

/* --- a window of events --- */

static struct err close_batch(struct fill *fill, struct tx *tx) {
    struct journal_batch batch = journal_close_group(fill->journal);
    if (batch.count == 0) {
        return OK;
    }
    struct journal_row row = {(int64_t)batch.number, fill->now, batch.count, batch.blob};
    TRY(journal_insert(tx, &row));
    journal_committed(fill->journal);
    return usage_totals_note_complete(tx, row.batch); /* else a start would add them once more */
}

/* As random as an id of version 4, and as long. */
static struct str random_id(struct fill *fill) {
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[ID_CHARS];
    char *text = arena_alloc(&fill->arena, ID_CHARS);
    check(text != NULL);
    fill->env.random(&fill->env, bytes, sizeof bytes);
    for (size_t i = 0; i < ID_CHARS; i++) {
        text[i] = digits[bytes[i] & 15];
    }
    return str_of(text, ID_CHARS);
}

struct use {
    enum metric metric;
    bool is_set;
    int64_t value, events;
    int64_t hours_ago;
};
static const struct use uses[] = {
    {METRIC_API_REQUESTS, false, 3, 3, 50},
    {METRIC_API_REQUESTS, false, 3, 3, 2},
    {METRIC_BANDWIDTH, false, 90000, 3, 2},
    {METRIC_MODULES, true, 2, 1, 30},
};

static struct err add_events(struct fill *fill, struct tx *tx, struct str user_id,
                             const struct use *use, int64_t hour) {
    for (int64_t i = 0; i < use->events; i++) {
        struct usage_record record = {
            .identity = {user_id, STR("edge/fra"), random_id(fill)},
            .metric = use->metric,
            .kind = USAGE_EVENT,
            .is_set = use->is_set,
            .value = use->value / use->events,
            .time = {hour + i},
        };
        TRY(journal_append(fill->journal, &record, 1));
    }
    bool is_full = journal_count(fill->journal).open >= EVENTS_A_BATCH;
    return is_full ? close_batch(fill, tx) : OK;
}

static struct err add_total(struct tx *tx, struct str user_id, const struct use *use,
                            enum usage_grain grain, int64_t timestamp) {
    struct usage_addition addition = {
        .user_id = user_id,
        .metric = use->metric,
        .grain = grain,
        .timestamp = timestamp,
        .is_set = use->is_set,
        .value = use->value,
        .events = use->events,
    };
    return usage_add(tx, &addition);
}

static struct err fill_window(struct fill *fill, struct tx *tx, size_t customer) {
    struct str user_id = name_of(fill, customer);
    for (size_t i = 0; i < ARRAY_LEN(uses); i++) {
        int64_t hour = (fill->now / hour_ms - uses[i].hours_ago) * hour_ms;
        TRY(add_events(fill, tx, user_id, &uses[i], hour));
        TRY(add_total(tx, user_id, &uses[i], USAGE_HOUR, hour));
        TRY(add_total(tx, user_id, &uses[i], USAGE_PERIOD, fill->since));
    }
    return OK;
}

/* --- a month of totals --- */

static struct err fill_hours(struct fill *fill, struct tx *tx, struct usage_addition addition) {
    static const struct str regions[] = {STR_INIT("fra"), STR_INIT("iad")};
    int64_t last = fill->now / hour_ms;
    for (int64_t hour = last - HOURS_OF_MONTH + 1; hour <= last; hour++) {
        for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
            addition.timestamp = hour * hour_ms;
            addition.region = regions[i];
            TRY(usage_add(tx, &addition));
        }
    }
    return OK;
}

static struct err fill_history(struct fill *fill, struct tx *tx, size_t customer) {
    static const enum metric metrics[] = {METRIC_API_REQUESTS, METRIC_BANDWIDTH};
    int64_t rows = (int64_t)fill->customers * HOURS_OF_MONTH * 2 * (int64_t)ARRAY_LEN(metrics);
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
        struct usage_addition addition = {
            .user_id = name_of(fill, customer),
            .metric = metrics[i],
            .grain = USAGE_HOUR,
            .value = 1,
            .events = history_events / rows,
        };
        TRY(fill_hours(fill, tx, addition));
        addition.grain = USAGE_PERIOD;
        addition.timestamp = fill->since;
        addition.region = STR("");
        TRY(usage_add(tx, &addition));
    }
    return OK;
}

/* --- the folder --- */

/* The key that a server's first start would have made; here it is no secret. */
static void open_keyring(struct fill *fill, const char *data) {
    struct kek_list keks = {.count = 1};
    char line[2 * SEAL_KEY];
    struct env_file *file = NULL;
    const char *path = arena_printf(&fill->kept, "%s/turnpike.key", data).bytes;
    str_hex(keks.keys[0], SEAL_KEY, line);
    must(fill, fill->env.files.open(&fill->env, path, ENV_WRITE_NEW, &file));
    must(fill, fill->env.files.write(file, 0, line, sizeof line));
    fill->env.files.close(file);
    must(fill, key_safe_create(&fill->env, &keks, &fill->app.safe));
    must(fill, keyring_create(fill->app.safe, &fill->app.writer_keys));
}

static void open_store(struct fill *fill, const char *data) {
    struct folder *folder = NULL;
    env_posix_init(&fill->env);
    arena_init(&fill->arena, &fill->env, MEMORY_MAX);
    arena_init(&fill->kept, &fill->env, MEMORY_MAX);
    cx_init(&fill->cx, &fill->env, &fill->kept);
    const char *path = arena_printf(&fill->kept, "%s/turnpike.db", data).bytes;
    must(fill, catalogue_load(&fill->cx, "catalog/plans.json", &fill->catalogue, NULL));
    must(fill, folder_open(&fill->cx, data, "turnpike.db", &folder));
    must(fill, store_open(&fill->cx, path, false, &fill->db));
    fill->app = (struct app){.env = &fill->env, .catalogue = &fill->catalogue, .is_test = true};
    open_keyring(fill, data);
    fill->now = fill->env.wall_ms(&fill->env);
    fill->since = fill->now - duration_days(DAYS_KNOWN).ms;
    struct journal_options options = {.env = &fill->env, .ids_max = SIZE_MAX / 2, .batch_first = 1};
    must(fill, journal_create(&options, &fill->journal));
}

/* --- what a sweep takes --- */

static struct err fill_old(struct fill *fill, struct tx *tx, size_t customer) {
    const struct idempotency_row row = {.request_hash = STR("none")};
    for (int i = 0; i < 10; i++) {
        struct str key = arena_printf(&fill->arena, "key-%d", i);
        TRY(idempotency_insert(tx, name_of(fill, customer), key, &row));
    }
    return OK;
}

/* --- starts --- */

enum { CONFIGURATION = 12 * 1024, STARTS_A_COMMIT = 1000, MINUTE_MS = 60 * 1000 };

/* A JSON text; letters from a generator of 64 bits (Marsaglia's xorshift), six bits each. */
static struct str noise(struct fill *fill, uint64_t seed) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *text = arena_alloc(&fill->arena, CONFIGURATION);
    uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    check(text != NULL);
    for (size_t i = 0; i < CONFIGURATION; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text[i] = letters[state >> 58];
    }
    return arena_printf(&fill->arena, "{\"noise\":\"" STR_FMT "\"}",
                        STR_ARG(str_of(text, CONFIGURATION)));
}

static struct err fill_start(struct fill *fill, struct tx *tx, size_t index) {
    const struct program_start_row row = {
        .id = id_new(tx->cx, "strt"),
        .at = fill->since + (int64_t)(index % (DAYS_KNOWN * 24 * 60)) * MINUTE_MS,
        .version = STR("0.1.0"),
        .build = STR("0"),
        .configuration = noise(fill, index + 1),
    };
    return program_start_insert(tx, &row);
}

/* --- invoices of one customer --- */

enum { BILLS_A_COMMIT = 1000, BILL_CENTS = 2900 };

/* An hour apart, up to now; of a hundred two wait for a transfer, one is void, one was given up. */
static enum invoice_status bill_status(size_t index) {
    switch (index % 100) {
    case 7:
    case 57:
        return INVOICE_OPEN;
    case 23:
        return INVOICE_VOID;
    case 71:
        return INVOICE_UNCOLLECTIBLE;
    default:
        return INVOICE_PAID;
    }
}

static struct err fill_bill(struct fill *fill, struct tx *tx, size_t index) {
    static const int64_t apart_ms = 3600 * 1000;
    enum invoice_status status = bill_status(index);
    int64_t at = fill->now - (int64_t)(fill->customers - index) * apart_ms;
    const struct invoice_row row = {
        .user_id = name_of(fill, 0),
        .id = id_new(tx->cx, "invo"),
        .subscription_id = id_new(tx->cx, "subs"),
        .stripe_invoice_id = arena_printf(&fill->arena, "in_%zu", index),
        .number = arena_printf(&fill->arena, "BENCH-%06zu", index),
        .status = (int)status,
        .billing_reason = STR("subscription_cycle"),
        .currency = STR("usd"),
        .amount = BILL_CENTS,
        .amount_due = BILL_CENTS,
        .amount_paid = status == INVOICE_PAID ? BILL_CENTS : 0,
        .due_date = status == INVOICE_OPEN ? at + 14 * 24 * apart_ms : ROW_NONE,
        .period_start = at,
        .period_end = at + apart_ms,
        .hosted_url = arena_printf(&fill->arena, "https://invoice.example/%zu", index),
        .pdf_url = arena_printf(&fill->arena, "https://invoice.example/%zu/pdf", index),
        .lines = STR("[{\"description\":\"Starter, one month\",\"amount\":{\"amount\":2900,"
                     "\"currency\":\"usd\"},\"proration\":false}]"),
        .created_at = at,
        .discount = 0,
        .coupon = STR(""),
    };
    TRY(index == 0 ? add_customer(fill, tx, 0) : OK);
    return invoice_put(tx, &row);
}

/* --- paid plans --- */

enum { SOLD_A_COMMIT = 1000, STORY_LINES = 20 * 1000 };

struct stand {
    size_t of; /* of a hundred: up to here */
    enum subscription_status status;
    bool is_ending;
    int64_t period_days, past_due_days; /* from now; 0: it owes nothing */
};
/* Of a hundred 93 are in order; of a thousand two have been left behind by their clocks. */
static const struct stand stands[] = {
    {90, SUBSCRIPTION_ACTIVE, false, 12, 0},  {93, SUBSCRIPTION_TRIALING, false, 9, 0},
    {95, SUBSCRIPTION_ACTIVE, true, 6, 0},    {97, SUBSCRIPTION_PAST_DUE, false, 20, 2},
    {98, SUBSCRIPTION_UNPAID, false, 20, 40}, {100, SUBSCRIPTION_PAUSED, false, 20, 0},
};

static const struct stand *stand_of(size_t customer) {
    size_t at = 0;
    while (customer % 100 >= stands[at].of) {
        at++;
    }
    return &stands[at];
}

/* The stretch on `free` ends an hour after it began, and the paid one begins. */
static struct err sell(struct fill *fill, struct tx *tx, size_t customer) {
    static const int64_t day_ms = 24 * 3600 * 1000;
    const struct stand *stand = stand_of(customer);
    bool is_left_behind = customer % 500 == 11;
    struct subscription_row row;
    bool is_found = false;
    TRY(subscription_in_force(tx, name_of(fill, customer), &row, &is_found));
    check(is_found);
    row.ended_at = fill->since + hour_ms;
    TRY(subscription_replace(tx, &row));
    row.id = id_new(tx->cx, "subs");
    row.tier = (int)(customer % 3 == 0 ? TIER_PROFESSIONAL : TIER_STARTER);
    row.interval = (int)(customer % 10 == 0 ? INTERVAL_YEAR : INTERVAL_MONTH);
    row.status = (int)stand->status;
    row.cancel_at_period_end = stand->is_ending;
    row.stripe_subscription_id = arena_printf(&fill->arena, "sub_%zu", customer);
    row.stripe_item_id = arena_printf(&fill->arena, "si_%zu", customer);
    row.created_at = row.current_period_start = row.usage_anchor = row.ended_at;
    row.current_period_end = fill->now + (is_left_behind ? -3 : stand->period_days) * day_ms;
    row.trial_ends_at = stand->status == SUBSCRIPTION_TRIALING ? row.current_period_end : ROW_NONE;
    row.past_due_since =
        stand->past_due_days > 0 ? fill->now - stand->past_due_days * day_ms : ROW_NONE;
    row.ended_at = ROW_NONE;
    return subscription_insert(tx, &row);
}

/* What moves of a hundred in a month: five begin, three owe or pay again, two are to end, and two
 * have ended. */
static struct err move(struct fill *fill, struct tx *tx, size_t customer) {
    static const char *const actions[] = {"subscription.started", "subscription.status",
                                          "subscription.end", "subscription.ended"};
    static const size_t up_to[] = {5, 8, 10, 12};
    struct str active = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", STR("active")));
    struct str past_due = AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", STR("past_due")));
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (customer * 37 % 100 < up_to[i]) {
            const struct audit_entry entry = {
                .action = str_from_cstr(actions[i]),
                .said = {.customer = name_of(fill, customer), .before = active, .after = past_due}};
            return audit_append(tx, &entry);
        }
    }
    return OK;
}

/* A line of the billing, with its row of the log. */
static struct err add_line(struct fill *fill, struct tx *tx, size_t customer) {
    const struct billing_note note = {
        .type = "invoice.paid",
        .description = STR("Invoice BENCH-000001 was paid."),
        .has_amount = true,
        .amount = {2900, fill->catalogue.currency},
    };
    return billing_event_note(tx, name_of(fill, customer), &note);
}

static struct err fill_sold(struct fill *fill, struct tx *tx, size_t customer) {
    struct audit audit = {.app = &fill->app};
    tx->audit = &audit;
    size_t lines = customer == 0 ? STORY_LINES : 2;
    TRY(sell(fill, tx, customer));
    for (size_t i = 0; i < lines; i++) {
        TRY(add_line(fill, tx, customer));
    }
    struct err err = move(fill, tx, customer);
    tx->audit = NULL;
    return err;
}

/* --- three years of plans --- */

enum { REVENUE_DAYS = 3 * 365, COUNTRY_COUNT = 30 };

/* A number below `below` that the customer always has for that question. */
static size_t lot(size_t customer, size_t question, size_t below) {
    uint64_t state = (customer * 8 + question + 1) * UINT64_C(0x9E3779B97F4A7C15);
    state ^= state >> 29;
    state *= UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)((state >> 32) % below);
}

static int64_t days_ago(const struct fill *fill, size_t days) {
    return fill->now - duration_days((int64_t)days).ms;
}

struct stay {
    enum tier tier;
    enum interval interval;
    size_t from, to; /* days ago; to 0: it goes on */
};

static struct err add_stay(struct fill *fill, struct tx *tx, size_t customer,
                           const struct stay *stay) {
    int64_t from = days_ago(fill, stay->from);
    bool is_over = stay->to > 0;
    bool is_free = stay->tier == TIER_FREE;
    const struct subscription_row row = {
        .user_id = name_of(fill, customer),
        .id = id_new(tx->cx, "subs"),
        .tier = (int)stay->tier,
        .plan_version = catalogue_plan(&fill->catalogue, stay->tier)->version,
        .interval = (int)stay->interval,
        .status = is_over ? SUBSCRIPTION_CANCELED : SUBSCRIPTION_ACTIVE,
        .currency = STR("usd"),
        .current_period_start = from,
        .current_period_end = fill->now + duration_days(1 + (int64_t)lot(customer, 7, 28)).ms,
        .usage_anchor = from,
        .pending_tier = -1,
        .pending_interval = -1,
        .past_due_since = ROW_NONE,
        .stripe_subscription_id =
            is_free ? STR("") : arena_printf(&fill->arena, "sub_%zu_%zu", customer, stay->from),
        .stripe_item_id = STR(""),
        .created_at = from,
        .ended_at = is_over ? days_ago(fill, stay->to) : ROW_NONE,
        .access_until = ROW_NONE,
        .stripe_schedule_id = STR(""),
        .coupon = STR(""),
        .trial_ends_at = ROW_NONE,
    };
    return subscription_insert(tx, &row);
}

/* One in three buys within three months; one in four of these takes a larger plan later; of all
 * who bought, two in five have left by now. */
static struct err add_stays(struct fill *fill, struct tx *tx, size_t customer) {
    size_t begun = REVENUE_DAYS - lot(customer, 0, REVENUE_DAYS - 1);
    size_t bought = begun - lot(customer, 1, begun < 90 ? begun : 90);
    enum interval interval = lot(customer, 2, 10) < 3 ? INTERVAL_YEAR : INTERVAL_MONTH;
    if (bought == 0 || bought == begun || lot(customer, 3, 3) > 0) {
        const struct stay free = {TIER_FREE, INTERVAL_MONTH, begun, 0};
        return add_stay(fill, tx, customer, &free);
    }
    size_t larger = lot(customer, 4, 4) == 0 ? lot(customer, 5, bought) : 0;
    size_t left = lot(customer, 6, 5) < 2 ? lot(customer, 7, larger > 0 ? larger : bought) : 0;
    enum tier tier = lot(customer, 8, 10) < 7 ? TIER_STARTER : TIER_PROFESSIONAL;
    const struct stay stays[] = {
        {TIER_FREE, INTERVAL_MONTH, begun, bought},
        {larger > 0 ? TIER_STARTER : tier, interval, bought, larger > 0 ? larger : left},
        {TIER_PROFESSIONAL, interval, larger, left},
        {TIER_FREE, INTERVAL_MONTH, left, 0},
    };
    TRY(add_stay(fill, tx, customer, &stays[0]));
    TRY(add_stay(fill, tx, customer, &stays[1]));
    TRY(larger > 0 ? add_stay(fill, tx, customer, &stays[2]) : OK);
    return left > 0 ? add_stay(fill, tx, customer, &stays[3]) : OK;
}

/* Twelve times a year something is refused, missed or used, in turns. */
static struct err add_signals(struct fill *fill, struct tx *tx, size_t customer) {
    enum { EVERY_DAYS = 30 };
    size_t begun = REVENUE_DAYS - lot(customer, 0, REVENUE_DAYS - 1);
    for (size_t ago = begun; ago >= EVERY_DAYS; ago -= EVERY_DAYS) {
        enum adoption_kind kind = (enum adoption_kind)lot(customer + ago, 11, ADOPTION_KIND_COUNT);
        bool is_of_limit = kind == ADOPTION_WARNING || kind == ADOPTION_BLOCK;
        size_t which = lot(customer + ago, 12, is_of_limit ? METRIC_COUNT : 5);
        const char *name =
            is_of_limit ? metric_name((enum metric)which) : fill->catalogue.features[which].name;
        const struct adoption_given given = {name_of(fill, customer), kind, str_from_cstr(name),
                                             revenue_day_of((struct instant){days_ago(fill, ago)})};
        TRY(adoption_note(tx, &given));
    }
    return OK;
}

static struct err fill_revenue(struct fill *fill, struct tx *tx, size_t customer) {
    static const char countries[COUNTRY_COUNT][3] = {
        "US", "DE", "GB", "FR", "IN", "CA", "NL", "BR", "PL", "ES", "IT", "SE", "AT", "CH", "JP",
        "AU", "DK", "FI", "NO", "BE", "IE", "PT", "CZ", "RO", "GR", "HU", "SG", "NZ", "MX", "ZA"};
    size_t at = lot(customer, 9, COUNTRY_COUNT) * lot(customer, 10, COUNTRY_COUNT) / COUNTRY_COUNT;
    struct customer_row row = {
        .user_id = name_of(fill, customer),
        .email = STR("someone@example.com"),
        .name = STR("Customer"),
        .country = str_from_cstr(countries[at]),
        .currency = STR("usd"),
        .created_at = days_ago(fill, REVENUE_DAYS - lot(customer, 0, REVENUE_DAYS - 1)),
    };
    TRY(customer_insert(tx, &row));
    TRY(add_signals(fill, tx, customer));
    return add_stays(fill, tx, customer);
}

/* What is filled, by name: so many customers or starts in a commit, each by a function. */
struct kind {
    const char *name;
    size_t a_commit;
    bool has_customers;
    struct err (*fill)(struct fill *fill, struct tx *tx, size_t index);
};
static const struct kind kinds[] = {
    {"window", CUSTOMERS_A_COMMIT, true, fill_window},
    {"history", CUSTOMERS_A_COMMIT, true, fill_history},
    {"old", CUSTOMERS_A_COMMIT, true, fill_old},
    {"starts", STARTS_A_COMMIT, false, fill_start},
    {"bills", BILLS_A_COMMIT, false, fill_bill},
    {"sold", SOLD_A_COMMIT, true, fill_sold},
    {"revenue", CUSTOMERS_A_COMMIT, false, fill_revenue},
};

static const struct kind *kind_named(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static struct err fill_some(struct fill *fill, struct tx *tx, const struct kind *kind,
                            size_t first) {
    for (size_t i = first; i < first + kind->a_commit && i < fill->customers; i++) {
        TRY(kind->has_customers ? add_customer(fill, tx, i) : OK);
        TRY(kind->fill(fill, tx, i));
    }
    return close_batch(fill, tx);
}

int main(int count, char **arguments) {
    static struct fill fill;
    const struct kind *kind = count == 4 ? kind_named(arguments[1]) : NULL;
    if (kind == NULL) {
        fprintf(stderr, "usage: fill window|history|old|starts|bills|sold|revenue DATA COUNT, "
                        "in the source's "
                        "folder\n");
        return 2;
    }
    open_store(&fill, arguments[2]);
    fill.customers = strtoul(arguments[3], NULL, 10);
    for (size_t first = 0; first < fill.customers; first += kind->a_commit) {
        fill.cx.arena = &fill.arena;
        struct tx tx = {.cx = &fill.cx, .db = fill.db, .keyring = fill.app.writer_keys};
        must(&fill, db_begin(fill.db));
        if (first == 0) {
            must(&fill, installation_prepare(&fill.app, &tx));
            must(&fill, installation_keep_plans(&fill.app, &tx));
        }
        must(&fill, fill_some(&fill, &tx, kind, first));
        must(&fill, db_commit(fill.db));
        must(&fill, db_checkpoint(fill.db));
        fill.cx.arena = &fill.kept;
        arena_finish(&fill.arena);
        arena_init(&fill.arena, &fill.env, MEMORY_MAX);
    }
    db_close(fill.db);
    return 0;
}
