#include "core/renewal.h"

#include "base/check.h"

static const struct words {
    const char *renews, *every[INTERVAL_COUNT], *at;
    const char *tax, *less, *while_it_lasts;
    const char *first, *until;
    const char *early, *days, *early_end;
} all_words[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] =
        {
            .renews = " renews ",
            .every = {[INTERVAL_MONTH] = "every month", [INTERVAL_YEAR] = "every year"},
            .at = " for ",
            .tax = " plus tax",
            .less = ", less what the coupon ",
            .while_it_lasts = " takes off while it lasts",
            .first = ", for the first time on ",
            .until = ", until you cancel. You can cancel online at any time, under “Billing” with "
                     "“Cancel plan”: the plan then ends with the period that is paid.",
            .early = "I ask for ",
            .days = " to begin at once, within the ",
            .early_end = " days in which I may withdraw from the contract. If I withdraw, I pay "
                         "for the time until then.",
        },
    [LANGUAGE_DE] =
        {
            .renews = " verlängert sich ",
            .every = {[INTERVAL_MONTH] = "jeden Monat", [INTERVAL_YEAR] = "jedes Jahr"},
            .at = " für ",
            .tax = " zuzüglich Steuern",
            .less = ", abzüglich des Nachlasses durch den Gutschein ",
            .while_it_lasts = ", solange er gilt",
            .first = ", erstmals am ",
            .until = ", bis du kündigst. Kündigen kannst du jederzeit online, unter „Abrechnung“ "
                     "mit „Tarif kündigen“: Der Tarif endet dann mit dem bezahlten Zeitraum.",
            .early = "Ich verlange, dass ",
            .days = " sofort beginnt, innerhalb der ",
            .early_end = " Tage, in denen ich den Vertrag widerrufen kann. Wenn ich widerrufe, "
                         "bezahle ich die Zeit bis dahin.",
        },
};

static const struct words *words_of(enum language language) {
    check((unsigned)language < LANGUAGE_COUNT);
    return &all_words[language];
}

static void add(struct text *text, const char *part) {
    text_str(text, str_from_cstr(part));
}

void renewal_sentence(struct text *text, enum language language, const struct renewal *renewal) {
    const struct words *words = words_of(language);
    check(renewal->plan != NULL);
    check((unsigned)renewal->interval < INTERVAL_COUNT);
    add(text, renewal->plan->name);
    add(text, words->renews);
    add(text, words->every[renewal->interval]);
    add(text, words->at);
    locale_money(text, language, renewal->price);
    if (renewal->is_taxed) {
        add(text, words->tax);
    }
    if (renewal->coupon != NULL) {
        add(text, words->less);
        add(text, renewal->coupon->code);
        add(text, words->while_it_lasts);
    }
    add(text, words->first);
    locale_date(text, language, renewal->first_at);
    add(text, words->until);
    check(text_fits(text));
}

void renewal_early_start(struct text *text, enum language language, const struct plan *plan,
                         int days) {
    const struct words *words = words_of(language);
    check(plan != NULL);
    check(days > 0);
    add(text, words->early);
    add(text, plan->name);
    add(text, words->days);
    text_number(text, days, 1);
    add(text, words->early_end);
    check(text_fits(text));
}
