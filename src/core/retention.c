/* The tables of retention.h, and the arithmetic of years. */
#include "core/retention.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/rfc3339.h"

#define LAW "GDPR 6(1)(c): the law wants it kept"
#define CONTRACT "GDPR 6(1)(b): the contract"
#define INTEREST "GDPR 6(1)(f): running and proving the service"
#define YEAR_OF_LAST "the end of the year of the customer's last one"

static const struct retention_info kinds[RETENTION_KIND_COUNT] = {
    [RETENTION_BOOKS] = {"books", "What happened to a customer's billing, and who agreed to it",
                         LAW, "the end of the year of the customer's last invoice",
                         RETENTION_BY_KEY, "P10Y", "P6Y"},
    [RETENTION_INVOICES] = {"invoices", "Lines and papers of invoices and credit notes", LAW,
                            YEAR_OF_LAST, RETENTION_BY_KEY, "P10Y", "P6Y"},
    [RETENTION_LETTERS] = {"letters", "Contracts: order numbers, notes, who accepted", LAW,
                           YEAR_OF_LAST, RETENTION_BY_KEY, "P10Y", "P6Y"},
    [RETENTION_CSP_REPORTS] = {"cspReports",
                               "What the pages' policy has stopped; nothing says for whom",
                               INTEREST, "when it was last told", RETENTION_SWEPT, "P90D", "P7D"},
    [RETENTION_DATA_KEYS] = {"dataKeys", "Keys that seal nothing any more, for backups of before",
                             INTEREST, "when the last row was sealed under a newer key",
                             RETENTION_SWEPT, "P35D", "P7D"},
    [RETENTION_EXPORTS] = {"exports", "Files that somebody asked for of their data",
                           "GDPR 15 and 20: the request", "when the file was made", RETENTION_SWEPT,
                           "P7D", "P1D"},
    [RETENTION_FEEDBACK] = {"feedback", "What customers said, and what they were asked",
                            "GDPR 6(1)(a): they agreed to it", "when it was said", RETENTION_SWEPT,
                            "P3Y", "P30D"},
    [RETENTION_IDEMPOTENCY_KEYS] = {"idempotencyKeys", "What was answered to an Idempotency-Key",
                                    CONTRACT, "when it was asked", RETENTION_SWEPT, "P7D", "P1D"},
    [RETENTION_INVITATIONS] = {"invitations", "Whom somebody asked in, and who did not come",
                               CONTRACT, "when the invitation ended", RETENTION_SWEPT, "P30D",
                               "P1D"},
    [RETENTION_MAIL_TEXTS] = {"mailTexts", "What mails said", INTEREST, "when it was written",
                              RETENTION_SWEPT, "P30D", "P7D"},
    [RETENTION_MAILS] = {"mails", "To which address which mail went, and its subject", INTEREST,
                         "when it was written", RETENTION_SWEPT, "P3Y", "P90D"},
    [RETENTION_ORIGINS] = {"origins", "From which address and with which browser changes were made",
                           INTEREST, "when it was last seen", RETENTION_SWEPT, "P12M", "P12M"},
    [RETENTION_PRIVACY_REQUESTS] = {"privacyRequests", "That somebody asked for their data",
                                    "GDPR 5(2): to show that it was answered",
                                    "when it was answered", RETENTION_SWEPT, "P3Y", "P1Y"},
    [RETENTION_WEBHOOKS_IN] = {"webhooksIn", "What the payment provider told", CONTRACT,
                               "when it was applied", RETENTION_SWEPT, "P30D", "P30D"},
    [RETENTION_WEBHOOKS_OUT] = {"webhooksOut", "What endpoints were told, and what they answered",
                                CONTRACT, "when it was delivered or given up", RETENTION_SWEPT,
                                "P30D", "P1D"},
    [RETENTION_EVIDENCE] = {"evidence", "Packs of evidence that were made for auditors", INTEREST,
                            "when it was made", RETENTION_FIXED, "P30D", ""},
    [RETENTION_INQUIRIES] =
        {"inquiries", "Who asked for a contract without an account; 180 days when nobody answered",
         "GDPR 6(1)(b): steps before a contract", "when it was answered", RETENTION_FIXED, "P30D",
         ""},
    [RETENTION_LEASES] = {"leases", "What nodes were lent of limits", CONTRACT,
                          "the end of the period", RETENTION_FIXED, "P4D", ""},
    [RETENTION_QUOTES] = {"quotes", "What a change would cost, by tier and amount", CONTRACT,
                          "the customer's erasure; nothing in it says who they are",
                          RETENTION_STAYS, "", ""},
    [RETENTION_SESSIONS] = {"sessions", "Who is signed in, from where; links to sign in by",
                            CONTRACT, "their end", RETENTION_FIXED, "P0D", ""},
    [RETENTION_TAKES] = {"takes", "What was answered to a take or a release", CONTRACT,
                         "when it was asked", RETENTION_FIXED, "P91D", ""},
    [RETENTION_USAGE_EVENTS] = {"usageEvents", "Single events of usage", CONTRACT,
                                "when they were recorded", RETENTION_FIXED, "P90D", ""},
    [RETENTION_ACCOUNT] = {"account", "Who a customer is, how they pay, what they asked to be done",
                           CONTRACT, "the customer's erasure", RETENTION_STAYS, "", ""},
    [RETENTION_AUDIT_LOG] = {"auditLog", "Who did what; nothing in it says who they are",
                             "GDPR 5(2), 6(1)(f): evidence, at least 12 months",
                             "nothing: rows hold on to each other by hashes", RETENTION_STAYS, "",
                             "P12M"},
    [RETENTION_BREACHES] = {"breaches", "Breaches, and who was told", "GDPR 33(5): documentation",
                            "nothing", RETENTION_STAYS, "", ""},
    [RETENTION_PEOPLE] = {"people", "Who signs in, and what proves them", CONTRACT,
                          "the erasure of the person, or of their last customer", RETENTION_STAYS,
                          "", ""},
    [RETENTION_SYSTEM] = {"system", "Names of keys, endpoints, secrets; addresses that get no mail",
                          INTEREST, "their being taken away", RETENTION_STAYS, "", ""},
    [RETENTION_USAGE_TOTALS] = {"usageTotals", "Usage by hour, day and period, and amounts",
                                CONTRACT, "nothing: once a customer is erased it tells of nobody",
                                RETENTION_STAYS, "", ""},
};

const struct retention_info *retention_info_of(enum retention_kind kind) {
    check(kind < RETENTION_KIND_COUNT);
    return &kinds[kind];
}

const char *retention_how_name(enum retention_how how) {
    static const char *const names[] = {
        [RETENTION_BY_KEY] = "key",
        [RETENTION_SWEPT] = "sweep",
        [RETENTION_FIXED] = "fixed",
        [RETENTION_STAYS] = "none",
    };
    check(how <= RETENTION_STAYS);
    return names[how];
}

bool retention_is_setting(enum retention_kind kind) {
    enum retention_how how = retention_info_of(kind)->how;
    return how == RETENTION_BY_KEY || how == RETENTION_SWEPT;
}

/* --- by law --- */

/* Checked in November 2026; docs/guide/retention.md says from when each law counts. Letters are no
 * rows of their own in the laws of CH and FR: there they are kept as long as the vouchers that they
 * explain. */
const struct retention_country retention_countries[] = {
    {"AT", "P7Y", "P7Y", "P7Y", "BAO 132(1), UGB 212(1)"},
    {"CH", "P10Y", "P10Y", "P10Y", "OR 958f(1), 957a(3)"},
    {"DE", "P10Y", "P8Y", "P6Y", "AO 147(3), HGB 257(4), UStG 14b(1)"},
    {"ES", "P6Y", "P6Y", "P6Y", "Codigo de Comercio 30(1)"},
    {"FR", "P10Y", "P10Y", "P10Y", "Code de commerce L123-22"},
    {"IT", "P10Y", "P10Y", "P10Y", "Codice civile 2220"},
    {"NL", "P7Y", "P7Y", "P7Y", "AWR 52(4)"},
};
const size_t retention_country_count = ARRAY_LEN(retention_countries);

const struct retention_country *retention_country_find(struct str code) {
    for (size_t i = 0; i < retention_country_count; i++) {
        if (str_equal(code, str_from_cstr(retention_countries[i].code))) {
            return &retention_countries[i];
        }
    }
    return NULL;
}

/* What its law says of a kind; NULL: nothing. */
static const char *by_law(const struct retention_country *country, enum retention_kind kind) {
    if (country == NULL) {
        return NULL;
    }
    return kind == RETENTION_BOOKS      ? country->books
           : kind == RETENTION_INVOICES ? country->invoices
           : kind == RETENTION_LETTERS  ? country->letters
                                        : NULL;
}

const char *retention_minimum(const struct retention_country *country, enum retention_kind kind) {
    const char *law = by_law(country, kind);
    return law != NULL ? law : retention_info_of(kind)->minimum;
}

/* --- a policy --- */

static struct calendar_step known(const char *text) {
    check(text != NULL);
    struct calendar_step step = {0};
    bool is_read = text[0] == '\0' || retention_period_parse(str_from_cstr(text), &step);
    check(is_read);
    return step;
}

struct retention_policy retention_policy_default(const struct retention_country *country) {
    struct retention_policy policy = {.country = country, .sweeps = true};
    for (int i = 0; i < RETENTION_KIND_COUNT; i++) {
        const char *law = by_law(country, (enum retention_kind)i);
        policy.periods[i] = known(law != NULL ? law : kinds[i].period);
    }
    return policy;
}

/* --- periods --- */

enum { MONTHS_MAX = 1200, DAYS_MAX = 36525 };
#define DAY_MS (INT64_C(86400) * 1000)

bool retention_period_parse(struct str text, struct calendar_step *ret_period) {
    struct calendar_step step;
    bool has_time = text.len > 0 && memchr(text.bytes, 'T', text.len) != NULL;
    if (has_time || !calendar_step_parse(text, &step) || step.months > MONTHS_MAX ||
        step.ms / DAY_MS > DAYS_MAX) {
        return false;
    }
    *ret_period = step;
    return true;
}

/* From the first of a March on, a year before a leap day: the longest that so many months are. */
static int64_t days_of(struct calendar_step step) {
    check(step.months >= 0);
    check(step.months <= MONTHS_MAX);
    check(step.ms >= 0);
    const struct instant march = {INT64_C(1677628800) * 1000}; /* 2023-03-01 */
    struct instant end = instant_add_months(march, step.months);
    return (end.ms - march.ms + step.ms) / DAY_MS;
}

bool retention_is_shorter(struct calendar_step a, struct calendar_step b) {
    return days_of(a) < days_of(b);
}

void retention_period_text(struct calendar_step period, char ret_text[RETENTION_PERIOD_SIZE]) {
    int years = (int)(period.months / 12);
    int months = (int)(period.months % 12);
    int days = (int)(period.ms / DAY_MS);
    size_t len = 0;
    check(period.months >= 0);
    check(period.ms >= 0);
    const struct {
        int count;
        char unit;
    } parts[] = {{years, 'Y'}, {months, 'M'}, {days, 'D'}};
    ret_text[len++] = 'P';
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        bool is_all = i == 2 && len == 1; /* "P0D" */
        if (parts[i].count > 0 || is_all) {
            len += (size_t)snprintf(ret_text + len, RETENTION_PERIOD_SIZE - len, "%d%c",
                                    parts[i].count, parts[i].unit);
        }
    }
    check(len < RETENTION_PERIOD_SIZE);
    ret_text[len] = '\0';
}

struct instant retention_cutoff(const struct retention_policy *policy, enum retention_kind kind,
                                struct instant now) {
    check(retention_info_of(kind)->period[0] != '\0');
    struct calendar_step period = policy->periods[kind];
    return instant_add(instant_add_months(now, -period.months), (struct duration){-period.ms});
}

/* --- books --- */

/* When the year ends that the instant lies in. */
static struct instant year_end(struct instant at) {
    struct civil civil = civil_from_ms(at.ms);
    struct instant month = {at.ms - (at.ms % DAY_MS + DAY_MS) % DAY_MS};
    month = instant_add(month, duration_days(1 - civil.day));
    return instant_add_months(month, 13 - civil.month);
}

static struct instant after(const struct retention_policy *policy, enum retention_kind kind,
                            struct instant at) {
    struct instant end = INSTANT_MAX;
    return instant_add_step(year_end(at), policy->periods[kind], &end) ? end : INSTANT_MAX;
}

bool retention_books_due(const struct retention_policy *policy, const struct retention_books *books,
                         struct instant *ret_at) {
    struct instant due = INSTANT_MIN;
    if (books->has_invoice) {
        due = instant_later(after(policy, RETENTION_BOOKS, books->invoice),
                            after(policy, RETENTION_INVOICES, books->invoice));
    }
    if (books->has_letter) {
        due = instant_later(due, after(policy, RETENTION_LETTERS, books->letter));
    }
    *ret_at = due;
    return books->has_invoice || books->has_letter;
}
