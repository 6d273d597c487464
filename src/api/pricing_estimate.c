/* The calculator: what is expected of each metric, and what that comes to with every plan
 * (core/estimate.h). Without a script it is a form; the script adds sliders, and asks for this part
 * anew whenever an amount changes, so that no arithmetic is done twice. */
#include "api/pricing.h"

#include "api/html.h"

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

static struct str name_of(const struct pricing_view *view, int metric) {
    return str_from_cstr(locale_metric(view->language, (enum metric)metric));
}

/* --- what is expected --- */

/* What the amount is counted in, behind the field. */
static const char *sign_of(const struct pricing_view *view, enum metric metric) {
    switch (metric) {
    case METRIC_BANDWIDTH:
    case METRIC_STORAGE:
        return "GB";
    case METRIC_BUILD_MINUTES:
        return view->words->minutes;
    case METRIC_MODULES:
    case METRIC_DEPLOYMENTS:
    case METRIC_API_REQUESTS:
    case METRIC_COLLABORATORS:
        break;
    }
    return "";
}

/* How far the slider goes: ten times what the largest plan with a limit allows. */
static int64_t slider_max(const struct pricing_view *view, enum metric metric) {
    enum { TIMES = 10, OTHERWISE = 10000 };
    const int64_t scale = pricing_unit(metric)->scale;
    int64_t most = 0;
    for (int t = 0; t < TIER_COUNT; t++) {
        const struct limit limit = catalogue_plan(view->catalogue, (enum tier)t)->limits[metric];
        if (limit_is_bounded(limit) && limit.amount.amount / scale > most) {
            most = limit.amount.amount / scale;
        }
    }
    int64_t max = pricing_unit_max(metric);
    most = most == 0 ? OTHERWISE : most;
    return most < max / TIMES ? most * TIMES : max;
}

static void add_row(const struct pricing_view *view, enum metric metric, struct buf *page) {
    const struct pricing_unit *unit = pricing_unit(metric);
    bool is_bad = (view->bad >> metric & 1) != 0;
    struct str typed = pricing_typed(view->arena, metric, view->use.amounts[metric]);
    const struct pricing_words *words = view->words;
    buf_printf(page,
               "<div class=\"calc-row\" data-max=\"%lld\"><label for=\"use-%s\">%s "
               "<span class=\"muted\">%s</span></label><span class=\"calc-slide\"></span>"
               "<span class=\"calc-field\"><input type=\"number\" id=\"use-%s\" name=\"%s\" "
               "inputmode=\"%s\" min=\"0\" max=\"%lld\" step=\"%s\" value=\"",
               (long long)slider_max(view, metric), unit->parameter,
               locale_metric(view->language, metric),
               metric_kind(metric) == METRIC_COUNTER ? words->a_month_unit : words->at_a_time_unit,
               unit->parameter, unit->parameter, unit->digits > 0 ? "decimal" : "numeric",
               (long long)pricing_unit_max(metric), unit->digits > 0 ? "any" : "1");
    html_add(page, is_bad ? STR("") : typed);
    buf_printf(page, "\" autocomplete=\"off\"%s%s><span class=\"muted\">%s</span></span></div>",
               is_bad ? " aria-invalid=\"true\"" : "",
               is_bad ? " aria-describedby=\"estimate-problem\"" : "", sign_of(view, metric));
}

static void add_preset(const struct pricing_view *view, struct str query, const char *words,
                       struct buf *page) {
    buf_printf(page, "<a class=\"button plain small\" data-start href=\"?%s",
               view->interval == INTERVAL_YEAR ? "interval=year&amp;" : "");
    html_add(page, query);
    buf_printf(page, "#calculator\">%s</a> ", words);
}

static void add_presets(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    buf_printf(page, "<p class=\"calc-start\"><span>%s</span> ", words->start_from);
    for (int i = 0; i < PRICING_PRESETS; i++) {
        add_preset(view, pricing_query_of(view->arena, pricing_preset(i)), words->presets[i], page);
    }
    if (view->has_subscription) {
        add_preset(view, STR("use=mine"), words->mine, page);
    }
    add(page, "</p>");
    if (view->is_mine) {
        buf_printf(page, "<p class=\"hint\">%s</p>", words->mine_note);
    }
}

/* --- what it comes to --- */

static void add_problems(const struct pricing_view *view, struct buf *page) {
    add(page, "<div id=\"estimate-problem\" class=\"inline-note tone-warning\" role=\"alert\">");
    for (int m = 0; m < METRIC_COUNT; m++) {
        if ((view->bad >> m & 1) != 0) {
            buf_printf(page, "<p data-bad=\"%s\">", pricing_unit((enum metric)m)->parameter);
            HTML_FILL(page, view->words->bad_amount, name_of(view, m),
                      pricing_number(view, pricing_unit_max((enum metric)m)));
            add(page, "</p>");
        }
    }
    add(page, "</div>");
}

static void add_verdict(const struct pricing_view *view, const struct estimate *estimate,
                        struct buf *page) {
    const struct pricing_words *words = view->words;
    const struct estimate_plan *best = &estimate->plans[estimate->cheapest];
    add(page, "<p class=\"verdict\">");
    if (!best->is_cheapest[INTERVAL_MONTH]) {
        add(page, words->verdict_none);
    } else if (!best->is_priced) {
        HTML_FILL(page, words->verdict_contract, pricing_plan_name(best->plan));
    } else {
        HTML_FILL(page, words->verdict, pricing_plan_name(best->plan),
                  pricing_money(view, best->price.month), pricing_money(view, best->price.year));
    }
    add(page, "</p>");
}

/* What binds first, and where the next plan begins; when a year pays off. */
static void add_reasons(const struct pricing_view *view, const struct estimate *estimate,
                        struct buf *page) {
    const struct pricing_words *words = view->words;
    const struct estimate_plan *best = &estimate->plans[estimate->cheapest];
    if (estimate->has_tightest) {
        const struct limit limit = best->plan->limits[estimate->tightest];
        add(page, "<p>");
        HTML_FILL(page, words->binds, name_of(view, (int)estimate->tightest),
                  pricing_number(view, best->percents[estimate->tightest]));
        if (estimate->has_next) {
            add(page, " ");
            HTML_FILL(page, words->binds_next,
                      pricing_quantity(view, estimate->tightest, limit.amount),
                      pricing_plan_name(catalogue_plan(view->catalogue, estimate->next)));
        }
        add(page, "</p>");
    }
    if (best->is_priced && best->price.months_to_pay_off > 0) {
        add(page, "<p>");
        HTML_FILL(page, words->year_saves, pricing_money(view, best->price.saving),
                  pricing_number(view, best->price.saving_percent));
        HTML_FILL(page, words->year_pays_off, pricing_number(view, best->price.months_to_pay_off));
        add(page, "</p>");
    }
}

static void add_line(const struct pricing_view *view, const struct estimate_plan *of, int metric,
                     struct buf *page) {
    const struct pricing_words *words = view->words;
    struct str amount = pricing_quantity(view, (enum metric)metric, view->use.amounts[metric]);
    struct str limit = pricing_quantity(view, (enum metric)metric, of->plan->limits[metric].amount);
    buf_printf(page, "<div%s><dt>", of->fits[metric] == ESTIMATE_EXCEEDED ? " class=\"over\"" : "");
    html_add(page, name_of(view, metric));
    add(page, "</dt><dd>");
    switch (of->fits[metric]) {
    case ESTIMATE_EXCEEDED:
        pricing_add_icon(page, "warning");
        HTML_FILL(page, words->line_exceeded, amount, limit);
        break;
    case ESTIMATE_WITHIN:
        HTML_FILL(page, words->line_limit, amount, limit);
        add(page, " ");
        HTML_FILL(page, words->line, pricing_number(view, of->percents[metric]));
        break;
    case ESTIMATE_UNBOUNDED:
        HTML_FILL(page, words->line_free, amount,
                  str_from_cstr(of->plan->limits[metric].kind == LIMIT_TRACKED ? words->tracked
                                                                               : words->unlimited));
        break;
    case ESTIMATE_BY_CONTRACT:
        HTML_FILL(page, words->line_free, amount, str_from_cstr(words->by_contract));
        break;
    }
    add(page, "</dd></div>");
}

static void add_plan_price(const struct pricing_view *view, const struct estimate_plan *of,
                           enum interval interval, struct buf *page) {
    bool is_year = interval == INTERVAL_YEAR;
    buf_printf(page, "<p class=\"estimate-price %s\">", pricing_by[interval]);
    html_add(page, of->is_priced ? pricing_money(view, is_year ? of->price.year : of->price.month)
                                 : str_from_cstr(view->words->by_contract));
    if (of->is_priced) {
        buf_printf(page, " <span class=\"price-unit\">%s</span>",
                   is_year ? view->words->per_year : view->words->per_month);
    }
    add(page, "</p>");
}

static void add_plan(const struct pricing_view *view, const struct estimate_plan *of,
                     struct buf *page) {
    const struct pricing_words *words = view->words;
    bool is_cheapest = of->is_cheapest[INTERVAL_MONTH];
    buf_printf(page, "<li class=\"estimate-plan%s\"><h4>", is_cheapest ? " is-current" : "");
    html_add(page, pricing_plan_name(of->plan));
    buf_printf(page, " <span class=\"badge tone-%s\">",
               is_cheapest     ? "good"
               : of->is_enough ? "neutral"
                               : "warning");
    pricing_add_icon(page, of->is_enough ? "check" : "minus");
    buf_printf(page, "%s</span></h4>",
               is_cheapest     ? words->cheapest
               : of->is_enough ? words->enough
                               : words->not_enough);
    add_plan_price(view, of, INTERVAL_MONTH, page);
    add_plan_price(view, of, INTERVAL_YEAR, page);
    add(page, "<dl>");
    for (int m = 0; m < METRIC_COUNT; m++) {
        add_line(view, of, m, page);
    }
    add(page, "</dl></li>");
}

/* The same question to the API, in the metrics' own units. */
static void add_path(const struct pricing_view *view, struct buf *page) {
    add(page, "/api/billing/plans/estimate?");
    for (int m = 0; m < METRIC_COUNT; m++) {
        buf_printf(page, "%s%s=%lld", m == 0 ? "" : "&amp;", metric_name((enum metric)m),
                   (long long)view->use.amounts[m].amount);
    }
}

static void add_estimate(const struct pricing_view *view, struct buf *page) {
    struct estimate estimate;
    estimate_of(view->catalogue, &view->use, &estimate);
    add(page, "<div id=\"estimate\" class=\"estimate\" data-path=\"");
    add_path(view, page);
    add(page, "\">");
    if (view->bad != 0) {
        add_problems(view, page);
    } else {
        add_verdict(view, &estimate, page);
        add_reasons(view, &estimate, page);
        buf_printf(page, "<h3 class=\"visually-hidden\">%s</h3><ul class=\"estimate-plans\">",
                   view->words->estimate);
        for (int t = 0; t < TIER_COUNT; t++) {
            add_plan(view, &estimate.plans[t], page);
        }
        add(page, "</ul>");
    }
    add(page, "</div>");
}

void pricing_add_calculator(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    buf_printf(page,
               "<section class=\"calc\" id=\"calculator\" aria-labelledby=\"calculator-title\">"
               "<h2 id=\"calculator-title\">%s</h2><p class=\"muted\">%s</p>",
               words->calculator, words->calculator_lead);
    add_presets(view, page);
    add(page, "<div class=\"calc-rows\">");
    for (int m = 0; m < METRIC_COUNT; m++) {
        add_row(view, (enum metric)m, page);
    }
    buf_printf(page,
               "</div><div class=\"calc-foot\" data-share=\"%s\" data-shared=\"%s\">"
               "<button class=\"button primary\">%s</button> <a href=\"",
               words->share, words->shared, words->calculate);
    add_path(view, page);
    buf_printf(page, "\">%s</a></div>", words->as_json);
    add_estimate(view, page);
    add(page, "</section>");
}
