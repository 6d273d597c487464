/* Words of the pricing page, one list a language. They are markup of ours: {} takes a value. */
#ifndef API_PRICING_WORDS_H
#define API_PRICING_WORDS_H

#include "core/catalogue.h"
#include "core/locale.h"

enum { PRICING_QUESTIONS = 6, PRICING_PRESETS = 3 };

struct pricing_words {
    const char *headline, *lead;
    /* the frame around it, as the script draws it (ui/src/components/Shell.tsx) */
    const char *skip, *nav, *pricing, *billing, *operating, *security, *sign_in, *sign_out;
    const char *signed_in_as, *looking_who, *looking_why, *test_mode, *footer, *api_link,
        *accessibility;
    /* the choice of the interval */
    const char *interval, *monthly, *yearly, *save;
    /* plans */
    const char *plans, *taglines[TIER_COUNT];
    const char *per_month, *per_year, *billed_monthly, *billed_yearly, *for_ever;
    const char *by_contract, *by_contract_note, *your_contract;
    const char *trial, *current, *recommended, *next_plan, *legacy, *your_price, *your_terms;
    const char *everything_in, *includes, *support, *only_looks;
    const char *start, *upgrade, *downgrade, *is_current, *is_pending, *contact;
    const char *switch_to[INTERVAL_COUNT];
    const char *margin, *currency, *changed;
    /* the comparison */
    const char *compare, *first_plan, *second_plan, *differences;
    const char *group_prices, *group_limits, *group_beyond, *group_features, *group_support;
    const char *a_month, *a_year, *a_year_by_month, *saving;
    const char *above_limit, *above_limit_is, *extra_charge, *none, *trial_days, *days;
    const char *support_by, *included, *not_included;
    const char *unlimited, *tracked, *monthly_amount, *amount_at_a_time;
    const char *notes_title, *note_counter, *note_gauge, *note_tracked, *note_contract;
    /* the calculator */
    const char *calculator, *calculator_lead, *start_from, *presets[PRICING_PRESETS], *mine;
    const char *mine_note, *calculate, *share, *shared, *a_month_unit, *at_a_time_unit, *minutes;
    const char *bad_amount;
    const char *estimate, *verdict, *verdict_contract, *verdict_none, *binds, *binds_next;
    const char *year_saves, *year_pays_off, *cheapest, *enough, *not_enough;
    const char *line, *line_limit, *line_free, *line_exceeded, *as_json;
    /* questions */
    const char *questions;
    struct {
        const char *question, *answer;
    } asked[PRICING_QUESTIONS];
};

const struct pricing_words *pricing_words(enum language language);

/* What the catalogue calls it, in the reader's language where there is a word for it here. */
struct str pricing_name(enum language language, const char *name, const char *title);

#endif
