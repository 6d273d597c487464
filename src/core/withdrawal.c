#include "core/withdrawal.h"

#include "base/check.h"
#include "base/int128.h"

static const struct words {
    const char *i_withdraw, *every[INTERVAL_COUNT], *of, *number, *name, *receipt;
} all_words[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = {.i_withdraw = "I withdraw from my contract for the plan ",
                     .every = {[INTERVAL_MONTH] = " (monthly)", [INTERVAL_YEAR] = " (annual)"},
                     .of = ", which I concluded on ",
                     .number = ". Subscription: ",
                     .name = ". Name: ",
                     .receipt = ". Confirmation to: "},
    [LANGUAGE_DE] = {.i_withdraw = "Ich widerrufe meinen Vertrag über den Tarif ",
                     .every = {[INTERVAL_MONTH] = " (monatlich)", [INTERVAL_YEAR] = " (jährlich)"},
                     .of = ", den ich geschlossen habe am ",
                     .number = ". Abonnement: ",
                     .name = ". Name: ",
                     .receipt = ". Bestätigung an: "},
};

static void add(struct text *text, const char *part) {
    text_str(text, str_from_cstr(part));
}

void withdrawal_statement(struct text *text, enum language language,
                          const struct withdrawal_facts *facts) {
    check((unsigned)language < LANGUAGE_COUNT);
    check((unsigned)facts->interval < INTERVAL_COUNT);
    check(facts->plan != NULL);
    const struct words *words = &all_words[language];
    add(text, words->i_withdraw);
    add(text, facts->plan->name);
    add(text, words->every[facts->interval]);
    add(text, words->of);
    locale_date(text, language, facts->bought_at);
    add(text, words->number);
    text_str(text, facts->subscription_id);
    add(text, words->name);
    text_str(text, facts->name);
    add(text, words->receipt);
    text_str(text, facts->email);
    check(text_fits(text));
}

int64_t withdrawal_kept(const struct withdrawal_line *line, struct instant at) {
    int64_t whole = line->period.end.ms - line->period.start.ms;
    int64_t gone = at.ms - line->period.start.ms;
    if (whole <= 0 || gone >= whole) {
        return line->total;
    }
    return gone <= 0 ? 0 : (int64_t)((i128)line->total * gone / whole);
}

const char *withdrawal_status_name(enum withdrawal_status status) {
    static const char *const names[WITHDRAWAL_STATUS_COUNT] = {"ending", "paying_back", "done",
                                                               "refused", "unpaid"};
    check((unsigned)status < WITHDRAWAL_STATUS_COUNT);
    return names[status];
}
