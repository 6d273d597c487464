/* The plans as cards, each with its price by month and by year, and the button that knows who is
 * looking. Both prices are in the page; which is seen, the choice of the interval decides by style
 * alone (ui/src/styles/pricing.css). */
#include "api/pricing.h"

#include <string.h>

#include "api/html.h"
#include "api/pdf_text.h"
#include "base/check.h"

const char *const pricing_by[INTERVAL_COUNT] = {"by-month", "by-year"};

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

/* --- texts --- */

struct str pricing_money(const struct pricing_view *view, struct money money) {
    return pdf_money(view->arena, view->language, money);
}

/* "29.00" is cut out before the sign that may follow it: "29,00 €". */
struct str pricing_tag(const struct pricing_view *view, struct money money) {
    struct str text = pricing_money(view, money);
    int digits = currency_exponent(money.currency);
    int64_t unit = 1;
    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    if (digits == 0 || money.minor % unit != 0) {
        return text;
    }
    size_t end = text.len;
    while (end > 0 && (text.bytes[end - 1] < '0' || text.bytes[end - 1] > '9')) {
        end--;
    }
    size_t point = end - (size_t)digits - 1;
    check(point < end);
    return arena_printf(view->arena, STR_FMT STR_FMT, STR_ARG(str_first(text, point)),
                        STR_ARG(str_skip(text, end)));
}

struct str pricing_number(const struct pricing_view *view, int64_t number) {
    char bytes[LOCALE_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    locale_count(&text, view->language, number);
    return arena_str(view->arena, str_of(bytes, text.len));
}

struct str pricing_quantity(const struct pricing_view *view, enum metric metric,
                            struct quantity quantity) {
    char bytes[LOCALE_TEXT_SIZE];
    struct text text;
    text_init(&text, bytes, sizeof bytes);
    locale_quantity(&text, view->language, metric, quantity);
    struct str number = str_of(bytes, text.len);
    return metric == METRIC_BUILD_MINUTES ? arena_printf(view->arena, STR_FMT "\xC2\xA0%s",
                                                         STR_ARG(number), view->words->minutes)
                                          : arena_str(view->arena, number);
}

struct str pricing_plan_name(const struct plan *plan) {
    return str_from_cstr(plan->name);
}

void pricing_add_icon(struct buf *page, const char *name) {
    static const struct {
        const char *name, *path;
    } icons[] = {
        {"check", "M3.5 8.5l3 3 6-7"},
        {"clock", "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2 1.3"},
        {"minus", "M4 8h8"},
        {"warning", "M8 2.5l6 11H2zM8 7v3M8 11.7v.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(icons); i++) {
        if (strcmp(icons[i].name, name) == 0) {
            buf_printf(page,
                       "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" "
                       "aria-hidden=\"true\" focusable=\"false\"><path d=\"%s\"></path></svg>",
                       icons[i].path);
        }
    }
}

/* --- the choice of the interval --- */

static int greatest_saving(const struct pricing_view *view) {
    int percent = 0;
    for (int t = 0; t < TIER_COUNT; t++) {
        struct price_comparison price;
        if (price_compare(view->shown[t], &price) && price.saving_percent > percent) {
            percent = price.saving_percent;
        }
    }
    return percent;
}

static void add_interval(const struct pricing_view *view, enum interval interval, const char *words,
                         struct buf *page) {
    buf_printf(page,
               "<label class=\"segment\"><input type=\"radio\" name=\"interval\" value=\"%s\" "
               "id=\"%s\" autocomplete=\"off\"%s%s><span>%s",
               interval_name(interval), pricing_by[interval],
               view->interval == interval ? " checked" : "",
               interval == INTERVAL_MONTH ? " data-default" : "", words);
    int saving = greatest_saving(view);
    if (interval == INTERVAL_YEAR && saving > 0) {
        add(page, "<span class=\"saving\">");
        HTML_FILL(page, view->words->save, pricing_number(view, saving));
        add(page, "</span>");
    }
    add(page, "</span></label>");
}

static void add_intervals(const struct pricing_view *view, struct buf *page) {
    buf_printf(page,
               "<div class=\"interval-row\"><fieldset class=\"segmented\">"
               "<legend class=\"visually-hidden\">%s</legend>",
               view->words->interval);
    add_interval(view, INTERVAL_MONTH, view->words->monthly, page);
    add_interval(view, INTERVAL_YEAR, view->words->yearly, page);
    add(page, "</fieldset></div>");
}

/* --- prices --- */

static bool is_held(const struct pricing_view *view, const struct plan *plan) {
    return view->has_subscription && view->subscription.row.tier == (int)plan->tier;
}

static void add_price_of(const struct pricing_view *view, const struct price_comparison *price,
                         enum interval interval, struct buf *page) {
    const struct pricing_words *words = view->words;
    bool is_year = interval == INTERVAL_YEAR;
    buf_printf(page, "<div class=\"%s\"><p class=\"price-amount\">", pricing_by[interval]);
    html_add(page, pricing_tag(view, is_year ? price->year_by_month : price->month));
    buf_printf(page, " <span class=\"price-unit\">%s</span></p><p class=\"price-note\">",
               words->per_month);
    if (money_is_zero(price->month) && money_is_zero(price->year)) {
        add(page, words->for_ever);
    } else if (is_year) {
        HTML_FILL(page, words->billed_yearly, pricing_money(view, price->year),
                  pricing_money(view, price->saving));
    } else {
        HTML_FILL(page, words->billed_monthly, pricing_money(view, price->year));
    }
    add(page, "</p></div>");
}

static void add_price(const struct pricing_view *view, const struct plan *plan, struct buf *page) {
    const struct pricing_words *words = view->words;
    struct price_comparison price;
    bool is_own = is_held(view, plan) && view->is_by_contract;
    add(page, "<div class=\"price\">");
    if (!is_own && price_compare(plan, &price)) {
        add_price_of(view, &price, INTERVAL_MONTH, page);
        add_price_of(view, &price, INTERVAL_YEAR, page);
    } else {
        buf_printf(page,
                   "<p class=\"price-amount by-contract\">%s</p><p class=\"price-note\">%s</p>",
                   words->by_contract, is_own ? words->your_contract : words->by_contract_note);
    }
    add(page, "</div>");
}

/* What is different for whoever holds an earlier version, or has not bought yet. */
static void add_notes(const struct pricing_view *view, const struct plan *plan, struct buf *page) {
    const struct plan *sold = catalogue_plan(view->catalogue, plan->tier);
    if (is_held(view, plan) && view->is_legacy) {
        struct money own;
        struct money now;
        enum interval interval = (enum interval)view->subscription.row.interval;
        add(page, "<p class=\"inline-note tone-neutral\">");
        if (price_of(plan, interval, &own) && price_of(sold, interval, &now) &&
            !money_equal(own, now)) {
            HTML_FILL(page, view->words->your_price, pricing_money(view, now));
        } else {
            add(page, view->words->your_terms);
        }
        add(page, "</p>");
    }
    if (plan->trial_days > 0 && !view->has_subscription) {
        add(page, "<p class=\"inline-note tone-good\">");
        HTML_FILL(page, view->words->trial, pricing_number(view, plan->trial_days));
        add(page, "</p>");
    }
}

/* --- the button --- */

enum offer {
    OFFER_START,
    OFFER_CURRENT,
    OFFER_UPGRADE,
    OFFER_DOWNGRADE,
    OFFER_SWITCH,
    OFFER_PENDING,
    OFFER_CONTACT,
};

/* Of what is theirs already: another interval, where it has two. */
static enum offer offer_of_held(const struct pricing_view *view, const struct plan *plan,
                                enum interval interval) {
    bool has_prices = !price_is_free(plan) && !price_is_contract(plan) && !view->is_by_contract;
    return has_prices && view->subscription.row.interval != (int)interval ? OFFER_SWITCH
                                                                          : OFFER_CURRENT;
}

static enum offer offer_of(const struct pricing_view *view, const struct plan *plan,
                           enum interval interval) {
    const struct subscription_view *held = &view->subscription;
    if (!view->has_subscription) {
        return price_is_contract(plan) ? OFFER_CONTACT : OFFER_START;
    }
    if (is_held(view, plan)) {
        return offer_of_held(view, plan, interval);
    }
    if (held->has_pending_change && held->pending_tier == plan->tier) {
        return OFFER_PENDING;
    }
    if (price_is_contract(plan)) {
        return OFFER_CONTACT;
    }
    if ((int)plan->tier > held->row.tier) {
        return OFFER_UPGRADE;
    }
    return price_is_free(plan) && held->row.cancel_at_period_end ? OFFER_PENDING : OFFER_DOWNGRADE;
}

static void add_settled(const char *icon, const char *words, const char *by, struct buf *page) {
    buf_printf(page, "<p class=\"button settled%s\">", by);
    pricing_add_icon(page, icon);
    buf_printf(page, "%s</p>", words);
}

/* Straight to the change, with the choice in the address; a stranger signs in on the way. */
static struct str address_of(const struct pricing_view *view, const struct plan *plan,
                             enum interval interval) {
    const char *tier = tier_name(plan->tier);
    bool is_stranger = !view->has_subscription;
    if (price_is_free(plan)) {
        return arena_printf(
            view->arena, is_stranger ? "/sign-in?next=%%2Fbilling%%3Fto%%3D%s" : "/billing?to=%s",
            tier);
    }
    return arena_printf(view->arena,
                        is_stranger ? "/sign-in?next=%%2Fbilling%%3Fto%%3D%s%%26interval%%3D%s"
                                    : "/billing?to=%s&amp;interval=%s",
                        tier, interval_name(interval));
}

struct link {
    const char *look;
    struct str address;
    const char *words;
    struct str name; /* bytes NULL: the words take none */
};

static void add_link(const struct pricing_view *view, const struct link *link, struct buf *page) {
    buf_printf(page, "<a class=\"button %s\" href=\"" STR_FMT "\"%s>", link->look,
               STR_ARG(link->address), view->is_embedded ? " target=\"_top\"" : "");
    if (link->name.bytes != NULL) {
        HTML_FILL(page, link->words, link->name);
    } else {
        add(page, link->words);
    }
    add(page, "</a>");
}

static struct link link_of(const struct pricing_view *view, const struct plan *plan,
                           enum interval interval, enum offer offer) {
    const struct pricing_words *words = view->words;
    struct link link = {"primary", address_of(view, plan, interval), words->start,
                        pricing_plan_name(plan)};
    switch (offer) {
    case OFFER_CONTACT:
        return (struct link){"plain", STR("/contract"), words->contact, {NULL, 0}};
    case OFFER_SWITCH:
        return (struct link){"primary", link.address, words->switch_to[interval], {NULL, 0}};
    case OFFER_UPGRADE:
        link.words = words->upgrade;
        break;
    case OFFER_DOWNGRADE:
        link.words = words->downgrade;
        break;
    case OFFER_START:
    case OFFER_CURRENT:
    case OFFER_PENDING:
        break;
    }
    link.look = offer == OFFER_DOWNGRADE || price_is_free(plan) ? "plain" : "primary";
    return link;
}

/* `by`: " by-month", or nothing where it is the same for both. */
static void add_offer(const struct pricing_view *view, const struct plan *plan,
                      enum interval interval, const char *by, struct buf *page) {
    const enum offer offer = offer_of(view, plan, interval);
    if (offer == OFFER_CURRENT) {
        add_settled("check", view->words->is_current, by, page);
    } else if (offer == OFFER_PENDING) {
        add_settled("clock", view->words->is_pending, by, page);
    } else if (!view->has_subscription || view->may_change) {
        struct link link = link_of(view, plan, interval, offer);
        link.look = arena_printf(view->arena, "%s%s", link.look, by).bytes;
        add_link(view, &link, page);
    }
}

static void add_offers(const struct pricing_view *view, const struct plan *plan, struct buf *page) {
    bool is_same = price_is_free(plan) || price_is_contract(plan) ||
                   (is_held(view, plan) && view->is_by_contract);
    if (is_same) {
        add_offer(view, plan, INTERVAL_MONTH, "", page);
        return;
    }
    add_offer(view, plan, INTERVAL_MONTH, " by-month", page);
    add_offer(view, plan, INTERVAL_YEAR, " by-year", page);
}

/* --- what it gives --- */

static void add_limits(const struct pricing_view *view, const struct plan *plan, struct buf *page) {
    add(page, "<dl class=\"plan-limits\">");
    for (int m = 0; m < METRIC_COUNT; m++) {
        const struct limit limit = plan->limits[m];
        if (limit.kind == LIMIT_TRACKED) {
            continue;
        }
        buf_printf(page, "<div><dt>%s</dt><dd>", locale_metric(view->language, (enum metric)m));
        html_add(page, limit.kind == LIMIT_COUNT
                           ? pricing_quantity(view, (enum metric)m, limit.amount)
                       : limit.kind == LIMIT_UNLIMITED ? str_from_cstr(view->words->unlimited)
                                                       : str_from_cstr(view->words->by_contract));
        add(page, "</dd></div>");
    }
    add(page, "</dl>");
}

static void add_item(struct buf *page, struct str text) {
    add(page, "<li>");
    pricing_add_icon(page, "check");
    html_add(page, text);
    add(page, "</li>");
}

/* Those that the plan before has not. */
static void add_features(const struct pricing_view *view, const struct plan *plan,
                         struct buf *page) {
    const struct plan *before = plan->tier == TIER_FREE ? NULL : view->shown[plan->tier - 1];
    const struct feature_set old = before == NULL ? (struct feature_set){0} : before->features;
    const struct feature_set new = feature_set_without(plan->features, old);
    add(page, "<p class=\"plan-features-title\">");
    if (before != NULL) {
        HTML_FILL(page, view->words->everything_in, pricing_plan_name(before));
    } else {
        add(page, view->words->includes);
    }
    add(page, "</p><ul class=\"plan-features\">");
    for (size_t i = 0; i < view->catalogue->feature_count; i++) {
        const struct feature *feature = &view->catalogue->features[i];
        if ((new.bits >> i & 1) != 0) {
            add_item(page, pricing_name(view->language, feature->name, feature->title));
        }
    }
    struct str support = pricing_name(view->language, plan->support, plan->support);
    add(page, "<li>");
    pricing_add_icon(page, "check");
    HTML_FILL(page, view->words->support, support);
    add(page, "</li></ul>");
}

static void add_badge(struct buf *page, const char *tone, const char *words) {
    buf_printf(page, "<span class=\"badge tone-%s\">%s</span>", tone, words);
}

static void add_plan(const struct pricing_view *view, const struct plan *plan, struct buf *page) {
    const struct pricing_words *words = view->words;
    const struct subscription_view *held = &view->subscription;
    const char *tier = tier_name(plan->tier);
    bool is_current = is_held(view, plan);
    buf_printf(page,
               "<li class=\"plan%s%s\"><article aria-labelledby=\"plan-%s\">"
               "<header class=\"plan-head\"><h3 id=\"plan-%s\">",
               is_current ? " is-current" : "", price_is_contract(plan) ? " is-contract" : "", tier,
               tier);
    html_add(page, pricing_plan_name(plan));
    add(page, "</h3>");
    if (is_current) {
        add_badge(page, "good", words->current);
    }
    if (!is_current && view->emphasis != TIER_FREE && view->emphasis == plan->tier) {
        add_badge(page, "good", words->recommended);
    }
    if (is_current && view->is_legacy) {
        add_badge(page, "neutral", words->legacy);
    }
    if (view->has_subscription && held->has_pending_change && held->pending_tier == plan->tier) {
        add_badge(page, "neutral", words->next_plan);
    }
    buf_printf(page, "</header><p class=\"plan-tagline\">%s</p>", words->taglines[plan->tier]);
    add_price(view, plan, page);
    add_notes(view, plan, page);
    add_offers(view, plan, page);
    add_limits(view, plan, page);
    add_features(view, plan, page);
    add(page, "</article></li>");
}

void pricing_add_plans(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    add_intervals(view, page);
    if (view->has_subscription && !view->may_change) {
        buf_printf(page, "<p class=\"fine-print\">%s</p>", words->only_looks);
    }
    buf_printf(page, "<h2 class=\"visually-hidden\">%s</h2><ul class=\"plans\">", words->plans);
    for (int t = 0; t < TIER_COUNT; t++) {
        add_plan(view, view->shown[t], page);
    }
    buf_printf(page, "</ul><div class=\"fine-print\"><p>%s</p><p>", words->margin);
    char code[sizeof view->catalogue->currency.code];
    for (size_t i = 0; i < sizeof code; i++) {
        char letter = view->catalogue->currency.code[i];
        code[i] = letter == '\0' ? '\0' : (char)(letter - 'a' + 'A');
    }
    HTML_FILL(page, words->currency, str_from_cstr(code));
    add(page, "</p>");
    if (view->disclosure.len > 0) {
        add(page, "<p>");
        html_add(page, view->disclosure);
        add(page, "</p>");
    }
    if (view->has_changed) {
        add(page, "<p>");
        HTML_FILL(page, words->changed, pdf_day(view->arena, view->language, view->changed_at));
        add(page, "</p>");
    }
    add(page, "</div>");
}
