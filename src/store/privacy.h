/* What people asked of what is kept of them, the files that were made of it, what they allow, and
 * who was forgotten. */
#ifndef STORE_PRIVACY_H
#define STORE_PRIVACY_H

#include "store/row.h"

struct privacy_request_row {
    struct record_id id;
    struct str kind;      /* "export", "erasure" */
    struct str subject;   /* whose: a customer's id, or sealed_member() of a person's */
    struct str user_id;   /* the customer; empty: a person */
    struct str person_id; /* who asked; empty: a machine */
    struct str status; /* "waiting", "running", "ready", "done", "refused", "failed", "expired" */
    int64_t created_at, due_at;
    int64_t finished_at, expires_at; /* or ROW_NONE */
    int64_t size;                    /* of the file in bytes */
    struct str sha256;               /* of the file, hexadecimal; may be empty */
    struct str decided_by;           /* who agreed; may be empty */
    struct str certificate;          /* JSON; empty until it is done */
    int64_t remind_at;               /* when operators are told of it next, or ROW_NONE */
    int64_t extended_at;             /* or ROW_NONE */
    struct str reason;               /* why it was extended, or refused; may be empty */
};
MUST_USE struct err privacy_request_insert(struct tx *tx, const struct privacy_request_row *row);
MUST_USE struct err privacy_request_set(struct tx *tx, const struct privacy_request_row *row);
MUST_USE struct err privacy_request_get(struct tx *tx, struct str id,
                                        struct privacy_request_row *ret_row, bool *ret_found);
/* The one of this kind that is not answered yet. */
MUST_USE struct err privacy_request_open(struct tx *tx, struct str subject, struct str kind,
                                         struct privacy_request_row *ret_row, bool *ret_found);
/* The erasure that was done. */
MUST_USE struct err privacy_request_done(struct tx *tx, struct str subject,
                                         struct privacy_request_row *ret_row, bool *ret_found);
/* The newest first; items are struct privacy_request_row. */
MUST_USE struct err privacy_request_of(struct tx *tx, struct str subject, size_t max,
                                       struct row_list *ret_list);
/* Of everybody, an empty status: any. What is to be answered, the first due in front, behind
 * `after` (all zeros: from the start); what was answered, the newest first, before an id. */
MUST_USE struct err privacy_request_waiting(struct tx *tx, const struct privacy_request_row *after,
                                            struct str status, size_t max,
                                            struct row_list *ret_list);
MUST_USE struct err privacy_request_answered(struct tx *tx, struct str before, struct str status,
                                             size_t max, struct row_list *ret_list);
/* Those that wait, and whose remind_at has come, the earliest first. */
MUST_USE struct err privacy_request_remind(struct tx *tx, int64_t now, size_t max,
                                           struct row_list *ret_list);
/* ROW_NONE: never. */
MUST_USE struct err privacy_request_remind_next(struct tx *tx, int64_t *ret_at);
/* Those that wait and were due. */
MUST_USE struct err privacy_request_overdue(struct tx *tx, int64_t now, int64_t *ret_count);
/* The export whose file is to be made next. */
MUST_USE struct err privacy_export_next(struct tx *tx, struct privacy_request_row *ret_row,
                                        bool *ret_found);
/* Files that were to be kept until `now`. */
MUST_USE struct err privacy_export_old(struct tx *tx, int64_t now, size_t max,
                                       struct row_list *ret_list);

/* A piece of a file, sealed under the key of its subject. */
struct export_piece_row {
    struct str request_id;
    int64_t number; /* from 0 */
    struct str subject, body;
};
MUST_USE struct err export_piece_put(struct tx *tx, const struct export_piece_row *row);
/* *ret_found is false behind the last one. */
MUST_USE struct err export_piece_get(struct tx *tx, struct str request_id, int64_t number,
                                     struct export_piece_row *ret_row, bool *ret_found);
/* Of files that are not kept any more, or were never finished: at most `max` pieces. */
MUST_USE struct err export_pieces_drop(struct tx *tx, int64_t max, int64_t *ret_rows);

struct privacy_choices_row {
    struct str subject;
    bool analytics, experiments, feedback_mail, marketing;
    int64_t updated_at;       /* 0: nothing was said */
    int64_t restricted_at;    /* or ROW_NONE */
    struct str restricted_by; /* who said so; may be empty */
};
MUST_USE struct err privacy_choices_put(struct tx *tx, const struct privacy_choices_row *row);
MUST_USE struct err privacy_choices_get(struct tx *tx, struct str subject,
                                        struct privacy_choices_row *ret_row, bool *ret_found);

/* That something was allowed, or taken back. */
struct privacy_consent_row {
    struct record_id id;
    struct str subject, purpose;
    bool is_allowed;
    struct str text_version; /* of the words that were shown; may be empty */
    struct str how;          /* "page", "platform" */
    struct str said_by;      /* a person's or a key's id */
    int64_t at;
};
MUST_USE struct err privacy_consent_insert(struct tx *tx, const struct privacy_consent_row *row);
/* The newest first; items are struct privacy_consent_row. */
MUST_USE struct err privacy_consents_of(struct tx *tx, struct str subject, size_t max,
                                        struct row_list *ret_list);

struct erased_row {
    struct str user_id, request_id;
    int64_t erased_at;
};
MUST_USE struct err erased_put(struct tx *tx, const struct erased_row *row);
MUST_USE struct err erased_get(struct tx *tx, struct str user_id, struct erased_row *ret_row,
                               bool *ret_found);

/* Customers of the range who were forgotten, in order; struct erased_row. */
MUST_USE struct err erased_between(struct tx *tx, struct user_range range, size_t max,
                                   struct row_list *ret_list);

#endif
