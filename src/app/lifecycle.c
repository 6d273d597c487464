#include "app/lifecycle.h"

#include <stdlib.h>
#include <string.h>

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

/* So many as this one. */
static void add(struct lifecycle_sum *sum, const struct lifecycle_entry *entry, int64_t times) {
    struct money monthly = entry->monthly;
    sum->count += times;
    if (!entry->is_priced || money_is_zero(monthly)) {
        return;
    }
    bool fits = !__builtin_mul_overflow(monthly.minor, times, &monthly.minor);
    check(fits); /* prices are bounded, and so are subscriptions */
    for (size_t i = 0; i < sum->currencies; i++) {
        if (currency_equal(sum->monthly[i].currency, monthly.currency)) {
            fits = money_add(sum->monthly[i], monthly, &sum->monthly[i]);
            check(fits);
            return;
        }
    }
    if (sum->currencies < LIFECYCLE_CURRENCIES) {
        sum->monthly[sum->currencies++] = monthly;
    }
}

/* So many stand as this one. */
static void count_like(const struct app *app, struct instant now, const struct lifecycle_row *like,
                       int64_t times, struct lifecycle_board *board) {
    struct lifecycle_entry entry = entry_of(app, like, now);
    if (times > 0) {
        add(&board->places[entry.place], &entry, times);
    }
}

/* All that have the same plan and status: those whose access is a matter of time by whether it is
 * over, as one of them would be told. */
static void count_alike(const struct app *app, struct instant now,
                        const struct lifecycle_count *count, struct lifecycle_board *board) {
    int64_t days_ms = duration_days(app->catalogue->dunning.access_days).ms;
    struct lifecycle_row like = {
        .tier = count->tier,
        .plan_version = count->plan_version,
        .interval = count->interval,
        .status = count->status,
        .is_ending = count->is_ending,
        .created_at = now.ms,
        .period_end = now.ms,
        .trial_ends_at = ROW_NONE,
        .past_due_since = ROW_NONE,
        .access_until = ROW_NONE,
        .ended_at = ROW_NONE,
    };
    int64_t timed = count->case_open + count->case_over + count->debt_new + count->debt_old;
    count_like(app, now, &like, count->count - timed, board);
    like.past_due_since = now.ms;
    count_like(app, now, &like, count->debt_new, board);
    like.past_due_since = now.ms - days_ms;
    count_like(app, now, &like, count->debt_old, board);
    like.access_until = now.ms + 1;
    count_like(app, now, &like, count->case_open, board);
    like.access_until = now.ms;
    count_like(app, now, &like, count->case_over, board);
}

static struct err count_in_force(const struct app *app, struct tx *tx, struct instant now,
                                 struct lifecycle_board *board) {
    int64_t days_ms = duration_days(app->catalogue->dunning.access_days).ms;
    struct row_list list;
    TRY(lifecycle_counted(tx, now.ms, now.ms - days_ms, &list));
    board->is_cut |= list.count == LIFECYCLE_COUNTS_MAX;
    const struct lifecycle_count *counts = list.items;
    for (size_t i = 0; i < list.count; i++) {
        count_alike(app, now, &counts[i], board);
    }
    return OK;
}

static struct err count_stuck(const struct app *app, struct tx *tx, struct instant now,
                              struct lifecycle_board *board) {
    struct lifecycle_bounds bounds = lifecycle_bounds(&app->catalogue->dunning, now);
    const struct lifecycle_late late = {bounds.calendar.ms, bounds.past_due.ms, STR("")};
    struct row_list list;
    TRY(lifecycle_overdue(tx, &late, LIFECYCLE_READ, &list));
    board->is_cut |= list.count == LIFECYCLE_READ;
    const struct lifecycle_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct lifecycle_entry entry = entry_of(app, &rows[i], now);
        if (entry.stuck != STUCK_NOT) {
            add(&board->stuck[entry.stuck], &entry, 1);
        }
    }
    return OK;
}

static struct err count_places(const struct app *app, struct tx *tx,
                               const struct lifecycle_ends *ends, struct lifecycle_board *board) {
    struct instant now = app_now(app);
    TRY(count_in_force(app, tx, now, board));
    TRY(count_stuck(app, tx, now, board));
    return lifecycle_count_ended(tx, ends, &board->places[LIFECYCLE_ENDED].count);
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
        const struct lifecycle_said said = {str_from_cstr(moves[i]), id_str(&first), id_str(&end)};
        struct row_list list;
        TRY(lifecycle_moves(tx, &said, LIFECYCLE_FLOWS, &list));
        board->is_cut |= list.count == LIFECYCLE_FLOWS;
        const struct str *rows = list.items;
        for (size_t k = 0; k < list.count; k++) {
            int before = place_of(rows[k], "before");
            int after = place_of(rows[k], "after");
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

/* Which rows may stand at a place: by status, and of which end with their period. */
struct source {
    enum subscription_status status;
    int is_ending;
    bool has_case;
};
enum { SOURCES_MAX = 4, CHUNK = 256 };
static const struct {
    struct source from[SOURCES_MAX];
    size_t count;
} sources[LIFECYCLE_COUNT] = {
    [LIFECYCLE_TRIALING] = {{{SUBSCRIPTION_TRIALING, 0, false}}, 1},
    [LIFECYCLE_ACTIVE] = {{{SUBSCRIPTION_ACTIVE, 0, false}}, 1},
    [LIFECYCLE_CANCELLING] = {{{SUBSCRIPTION_TRIALING, 1, false}, {SUBSCRIPTION_ACTIVE, 1, false}},
                              2},
    [LIFECYCLE_PAST_DUE] = {{{SUBSCRIPTION_PAST_DUE, -1, false}}, 1},
    [LIFECYCLE_SUSPENDED] = {{{SUBSCRIPTION_PAST_DUE, -1, false},
                              {SUBSCRIPTION_UNPAID, -1, false},
                              {SUBSCRIPTION_INCOMPLETE, -1, false},
                              {SUBSCRIPTION_ACTIVE, -1, true}},
                             4},
    [LIFECYCLE_PAUSED] = {{{SUBSCRIPTION_PAUSED, -1, false}}, 1},
};

static int by_customer(const void *a, const void *b) {
    return str_compare(((const struct lifecycle_row *)a)->user_id,
                       ((const struct lifecycle_row *)b)->user_id);
}

/* The first CHUNK of them after `after`: they are among the first CHUNK of each source. */
static struct err read_place(struct tx *tx, int place, struct str after,
                             struct row_list *ret_list) {
    struct lifecycle_row *all =
        arena_array(tx->cx->arena, (size_t)SOURCES_MAX * CHUNK, sizeof *all);
    size_t count = 0;
    if (all == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < sources[place].count; i++) {
        const struct source *from = &sources[place].from[i];
        const struct lifecycle_part part = {(int)from->status, from->is_ending, from->has_case,
                                            after};
        struct row_list list;
        TRY(lifecycle_of_status(tx, &part, CHUNK, &list));
        if (list.count > 0) {
            memcpy(all + count, list.items, list.count * sizeof *all);
        }
        count += list.count;
    }
    qsort(all, count, sizeof *all, by_customer);
    *ret_list = (struct row_list){all, count < CHUNK ? count : CHUNK};
    return OK;
}

/* The next rows among which the page may be found; fewer than CHUNK: they are the last. */
static struct err read_chunk(const struct app *app, struct tx *tx,
                             const struct lifecycle_query *query, struct str after,
                             struct row_list *ret_list) {
    struct lifecycle_bounds bounds = lifecycle_bounds(&app->catalogue->dunning, app_now(app));
    const struct lifecycle_late late = {bounds.calendar.ms, bounds.past_due.ms, after};
    const struct lifecycle_ends ends = {query->from.ms, query->to.ms, after};
    if (query->place == (int)LIFECYCLE_ENDED) {
        return lifecycle_ended(tx, &ends, CHUNK, ret_list);
    }
    if (query->stuck >= 0) {
        return lifecycle_overdue(tx, &late, CHUNK, ret_list);
    }
    return query->place >= 0 ? read_place(tx, query->place, after, ret_list)
                             : lifecycle_in_force(tx, after, CHUNK, ret_list);
}

static struct str cursor_of(const struct lifecycle_query *query, const struct lifecycle_row *row) {
    return query->place == (int)LIFECYCLE_ENDED ? row->id : row->user_id;
}

struct err lifecycle_page_read(const struct app *app, struct tx *tx,
                               const struct lifecycle_query *query,
                               struct lifecycle_page *ret_page) {
    struct instant now = app_now(app);
    struct str after = query->after;
    struct row_list list = {NULL, CHUNK};
    *ret_page = (struct lifecycle_page){.next = STR("")};
    ret_page->entries = arena_array(tx->cx->arena, query->max, sizeof *ret_page->entries);
    if (ret_page->entries == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t read = 0; list.count == CHUNK && read < LIFECYCLE_READ; read += list.count) {
        TRY(read_chunk(app, tx, query, after, &list));
        const struct lifecycle_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct lifecycle_entry entry = entry_of(app, &rows[i], now);
            if (!is_wanted(query, &entry)) {
                continue;
            }
            if (ret_page->count == query->max) {
                ret_page->next = cursor_of(query, &ret_page->entries[query->max - 1].row);
                return OK;
            }
            ret_page->entries[ret_page->count++] = entry;
        }
        after = list.count > 0 ? cursor_of(query, &rows[list.count - 1]) : after;
    }
    ret_page->next = list.count == CHUNK ? after : STR(""); /* enough was looked at for one page */
    return OK;
}
