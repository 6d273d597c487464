/* Contracts as rows (core/contract.h). */
#ifndef STORE_CONTRACT_H
#define STORE_CONTRACT_H

#include "core/contract.h"
#include "store/row.h"

struct contract_row {
    struct record_id id;
    struct str user_id;
    int64_t number; /* as people say it: 1, 2, … */
    int status;     /* enum contract_status */
    struct str terms;
    struct str terms_hash; /* both empty: none are written */
    struct str purchase_order;
    struct str note;         /* to the customer */
    struct str message;      /* of the customer, when they asked */
    struct str requested_by; /* who asked, as the audit log names them; empty: an operator began */
    struct str written_by;   /* who wrote the terms, the same */
    struct str approval_id;  /* the last one that was asked for; or empty */
    int64_t offer_days;      /* how long it may be accepted */
    int64_t valid_until;     /* or ROW_NONE */
    struct str accepted_by, accepted_name;
    int64_t accepted_at, starts_at, ends_at; /* or ROW_NONE */
    struct str amends;                       /* the contract that it takes the place of */
    struct str operation_id;
    struct str decline_reason;
    int64_t created_at, updated_at;
    int64_t version;      /* of its number: an amendment or a renewal is the next one */
    struct str follows;   /* the hash of what it takes the place of; or empty */
    int64_t told_until;   /* the provider knows what begins until then; or ROW_NONE */
    int64_t reminded_at;  /* both sides were; or ROW_NONE */
    struct str notice_by; /* who has said that it does not renew, as the audit log names
                             them */
    int64_t notice_at;    /* or ROW_NONE */
    int64_t next_at;      /* when something is to be done; or ROW_NONE */
};

MUST_USE struct err contract_insert(struct tx *tx, const struct contract_row *row);
/* Writes the whole row anew; it is there. */
MUST_USE struct err contract_put(struct tx *tx, const struct contract_row *row);
MUST_USE struct err contract_get(struct tx *tx, struct str id, struct contract_row *ret_row,
                                 bool *ret_found);
/* The accepted one that this operation begins, or the one in force that it tells of. */
MUST_USE struct err contract_by_operation(struct tx *tx, struct str operation_id,
                                          struct contract_row *ret_row, bool *ret_found);
MUST_USE struct err contract_next_number(struct tx *tx, int64_t *ret_number);

struct contract_filter {
    int status;         /* enum contract_status; -1: any */
    struct str user_id; /* empty: anybody's */
    struct str before;  /* an id; empty: from the newest on */
};
/* The newest first; items of this and the next are struct contract_row. */
MUST_USE struct err contract_page(struct tx *tx, const struct contract_filter *filter, size_t max,
                                  struct row_list *ret_list);
/* Offers whose time is over at `now`. */
MUST_USE struct err contract_expired(struct tx *tx, int64_t now, size_t max,
                                     struct row_list *ret_list);
/* ROW_NONE when none is open. */
MUST_USE struct err contract_expires_next(struct tx *tx, int64_t *ret_at);
/* The version of a contract that was written last; 0: there is no such number. */
MUST_USE struct err contract_last_version(struct tx *tx, int64_t number, int64_t *ret_version);
/* The amendment of a customer's contract that is not over; there is at most one. */
MUST_USE struct err contract_open_amendment(struct tx *tx, struct str user_id, struct str amends,
                                            struct contract_row *ret_row, bool *ret_found);
/* ROW_NONE when nothing is to be done for any. */
MUST_USE struct err contract_due_next(struct tx *tx, int64_t *ret_at);

#endif
