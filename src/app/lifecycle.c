#include "app/lifecycle.h"

#include "app/audit.h"
#include "app/subscription.h"
#include "base/check.h"
#include "core/standing.h"

/* --- one --- */

static struct instant instant_or_never(int64_t ms) {
    return ms == ROW_NONE ? INSTANT_MAX : (struct instant){ms};
}

static struct lifecycle_entry entry_of(const struct app *app, const struct lifecycle_row *row,
                                       struct instant now) {
    enum subscription_status status = (enum subscription_status)row->status;
    const struct subscription_row like = {.status = row->status,
                                          .past_due_since = row->past_due_since,
                                          .access_until = row->access_until};
    const struct lifecycle_clock clock = {
        .status = status,
        .is_ending = row->is_ending,
        .has_pending_change = row->has_pending_change,
        .created_at = {row->created_at},
        .period_end = {row->period_end},
        .trial_ends_at = instant_or_never(row->trial_ends_at),
        .past_due_since = instant_or_never(row->past_due_since),
    };
    const struct plan *plan =
        catalogue_plan_version(app->catalogue, (enum tier)row->tier, (int32_t)row->plan_version);
    bool is_over = row->ended_at != ROW_NONE;
    struct lifecycle_entry entry = {
        .row = *row,
        .place = is_over ? LIFECYCLE_ENDED
                         : lifecycle_of(status, subscription_row_access(app, &like, now),
                                        row->is_ending),
        .stuck = is_over ? STUCK_NOT : lifecycle_stuck(&clock, &app->catalogue->dunning, now),
        .is_priced = plan != NULL,
    };
    if (plan != NULL) {
        entry.monthly =
            standing_monthly(plan, (enum interval)row->interval,
                             is_over ? SUBSCRIPTION_CANCELED : status, app->catalogue->currency);
    }
    return entry;
}

/* --- all --- */

static void add(struct lifecycle_sum *sum, const struct lifecycle_entry *entry) {
    sum->count++;
    if (!entry->is_priced || money_is_zero(entry->monthly)) {
        return;
    }
    for (size_t i = 0; i < sum->currencies; i++) {
        if (currency_equal(sum->monthly[i].currency, entry->monthly.currency)) {
            bool fits = money_add(sum->monthly[i], entry->monthly, &sum->monthly[i]);
            check(fits); /* LIFECYCLE_READ times the largest price */
            return;
        }
    }
    if (sum->currencies < LIFECYCLE_CURRENCIES) {
        sum->monthly[sum->currencies++] = entry->monthly;
    }
}

static struct err count_places(const struct app *app, struct tx *tx,
                               const struct lifecycle_ends *ends, struct lifecycle_board *board) {
    struct row_list in_force;
    struct row_list ended;
    struct instant now = app_now(app);
    TRY(lifecycle_in_force(tx, STR(""), LIFECYCLE_READ, &in_force));
    TRY(lifecycle_ended(tx, ends, LIFECYCLE_READ, &ended));
    board->is_cut = in_force.count == LIFECYCLE_READ || ended.count == LIFECYCLE_READ;
    const struct lifecycle_row *rows = in_force.items;
    for (size_t i = 0; i < in_force.count; i++) {
        struct lifecycle_entry entry = entry_of(app, &rows[i], now);
        add(&board->places[entry.place], &entry);
        if (entry.stuck != STUCK_NOT) {
            add(&board->stuck[entry.stuck], &entry);
        }
    }
    board->places[LIFECYCLE_ENDED].count = (int64_t)ended.count;
    return OK;
}

/* --- moves --- */

/* Where the facts of a row of the log say that it stood; NEW when they say nothing. What access was
 * left they do not say: who owes is past due here. */
static int place_of(struct str row, const char *member) {
    struct str facts = jcs_find(row, member);
    struct str word = STR("");
    int64_t ends = 0;
    enum subscription_status status;
    if (!jcs_plain(jcs_find(facts, "status"), &word) || !subscription_status_parse(word, &status)) {
        return LIFECYCLE_NEW;
    }
    (void)jcs_whole(jcs_find(facts, "endsWithPeriod"), &ends);
    return (int)lifecycle_of(status, ACCESS_FULL, ends != 0);
}

static const char *const moves[] = {"subscription.started", "subscription.status",
                                    "subscription.end", "subscription.ended"};

static struct err count_flows(struct tx *tx, struct instant from, struct instant to,
                              struct lifecycle_board *board) {
    struct record_id first = id_first(AUDIT_ROW_KIND, from.ms);
    struct record_id end = id_first(AUDIT_ROW_KIND, to.ms);
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        const struct audit_filter filter = {.action = str_from_cstr(moves[i]),
                                            .id_first = id_str(&first),
                                            .id_before = id_str(&end)};
        struct row_list list;
        TRY(audit_read_page(tx, &filter, LIFECYCLE_FLOWS, &list));
        board->is_cut |= list.count == LIFECYCLE_FLOWS;
        const struct audit_row *rows = list.items;
        for (size_t k = 0; k < list.count; k++) {
            int before = place_of(rows[k].row, "before");
            int after = place_of(rows[k].row, "after");
            bool has_begun = i == 0;
            bool has_ended = i + 1 == ARRAY_LEN(moves);
            before = has_begun ? LIFECYCLE_NEW : before;
            after = has_ended ? (int)LIFECYCLE_ENDED : after;
            if (after != LIFECYCLE_NEW && after != before) {
                board->flows[before][after]++;
            }
        }
    }
    return OK;
}

struct err lifecycle_board_read(const struct app *app, struct tx *tx, struct instant from,
                                struct instant to, struct lifecycle_board *ret_board) {
    *ret_board = (struct lifecycle_board){.is_cut = false};
    const struct lifecycle_ends ends = {from.ms, to.ms, STR("")};
    TRY(count_places(app, tx, &ends, ret_board));
    return count_flows(tx, from, to, ret_board);
}

/* --- a page --- */

static bool is_wanted(const struct lifecycle_query *query, const struct lifecycle_entry *entry) {
    bool is_place = query->place < 0 || (int)entry->place == query->place;
    bool is_stuck =
        query->stuck == STUCK_NOT ? entry->stuck != STUCK_NOT : (int)entry->stuck == query->stuck;
    return is_place && (query->stuck < 0 || is_stuck);
}

struct err lifecycle_page_read(const struct app *app, struct tx *tx,
                               const struct lifecycle_query *query,
                               struct lifecycle_page *ret_page) {
    const struct lifecycle_ends ends = {query->from.ms, query->to.ms, query->after};
    struct row_list list;
    bool is_of_ended = query->place == (int)LIFECYCLE_ENDED;
    TRY(is_of_ended ? lifecycle_ended(tx, &ends, query->max + 1, &list)
                    : lifecycle_in_force(tx, query->after, LIFECYCLE_READ, &list));
    *ret_page = (struct lifecycle_page){.next = STR("")};
    ret_page->entries = arena_array(tx->cx->arena, query->max, sizeof *ret_page->entries);
    if (ret_page->entries == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    const struct lifecycle_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct lifecycle_entry entry = entry_of(app, &rows[i], app_now(app));
        if (!is_wanted(query, &entry)) {
            continue;
        }
        if (ret_page->count == query->max) {
            const struct lifecycle_row *last = &ret_page->entries[query->max - 1].row;
            ret_page->next = is_of_ended ? last->id : last->user_id;
            return OK;
        }
        ret_page->entries[ret_page->count++] = entry;
    }
    return OK;
}
