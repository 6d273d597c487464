#include "core/locale.h"

#include "base/check.h"
#include "base/rfc3339.h"

#define NBSP "\xC2\xA0"

static const struct locale {
    const char *name;
    const char *group, *point; /* of numbers */
    bool is_sign_first;        /* of amounts of money: $5, not 5 $ */
    const char *after_day;     /* "3 March", "3. März" */
    const char *after_time;
    const char *months[12];
    const char *metrics[METRIC_COUNT];
    const char *intervals[INTERVAL_COUNT];
} locales[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] =
        {
            .name = "en",
            .group = ",",
            .point = ".",
            .is_sign_first = true,
            .after_day = " ",
            .after_time = " UTC",
            .months = {"January", "February", "March", "April", "May", "June", "July", "August",
                       "September", "October", "November", "December"},
            .metrics = {[METRIC_MODULES] = "Modules",
                        [METRIC_DEPLOYMENTS] = "Deployments",
                        [METRIC_API_REQUESTS] = "API requests",
                        [METRIC_BANDWIDTH] = "Bandwidth",
                        [METRIC_BUILD_MINUTES] = "Build minutes",
                        [METRIC_COLLABORATORS] = "Collaborators",
                        [METRIC_STORAGE] = "Storage"},
            .intervals = {[INTERVAL_MONTH] = "monthly", [INTERVAL_YEAR] = "annual"},
        },
    [LANGUAGE_DE] =
        {
            .name = "de",
            .group = ".",
            .point = ",",
            .is_sign_first = false,
            .after_day = ". ",
            .after_time = " Uhr UTC",
            .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                       "September", "Oktober", "November", "Dezember"},
            .metrics = {[METRIC_MODULES] = "Module",
                        [METRIC_DEPLOYMENTS] = "Deployments",
                        [METRIC_API_REQUESTS] = "API-Anfragen",
                        [METRIC_BANDWIDTH] = "Datenverkehr",
                        [METRIC_BUILD_MINUTES] = "Build-Minuten",
                        [METRIC_COLLABORATORS] = "Mitarbeitende",
                        [METRIC_STORAGE] = "Speicher"},
            .intervals = {[INTERVAL_MONTH] = "monatlich", [INTERVAL_YEAR] = "jährlich"},
        },
};

static const struct {
    struct currency currency;
    const char *sign;
} signs[] = {{{"usd"}, "$"}, {{"eur"}, "€"}, {{"gbp"}, "£"}, {{"jpy"}, "¥"}};

static const struct locale *locale_of(enum language language) {
    check((unsigned)language < LANGUAGE_COUNT);
    return &locales[language];
}

const char *language_name(enum language language) {
    return locale_of(language)->name;
}

bool language_parse(struct str text, enum language *ret_language) {
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (str_equal(text, str_from_cstr(locales[i].name))) {
            *ret_language = (enum language)i;
            return true;
        }
    }
    return false;
}

static void add(struct text *text, const char *part) {
    check(part != NULL);
    text_str(text, str_from_cstr(part));
}

/* --- numbers --- */

static void add_grouped(struct text *text, const struct locale *locale, int64_t value) {
    int64_t unit = 1;
    check(value >= 0);
    while (value / unit >= 1000) {
        unit *= 1000;
    }
    check(value / unit < 1000);
    text_number(text, value / unit, 1);
    for (unit /= 1000; unit > 0; unit /= 1000) {
        add(text, locale->group);
        text_number(text, value / unit % 1000, 3);
    }
}

/* The sign is taken off first: amounts lie far within the range. */
static int64_t add_sign(struct text *text, int64_t value) {
    check(value > INT64_MIN);
    if (value < 0) {
        add(text, "-");
    }
    return value < 0 ? -value : value;
}

void locale_count(struct text *text, enum language language, int64_t count) {
    add_grouped(text, locale_of(language), add_sign(text, count));
}

/* --- money --- */

static const char *sign_of(struct currency currency) {
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (currency_equal(signs[i].currency, currency)) {
            return signs[i].sign;
        }
    }
    return NULL;
}

static void add_code(struct text *text, struct currency currency) {
    for (const char *c = currency.code; *c != '\0'; c++) {
        check(*c >= 'a');
        check(*c <= 'z'); /* as currency_parse has it */
        char upper = (char)(*c - 'a' + 'A');
        text_str(text, str_of(&upper, 1));
    }
}

static void add_amount(struct text *text, const struct locale *locale, int64_t minor, int digits) {
    int64_t unit = 1;
    check(minor >= 0);
    check(digits >= 0);
    check(digits <= 4);
    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    add_grouped(text, locale, minor / unit);
    if (digits > 0) {
        add(text, locale->point);
        text_number(text, minor % unit, digits);
    }
}

void locale_money(struct text *text, enum language language, struct money money) {
    check(money_is_valid(money));
    const struct locale *locale = locale_of(language);
    const char *sign = sign_of(money.currency);
    int64_t minor = add_sign(text, money.minor);
    if (locale->is_sign_first && sign != NULL) {
        add(text, sign);
    } else if (locale->is_sign_first) {
        add_code(text, money.currency);
        add(text, NBSP);
    }
    add_amount(text, locale, minor, currency_exponent(money.currency));
    if (!locale->is_sign_first) {
        add(text, NBSP);
        if (sign != NULL) {
            add(text, sign);
        } else {
            add_code(text, money.currency);
        }
    }
}

/* --- quantities --- */

enum { SECONDS_A_MINUTE = 60 };

static void add_tenths(struct text *text, const struct locale *locale, int64_t value,
                       int64_t unit) {
    check(value >= 0);
    check(unit >= 10);
    int64_t tenth = value % unit / (unit / 10);
    check(tenth < 10);
    add_grouped(text, locale, value / unit);
    if (tenth > 0) {
        add(text, locale->point);
        text_number(text, tenth, 1);
    }
}

static void add_bytes(struct text *text, const struct locale *locale, int64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    int64_t unit = 1;
    size_t at = 0;
    check(bytes >= 0);
    while (at + 1 < ARRAY_LEN(units) && bytes / unit >= 1000) {
        unit *= 1000;
        at++;
    }
    if (at == 0) {
        add_grouped(text, locale, bytes);
    } else {
        add_tenths(text, locale, bytes, unit);
    }
    add(text, NBSP);
    add(text, units[at]);
}

void locale_quantity(struct text *text, enum language language, enum metric metric,
                     struct quantity quantity) {
    const struct locale *locale = locale_of(language);
    int64_t amount = add_sign(text, quantity.amount);
    switch (metric) {
    case METRIC_BANDWIDTH:
    case METRIC_STORAGE:
        add_bytes(text, locale, amount);
        return;
    case METRIC_BUILD_MINUTES:
        add_tenths(text, locale, amount, SECONDS_A_MINUTE);
        return;
    case METRIC_MODULES:
    case METRIC_DEPLOYMENTS:
    case METRIC_API_REQUESTS:
    case METRIC_COLLABORATORS:
        add_grouped(text, locale, amount);
        return;
    }
    check(false);
}

/* --- time --- */

void locale_date(struct text *text, enum language language, struct instant instant) {
    check(instant_is_valid(instant));
    const struct locale *locale = locale_of(language);
    struct civil civil = civil_from_ms(instant.ms);
    check(civil.month >= 1);
    check(civil.month <= 12);
    check(civil.day >= 1);
    check(civil.day <= 31);
    text_number(text, civil.day, 1);
    add(text, locale->after_day);
    add(text, locale->months[civil.month - 1]);
    add(text, " ");
    text_number(text, civil.year, 1);
}

void locale_instant(struct text *text, enum language language, struct instant instant) {
    locale_date(text, language, instant);
    struct civil civil = civil_from_ms(instant.ms);
    check(civil.hour < 24);
    check(civil.minute < 60);
    add(text, ", ");
    text_number(text, civil.hour, 2);
    add(text, ":");
    text_number(text, civil.minute, 2);
    add(text, locale_of(language)->after_time);
}

/* --- words --- */

const char *locale_metric(enum language language, enum metric metric) {
    check((unsigned)metric < METRIC_COUNT);
    return locale_of(language)->metrics[metric];
}

const char *locale_interval(enum language language, enum interval interval) {
    check((unsigned)interval < INTERVAL_COUNT);
    return locale_of(language)->intervals[interval];
}
