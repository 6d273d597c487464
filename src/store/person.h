/* People, whom other houses know them as, the customers that they act for, and who was invited. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "core/role.h"
#include "store/row.h"

struct person_row {
    struct record_id id;
    struct str email;       /* empty: nobody gave one */
    struct str email_index; /* finds it: app/person.h; empty with an empty email */
    struct str name, language;
    int operator_role;           /* enum role; -1: none */
    struct str password_hash;    /* empty: none */
    int64_t password_changed_at; /* or ROW_NONE */
    int64_t failures;            /* to sign in by password, in a row */
    int64_t failed_at;           /* or ROW_NONE */
    int64_t created_at;
    int64_t disabled_at;    /* or ROW_NONE */
    int64_t code_failures;  /* to prove it by a code, in a row */
    int64_t code_failed_at; /* or ROW_NONE */
};

MUST_USE struct err person_insert(struct tx *tx, const struct person_row *row);
/* Replaces all but id and created_at. ERR_CONFLICT when there is none. */
MUST_USE struct err person_set(struct tx *tx, const struct person_row *row);
MUST_USE struct err person_get(struct tx *tx, struct str id, struct person_row *ret_row,
                               bool *ret_found);
MUST_USE struct err person_by_email(struct tx *tx, struct str email_index,
                                    struct person_row *ret_row, bool *ret_found);
/* Those who operate, by id; struct person_row. */
MUST_USE struct err person_operators(struct tx *tx, size_t max, struct row_list *ret_list);
/* Those who operate as `role` and are not disabled. */
MUST_USE struct err person_count_operators(struct tx *tx, enum role role, int64_t *ret_count);

/* Those of them, but this one, who have a password or a passkey. */
MUST_USE struct err person_count_local(struct tx *tx, enum role role, struct str but_id,
                                       int64_t *ret_count);

struct identity_row {
    struct str issuer, subject, person_id;
    int64_t created_at;
};
MUST_USE struct err identity_insert(struct tx *tx, const struct identity_row *row);
/* Whom a person is known as; struct identity_row. */
MUST_USE struct err identity_of_person(struct tx *tx, struct str person_id, size_t max,
                                       struct row_list *ret_list);
/* ERR_CONFLICT when that house does not know them. */
MUST_USE struct err identity_delete(struct tx *tx, struct str person_id, struct str issuer);
/* All of a person's but the platform's word. */
MUST_USE struct err identity_forget(struct tx *tx, struct str person_id);
MUST_USE struct err identity_get(struct tx *tx, struct str issuer, struct str subject,
                                 struct identity_row *ret_row, bool *ret_found);

struct member_row {
    struct str user_id, person_id;
    int role; /* enum role */
    int64_t created_at;
};
/* Makes one, or gives one that there is another role. */
MUST_USE struct err member_put(struct tx *tx, const struct member_row *row);
MUST_USE struct err member_get(struct tx *tx, struct str user_id, struct str person_id,
                               struct member_row *ret_row, bool *ret_found);
MUST_USE struct err member_delete(struct tx *tx, struct str user_id, struct str person_id);
/* A customer's, by the time they came; struct member_row. */
MUST_USE struct err member_list(struct tx *tx, struct str user_id, size_t max,
                                struct row_list *ret_list);
/* The customers of a person; struct member_row. */
MUST_USE struct err member_of(struct tx *tx, struct str person_id, size_t max,
                              struct row_list *ret_list);
MUST_USE struct err member_count_owners(struct tx *tx, struct str user_id, int64_t *ret_count);

struct invitation_row {
    struct str token_hash;
    struct record_id id;
    struct str user_id; /* empty: to operate */
    struct str email;
    int role; /* enum role */
    struct str invited_by;
    int64_t created_at, expires_at;
    int64_t accepted_at, withdrawn_at; /* or ROW_NONE */
};
MUST_USE struct err invitation_insert(struct tx *tx, const struct invitation_row *row);
MUST_USE struct err invitation_get(struct tx *tx, struct str token_hash,
                                   struct invitation_row *ret_row, bool *ret_found);
/* Those of a customer that wait, the newest first; with an empty user_id those to operate. */
MUST_USE struct err invitation_list(struct tx *tx, struct str user_id, int64_t now, size_t max,
                                    struct row_list *ret_list);
/* ERR_CONFLICT when it was accepted or withdrawn before. */
MUST_USE struct err invitation_accept(struct tx *tx, struct str token_hash, int64_t now);
/* Those that were accepted: whoever came is a person by now. */
MUST_USE struct err invitation_forget_accepted(struct tx *tx, struct str user_id);
/* *ret_found is false when no such invitation waits. */
MUST_USE struct err invitation_withdraw(struct tx *tx, struct str user_id, struct str id,
                                        int64_t now, bool *ret_found);

#endif
