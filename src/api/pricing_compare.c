/* Every plan against every other in one table. What differs alone, and on a phone two plans of all,
 * are chosen by controls that the style reads (ui/src/styles/pricing.css): no script is needed, and
 * where a browser knows no :has() all is shown. */
#include "api/pricing.h"

#include <string.h>

#include "api/html.h"

enum { GROUPS = 5, ROWS_MAX = METRIC_COUNT + CATALOGUE_FEATURES_MAX + 16 };

/* The numbers of the notes below the table. */
enum note { NOTE_NONE, NOTE_COUNTER, NOTE_GAUGE, NOTE_TRACKED, NOTE_CONTRACT, NOTE_COUNT };

enum mark { MARK_NONE, MARK_HAS, MARK_HAS_NOT };

struct cell {
    struct str text;
    enum mark mark;
    enum note note;
};

struct row {
    struct str name;
    enum note note;
    struct cell cells[TIER_COUNT];
};

static void add(struct buf *page, const char *text) {
    buf_add(page, str_from_cstr(text));
}

static struct str words_of(const char *words) {
    return str_from_cstr(words);
}

static struct str filled(const struct pricing_view *view, const char *words, struct str value) {
    struct buf text;
    buf_init(&text, view->request->api->env, LIMIT_BODY);
    struct str rest = str_from_cstr(words);
    buf_add(&text, str_cut(&rest, '{'));
    buf_add(&text, value);
    buf_add(&text, str_skip(rest, 1));
    return buf_finish_in(&text, view->arena);
}

static bool is_same(const struct row *row) {
    for (int t = 1; t < TIER_COUNT; t++) {
        if (!str_equal(row->cells[0].text, row->cells[t].text)) {
            return false;
        }
    }
    return true;
}

/* --- rows --- */

static size_t price_rows(const struct pricing_view *view, struct row *rows) {
    const struct pricing_words *words = view->words;
    rows[0].name = words_of(words->a_month);
    rows[1].name = words_of(words->a_year);
    rows[2].name = words_of(words->a_year_by_month);
    rows[3].name = words_of(words->saving);
    for (int t = 0; t < TIER_COUNT; t++) {
        struct price_comparison price = {.saving_percent = 0};
        bool is_priced = price_compare(view->shown[t], &price);
        const struct money amounts[] = {price.month, price.year, price.year_by_month, price.saving};
        for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
            rows[i].cells[t].text =
                is_priced ? pricing_money(view, amounts[i]) : words_of(words->by_contract);
        }
    }
    return 4;
}

static struct cell limit_cell(const struct pricing_view *view, enum metric metric,
                              struct limit limit) {
    const struct pricing_words *words = view->words;
    bool is_counter = metric_kind(metric) == METRIC_COUNTER;
    switch (limit.kind) {
    case LIMIT_COUNT:
    case LIMIT_CAP:
        return (struct cell){filled(view,
                                    is_counter ? words->monthly_amount : words->amount_at_a_time,
                                    pricing_quantity(view, metric, limit.amount)),
                             MARK_NONE, NOTE_NONE};
    case LIMIT_UNLIMITED:
        return (struct cell){words_of(words->unlimited), MARK_NONE, NOTE_NONE};
    case LIMIT_CONTRACT:
        return (struct cell){words_of(words->by_contract), MARK_NONE, NOTE_CONTRACT};
    case LIMIT_TRACKED:
        break;
    }
    return (struct cell){words_of(words->tracked), MARK_NONE, NOTE_TRACKED};
}

static size_t limit_rows(const struct pricing_view *view, struct row *rows) {
    for (int m = 0; m < METRIC_COUNT; m++) {
        enum metric metric = (enum metric)m;
        rows[m].name = words_of(locale_metric(view->language, metric));
        rows[m].note = metric_kind(metric) == METRIC_COUNTER ? NOTE_COUNTER : NOTE_GAUGE;
        for (int t = 0; t < TIER_COUNT; t++) {
            rows[m].cells[t] = limit_cell(view, metric, view->shown[t]->limits[m]);
        }
    }
    return METRIC_COUNT;
}

/* The margin is said once where all limits of a plan have the same, as of the widest. */
static size_t beyond_rows(const struct pricing_view *view, struct row *rows) {
    const struct pricing_words *words = view->words;
    rows[0].name = words_of(words->above_limit);
    rows[1].name = words_of(words->extra_charge);
    for (int t = 0; t < TIER_COUNT; t++) {
        int32_t percent = 0;
        for (int m = 0; m < METRIC_COUNT; m++) {
            const struct limit limit = view->shown[t]->limits[m];
            percent = limit_is_bounded(limit) && limit.soft_limit_percent > percent
                          ? limit.soft_limit_percent
                          : percent;
        }
        rows[0].cells[t].text =
            percent > 0 ? filled(view, words->above_limit_is, pricing_number(view, percent))
                        : words_of(words->by_contract);
        rows[1].cells[t].text = words_of(words->none);
    }
    return 2;
}

static size_t feature_rows(const struct pricing_view *view, struct row *rows) {
    for (size_t i = 0; i < view->catalogue->feature_count; i++) {
        const struct feature *feature = &view->catalogue->features[i];
        rows[i].name = pricing_name(view->language, feature->name, feature->title);
        for (int t = 0; t < TIER_COUNT; t++) {
            bool has = (view->shown[t]->features.bits >> i & 1) != 0;
            rows[i].cells[t] =
                (struct cell){words_of(has ? view->words->included : view->words->not_included),
                              has ? MARK_HAS : MARK_HAS_NOT, NOTE_NONE};
        }
    }
    return view->catalogue->feature_count;
}

static size_t support_rows(const struct pricing_view *view, struct row *rows) {
    const struct pricing_words *words = view->words;
    bool has_trial = false;
    rows[0].name = words_of(words->support_by);
    rows[1].name = words_of(words->trial_days);
    for (int t = 0; t < TIER_COUNT; t++) {
        const struct plan *plan = view->shown[t];
        rows[0].cells[t].text = pricing_name(view->language, plan->support, plan->support);
        rows[1].cells[t].text =
            plan->trial_days > 0 ? filled(view, words->days, pricing_number(view, plan->trial_days))
                                 : words_of(words->none);
        has_trial |= plan->trial_days > 0;
    }
    return has_trial ? 2 : 1;
}

/* --- as a table --- */

static void add_cell(const struct cell *cell, int tier, struct buf *page) {
    static const char *const classes[] = {"", "has", "has-not"};
    buf_printf(page, "<td class=\"of-%s %s\">", tier_name((enum tier)tier), classes[cell->mark]);
    if (cell->mark != MARK_NONE) {
        pricing_add_icon(page, cell->mark == MARK_HAS ? "check" : "minus");
        add(page, " ");
    }
    html_add(page, cell->text);
    if (cell->note != NOTE_NONE) {
        buf_printf(page, "<sup>%d</sup>", (int)cell->note);
    }
    add(page, "</td>");
}

static void add_group(const char *title, const struct row *rows, size_t count, struct buf *page) {
    bool is_all_same = true;
    for (size_t i = 0; i < count; i++) {
        is_all_same &= is_same(&rows[i]);
    }
    buf_printf(page,
               "<tbody%s><tr class=\"group\"><th scope=\"rowgroup\" colspan=\"%d\">%s</th></tr>",
               is_all_same ? " class=\"same\"" : "", TIER_COUNT + 1, title);
    for (size_t i = 0; i < count; i++) {
        buf_printf(page, "<tr%s><th scope=\"row\">", is_same(&rows[i]) ? " class=\"same\"" : "");
        html_add(page, rows[i].name);
        if (rows[i].note != NOTE_NONE) {
            buf_printf(page, "<sup>%d</sup>", (int)rows[i].note);
        }
        add(page, "</th>");
        for (int t = 0; t < TIER_COUNT; t++) {
            add_cell(&rows[i].cells[t], t, page);
        }
        add(page, "</tr>");
    }
    add(page, "</tbody>");
}

static void add_pick(const struct pricing_view *view, int index, struct buf *page) {
    static const char *const names[] = {"first", "second"};
    const int defaults[] = {TIER_STARTER, TIER_PROFESSIONAL};
    buf_printf(page, "<label><span>%s</span><select name=\"%s\" autocomplete=\"off\">",
               index == 0 ? view->words->first_plan : view->words->second_plan, names[index]);
    for (int t = 0; t < TIER_COUNT; t++) {
        buf_printf(page, "<option value=\"%s\"%s%s>", tier_name((enum tier)t),
                   t == view->picks[index] ? " selected" : "",
                   t == defaults[index] ? " data-default" : "");
        html_add(page, pricing_plan_name(view->shown[t]));
        add(page, "</option>");
    }
    add(page, "</select></label>");
}

static void add_columns(const struct pricing_view *view, struct buf *page) {
    add(page,
        "<table class=\"compare-table\" aria-labelledby=\"compare-title\"><thead><tr><td></td>");
    for (int t = 0; t < TIER_COUNT; t++) {
        buf_printf(page, "<th scope=\"col\" class=\"of-%s\">", tier_name((enum tier)t));
        html_add(page, pricing_plan_name(view->shown[t]));
        add(page, "</th>");
    }
    add(page, "</tr></thead>");
}

static void add_note_list(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    const char *const notes[NOTE_COUNT] = {
        [NOTE_COUNTER] = words->note_counter,
        [NOTE_GAUGE] = words->note_gauge,
        [NOTE_TRACKED] = words->note_tracked,
        [NOTE_CONTRACT] = words->note_contract,
    };
    buf_printf(page, "<h3 class=\"visually-hidden\">%s</h3><ol class=\"notes\">",
               words->notes_title);
    for (int i = NOTE_NONE + 1; i < NOTE_COUNT; i++) {
        buf_printf(page, "<li>%s</li>", notes[i]);
    }
    add(page, "</ol>");
}

void pricing_add_compare(const struct pricing_view *view, struct buf *page) {
    const struct pricing_words *words = view->words;
    const struct {
        const char *title;
        size_t (*fill)(const struct pricing_view *view, struct row *rows);
    } groups[GROUPS] = {{words->group_prices, price_rows},
                        {words->group_limits, limit_rows},
                        {words->group_beyond, beyond_rows},
                        {words->group_features, feature_rows},
                        {words->group_support, support_rows}};
    buf_printf(page,
               "<section class=\"compare\" aria-labelledby=\"compare-title\">"
               "<h2 id=\"compare-title\">%s</h2><div class=\"compare-choice\">"
               "<label class=\"check\"><input type=\"checkbox\" name=\"differences\" value=\"on\" "
               "id=\"differences\" autocomplete=\"off\"%s> %s</label><div class=\"compare-pick\">",
               words->compare, view->only_differences ? " checked" : "", words->differences);
    add_pick(view, 0, page);
    add_pick(view, 1, page);
    add(page, "</div></div>");
    add_columns(view, page);
    for (size_t i = 0; i < GROUPS; i++) {
        struct row *rows = arena_array(view->arena, ROWS_MAX, sizeof *rows);
        if (rows == NULL) {
            return; /* the arena has failed, and with it the page */
        }
        memset(rows, 0, ROWS_MAX * sizeof *rows);
        add_group(groups[i].title, rows, groups[i].fill(view, rows), page);
    }
    add(page, "</table>");
    add_note_list(view, page);
    add(page, "</section>");
}
