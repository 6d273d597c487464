#include "app/invoice_list.h"

#include "base/check.h"
#include "base/rfc3339.h"

int64_t invoice_year_begin(int64_t year) {
    return civil_to_ms((struct civil){.year = (int)year, .month = 1, .day = 1});
}

/* --- the list --- */

struct err invoice_list_read(struct tx *tx, const struct invoice_list_query *query,
                             struct row_list *ret_list) {
    struct invoice_search search = {
        .user_id = query->user_id,
        .from = query->year == 0 ? INT64_MIN : invoice_year_begin(query->year),
        .before = {query->year == 0 ? INT64_MAX : invoice_year_begin(query->year + 1), STR("")},
        .now = cx_now_ms(tx->cx),
        .wants = {-1, -1, -1, -1},
    };
    if (query->state >= 0) {
        search.wants = invoice_state_wants((enum invoice_state)query->state);
    }
    if (query->after.len > 0) {
        struct invoice_row last;
        bool is_found = false;
        TRY(invoice_get(tx, query->user_id, query->after, &last, &is_found));
        if (!is_found) {
            return ERR(ERR_NOT_FOUND);
        }
        if (last.created_at < search.before.created_at) { /* else: of a later year */
            search.before = (struct invoice_cursor){last.created_at, query->after};
        }
    }
    return invoice_list_page(tx, &search, query->max, ret_list);
}

struct err invoice_standing_read(struct tx *tx, struct str user_id, struct str id,
                                 struct invoice_standing *ret_row, bool *ret_found) {
    return invoice_list_one(tx, user_id, id, ret_row, ret_found);
}

enum invoice_state invoice_standing_state(const struct invoice_standing *row) {
    return invoice_state_of((struct invoice_facts){
        .status = (enum invoice_status)row->invoice.status,
        .is_late = row->is_late,
        .is_given_back = row->is_given_back,
        .is_corrected = row->is_corrected,
    });
}

/* --- what years came to --- */

static struct err read_year(struct tx *tx, struct str user_id, int64_t year,
                            struct invoice_years *years) {
    struct row_list list;
    const struct invoice_span span = {user_id, invoice_year_begin(year),
                                      invoice_year_begin(year + 1)};
    TRY(invoice_list_sums(tx, &span, &list));
    const struct invoice_sums_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct invoice_year *item = &years->items[years->count];
        *item = (struct invoice_year){.year = year, .sums = rows[i]};
        TRY(invoice_list_credited(tx, &span, rows[i].currency, &item->credited));
        years->count++;
    }
    return OK;
}

struct err invoice_years_read(struct tx *tx, struct str user_id, struct invoice_years *ret_years) {
    struct invoice_years years = {.count = 0};
    int64_t first_at = ROW_NONE;
    TRY(invoice_list_first(tx, user_id, &first_at));
    *ret_years = years;
    if (first_at == ROW_NONE) {
        return OK;
    }
    int64_t first = civil_from_ms(first_at).year;
    int64_t last = civil_from_ms(cx_now_ms(tx->cx)).year;
    years.items = arena_array(tx->cx->arena, INVOICE_YEARS_ROWS, sizeof *years.items);
    if (years.items == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (int64_t year = last; year >= first && last - year < INVOICE_YEARS_MAX; year--) {
        TRY(read_year(tx, user_id, year, &years));
    }
    *ret_years = years;
    return OK;
}
