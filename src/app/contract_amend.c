#include "app/contract_amend.h"

#include "app/contract_life.h"
#include "app/contract_tell.h"

struct err contract_amendment_begin(struct tx *tx, struct str amends, struct contract_row *ret_row,
                                    enum outcome *ret_outcome) {
    struct contract_row before;
    bool is_found = false;
    TRY(contract_get(tx, amends, &before, &is_found));
    if (!is_found || before.status != (int)CONTRACT_ACTIVE) {
        *ret_outcome = is_found ? OUTCOME_CONTRACT_WRONG_STATUS : OUTCOME_CONTRACT_NOT_FOUND;
        return OK;
    }
    TRY(contract_new_row(tx, before.user_id, ret_row, ret_outcome));
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(contract_last_version(tx, before.number, &ret_row->version));
    ret_row->version += 1;
    ret_row->number = before.number;
    ret_row->amends = arena_str(tx->cx->arena, id_str(&before.id));
    ret_row->follows = before.terms_hash;
    return OK;
}

static struct err find_in_force(struct tx *tx, struct str user_id, struct contract_row *ret_row,
                                bool *ret_found) {
    const struct contract_filter filter = {.status = (int)CONTRACT_ACTIVE, .user_id = user_id};
    struct row_list list;
    TRY(contract_page(tx, &filter, 1, &list));
    *ret_found = list.count > 0;
    if (*ret_found) {
        *ret_row = *(const struct contract_row *)list.items;
    }
    return OK;
}

struct err contract_may_follow(struct app *app, struct tx *tx, const struct contract_row *row,
                               enum outcome *ret_outcome) {
    struct contract_row before;
    struct contract_terms terms;
    struct contract_terms old;
    bool is_found = false;
    bool amends = row->amends.len > 0;
    TRY(find_in_force(tx, row->user_id, &before, &is_found));
    *ret_outcome = OUTCOME_DONE;
    if (amends && (!is_found || !str_equal(id_str(&before.id), row->amends))) {
        *ret_outcome = OUTCOME_CONTRACT_WRONG_STATUS;
        return OK;
    }
    if (!is_found) {
        return OK;
    }
    TRY(contract_row_terms(app, tx->cx, row, &terms));
    TRY(contract_row_terms(app, tx->cx, &before, &old));
    struct contract_life life = contract_life_of(&before);
    bool begins_after = terms.has_start && terms.starts_at.ms >= before.ends_at;
    bool may = amends ? !begins_after : begins_after && !contract_renews(&old, &life);
    *ret_outcome = may ? OUTCOME_DONE : OUTCOME_CONTRACT_IN_FORCE;
    return OK;
}

struct err contract_withdraw_amendment(struct app *app, struct tx *tx,
                                       const struct contract_row *row) {
    struct contract_row amendment;
    bool is_found = false;
    TRY(contract_open_amendment(tx, row->user_id, id_str(&row->id), &amendment, &is_found));
    if (!is_found) {
        return OK;
    }
    bool was_shown = contract_is_shown(&amendment);
    contract_take_step(&amendment, CONTRACT_WITHDRAW);
    amendment.next_at = ROW_NONE;
    amendment.updated_at = cx_now_ms(tx->cx);
    TRY(contract_put(tx, &amendment));
    return was_shown ? contract_tell(app, tx, &amendment, "withdrawn") : OK;
}
