#include "app/dunning_summary.h"

#include "app/dunning.h"

#define DAY_MS INT64_C(86400000)

struct err dunning_figures_read(struct tx *tx, enum dunning_figures_kind kind, int64_t from,
                                int64_t to, struct row_list *ret_list) {
    return dunning_figures(tx, kind, from, to, ret_list);
}

int64_t dunning_recovery_percent(const struct row_list *by_status) {
    const struct dunning_figure_row *rows = by_status->items;
    int64_t recovered = 0;
    int64_t lost = 0;
    for (size_t i = 0; i < by_status->count; i++) {
        bool is_lost = str_equal(rows[i].word, STR("exhausted")) ||
                       str_equal(rows[i].word, STR("written_off"));
        recovered += str_equal(rows[i].word, STR("recovered")) ? rows[i].count : 0;
        lost += is_lost ? rows[i].count : 0;
    }
    return recovered + lost == 0 ? -1 : recovered * 100 / (recovered + lost);
}

/* --- simulation --- */

static int32_t day_of(const struct dunning_past_row *row, int64_t at) {
    int64_t days = at == ROW_NONE || at < row->opened_at ? 0 : (at - row->opened_at) / DAY_MS;
    return (int32_t)(days > DUNNING_DAYS_MAX * 2 ? DUNNING_DAYS_MAX * 2 : days);
}

static bool goes_on(const struct dunning_past_row *row) {
    return str_equal(row->status, STR("open")) || str_equal(row->status, STR("paused"));
}

static enum dunning_would was(const struct dunning_past_row *row) {
    if (goes_on(row)) {
        return WOULD_GO_ON;
    }
    return str_equal(row->status, STR("recovered")) ? WOULD_RECOVER : WOULD_END;
}

static struct dunning_past past_of(const struct dunning_past_row *row, int64_t now) {
    struct dunning_past past = {
        .end = PAST_ENDED,
        .end_day = day_of(row, goes_on(row) ? now : row->closed_at),
        .last_failed_day = day_of(row, row->last_failed_at),
    };
    if (goes_on(row)) {
        past.end = PAST_GOES_ON;
    } else if (was(row) == WOULD_RECOVER) {
        bool is_retry = str_equal(row->paid_by, str_from_cstr(attempt_origin_name(ATTEMPT_RETRY)));
        past.end = is_retry ? PAST_PAID_BY_RETRY : PAST_PAID_OTHERWISE;
    }
    return past;
}

/* NULL when there are more currencies than have room; what is of them is counted, and not summed.
 */
static struct dunning_simulated *row_for(struct dunning_simulation *simulation,
                                         enum dunning_would would, struct str currency) {
    for (size_t i = 0; i < simulation->row_count; i++) {
        struct dunning_simulated *row = &simulation->rows[i];
        if (row->would == would && str_equal(row->currency, currency)) {
            return row;
        }
    }
    if (simulation->row_count == ARRAY_LEN(simulation->rows)) {
        return NULL;
    }
    struct dunning_simulated *row = &simulation->rows[simulation->row_count++];
    *row = (struct dunning_simulated){.would = would, .currency = currency};
    return row;
}

static void count(struct dunning_simulation *simulation, const struct dunning_past_row *row,
                  enum dunning_would would) {
    struct dunning_simulated *before = row_for(simulation, was(row), row->currency);
    if (before != NULL) {
        before->was++;
        before->was_amount += row->amount;
    }
    struct dunning_simulated *after = row_for(simulation, would, row->currency);
    if (after != NULL) {
        after->will++;
        after->will_amount += row->amount;
    }
}

struct err dunning_simulation_read(const struct app *app, struct tx *tx,
                                   const struct dunning_policy *policy,
                                   struct dunning_simulation *ret_simulation) {
    struct dunning_simulation simulation = {.to = cx_now_ms(tx->cx)};
    struct row_list list;
    simulation.from = simulation.to - DUNNING_SIMULATION_DAYS * DAY_MS;
    TRY(dunning_past_cases(tx, simulation.from, simulation.to + 1, DUNNING_SIMULATED_MAX + 1,
                           &list));
    const struct dunning_past_row *rows = list.items;
    simulation.is_cut = list.count > DUNNING_SIMULATED_MAX;
    simulation.cases = simulation.is_cut ? DUNNING_SIMULATED_MAX : (int64_t)list.count;
    for (int64_t i = 0; i < simulation.cases; i++) {
        struct dunning_past past = past_of(&rows[i], simulation.to);
        struct dunning_outlook now = dunning_simulate(&app->catalogue->dunning, &past);
        struct dunning_outlook then = dunning_simulate(policy, &past);
        simulation.restricted_was += now.is_restricted;
        simulation.restricted_will += then.is_restricted;
        count(&simulation, &rows[i], then.would);
    }
    *ret_simulation = simulation;
    return OK;
}
