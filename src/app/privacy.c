#include "app/privacy.h"

#include "core/calendar.h"
#include "core/deadline.h"
#include "store/customer.h"
#include "store/sealed.h"

struct str privacy_subject(struct cx *cx, struct str user_id, struct str person_id) {
    return user_id.len > 0 ? user_id : sealed_member(cx->arena, person_id);
}

struct privacy_request_row privacy_request_new(struct cx *cx, struct str kind, struct str subject) {
    struct instant now = {cx_now_ms(cx)};
    struct instant due = instant_add_months(now, 1);
    return (struct privacy_request_row){
        .id = id_new(cx, "priv"),
        .kind = kind,
        .subject = subject,
        .user_id = STR(""),
        .person_id = STR(""),
        .status = STR("waiting"),
        .created_at = now.ms,
        .due_at = due.ms,
        .finished_at = ROW_NONE,
        .expires_at = ROW_NONE,
        .sha256 = STR(""),
        .decided_by = STR(""),
        .certificate = STR(""),
        .remind_at = deadline_next_notice(due, now).ms,
        .extended_at = ROW_NONE,
        .reason = STR(""),
    };
}

struct err privacy_is_erased(struct tx *tx, struct str user_id, bool *ret_is) {
    struct erased_row row;
    return erased_get(tx, user_id, &row, ret_is);
}

struct err privacy_customer_stands(struct tx *tx, struct str user_id, enum outcome *ret_outcome) {
    struct customer_row customer;
    bool is_found = false;
    bool is_erased = false;
    TRY(customer_get(tx, user_id, &customer, &is_found));
    TRY(privacy_is_erased(tx, user_id, &is_erased));
    *ret_outcome = !is_found   ? OUTCOME_CUSTOMER_NOT_FOUND
                   : is_erased ? OUTCOME_CUSTOMER_ERASED
                               : OUTCOME_DONE;
    return OK;
}

struct err privacy_requests_of(struct tx *tx, struct str subject, struct row_list *ret) {
    return privacy_request_of(tx, subject, PRIVACY_REQUESTS_SHOWN, ret);
}

bool privacy_is_waiting(const struct privacy_request_row *row) {
    return str_equal(row->status, STR("waiting")) || str_equal(row->status, STR("running"));
}

/* What was answered, behind what waits, in one list. */
static struct err append_answered(struct tx *tx, struct str status, size_t max,
                                  struct row_list *list) {
    struct row_list answered;
    TRY(privacy_request_answered(tx, STR("~"), status, max - list->count, &answered));
    struct privacy_request_row *both = arena_array(tx->cx->arena, max, sizeof *both);
    if (both == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    for (size_t i = 0; i < list->count; i++) {
        both[i] = ((const struct privacy_request_row *)list->items)[i];
    }
    for (size_t i = 0; i < answered.count; i++) {
        both[list->count + i] = ((const struct privacy_request_row *)answered.items)[i];
    }
    *list = (struct row_list){both, list->count + answered.count};
    return OK;
}

struct err privacy_requests_read(struct tx *tx, struct str after, struct str status, size_t max,
                                 struct row_list *ret_list) {
    struct privacy_request_row last = {.due_at = 0};
    bool is_found = false;
    if (after.len > 0) {
        TRY(privacy_request_get(tx, after, &last, &is_found));
    }
    if (is_found && !privacy_is_waiting(&last)) {
        return privacy_request_answered(tx, after, status, max, ret_list);
    }
    TRY(privacy_request_waiting(tx, &last, status, max, ret_list));
    return ret_list->count < max ? append_answered(tx, status, max, ret_list) : OK;
}

struct err privacy_request_read(struct tx *tx, struct str id, struct privacy_request_row *ret_row,
                                bool *ret_found) {
    return privacy_request_get(tx, id, ret_row, ret_found);
}
