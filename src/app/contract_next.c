#include "app/contract_next.h"

#include "app/contract_life.h"
#include "app/contract_plan.h"

static struct err read_terms(const struct app *app, struct tx *tx, const struct contract_row *row,
                             struct contract_terms *ret_terms) {
    return contract_terms_read(tx->cx, app->catalogue, row->terms, ret_terms);
}

/* An amendment that was accepted has the word from its day on. */
struct amended {
    bool is_accepted;
    struct contract_terms terms;
};

static struct err find_amendment(const struct app *app, struct tx *tx,
                                 const struct contract_row *row, struct amended *ret_amended) {
    struct contract_row amendment;
    bool is_found = false;
    TRY(contract_open_amendment(tx, row->user_id, id_str(&row->id), &amendment, &is_found));
    ret_amended->is_accepted = is_found && amendment.status == (int)CONTRACT_ACCEPTED;
    return ret_amended->is_accepted ? read_terms(app, tx, &amendment, &ret_amended->terms) : OK;
}

/* Of these terms: the step of the interval that begins then; else they become those that follow. */
static size_t choose(const struct contract_row *row, struct instant at,
                     struct contract_terms *terms, bool *ret_is_end) {
    struct contract_life life = contract_life_of(row);
    struct contract_boundary billed = contract_billed_at(terms, &life, at);
    struct contract_terms following;
    bool renews =
        billed.next == CONTRACT_NEXT_RENEWAL && contract_renewed(terms, life.start, &following);
    *ret_is_end = billed.next != CONTRACT_NEXT_STEP && !renews;
    if (renews) {
        *terms = following;
    }
    return billed.step;
}

struct err contract_says(const struct app *app, struct tx *tx, struct str user_id,
                         struct instant at, struct contract_saying *ret_saying) {
    const struct contract_filter filter = {.status = (int)CONTRACT_ACTIVE, .user_id = user_id};
    struct contract_terms terms;
    struct amended amended;
    struct row_list list;
    size_t step = 0;
    TRY(contract_page(tx, &filter, 1, &list));
    *ret_saying = (struct contract_saying){.is_bound = list.count > 0};
    if (list.count == 0) {
        return OK;
    }
    const struct contract_row *row = list.items;
    TRY(read_terms(app, tx, row, &terms));
    TRY(find_amendment(app, tx, row, &amended));
    if (amended.is_accepted && amended.terms.has_start &&
        instant_is_before(amended.terms.starts_at, instant_add(at, duration_days(1)))) {
        terms = amended.terms;
    } else {
        step = choose(row, at, &terms, &ret_saying->is_end);
    }
    ret_saying->plan = contract_plan(app->catalogue, &terms, step);
    ret_saying->interval = terms.interval;
    return contract_plan_find(app, tx, &terms, step, &ret_saying->version);
}
