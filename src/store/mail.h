/* Mails as stored: what is written to people, how far each has come, and where none may go. */
#ifndef STORE_MAIL_H
#define STORE_MAIL_H

#include "store/row.h"

enum mail_status {
    MAIL_LOCAL,      /* there was no mail server: kept here to be looked at */
    MAIL_QUEUED,     /* to be sent at `next_attempt_at` */
    MAIL_LEASED,     /* a mail server is being given it */
    MAIL_SENT,       /* a mail server has taken it */
    MAIL_FAILED,     /* given up; an operator may have it tried again */
    MAIL_SUPPRESSED, /* not to be sent: `last_error` says why */
    MAIL_STATUS_COUNT
};
const char *mail_status_name(enum mail_status status);

struct mail_row {
    struct str user_id;
    struct record_id id;
    struct str kind;       /* "usage_80": a word of app/mail_kind.h */
    struct str dedupe_key; /* the fact that it tells */
    struct str language;
    struct str address, name;
    struct str thread; /* what it belongs to, such as an invoice's number; may be empty */
    struct str facts;  /* a JSON object: what it was written from */
    struct str subject;
    struct str text_body, html_body; /* empty once forgotten, and in pages */
    int status;                      /* enum mail_status */
    int64_t attempts;
    int64_t next_attempt_at;
    int64_t created_at;
    int64_t sent_at; /* or ROW_NONE */
    struct str last_error;
};

/* The same fact twice is one row. */
MUST_USE struct err mail_insert(struct tx *tx, const struct mail_row *row);
MUST_USE struct err mail_is_ordered(struct tx *tx, struct str user_id, struct str dedupe_key,
                                    bool *ret_is);
/* When; ROW_NONE when it is not. */
MUST_USE struct err mail_ordered_at(struct tx *tx, struct str user_id, struct str dedupe_key,
                                    int64_t *ret_at);
MUST_USE struct err mail_get(struct tx *tx, struct str id, struct mail_row *ret_row,
                             bool *ret_found);
/* The one that tells this fact of the customer; without bodies. */
MUST_USE struct err mail_of_fact(struct tx *tx, struct str user_id, struct str dedupe_key,
                                 struct mail_row *ret_row, bool *ret_found);

/* Mails to persons, of a customer's or (empty) of nobody's, before the id; struct mail_row. */
MUST_USE struct err mail_personal_page(struct tx *tx, struct str user_id, struct str before,
                                       size_t max, struct row_list *ret_list);
MUST_USE struct err mail_delete(struct tx *tx, struct str user_id, struct str id);

/* Which mails; empty members leave nothing out. */
struct mail_filter {
    struct str user_id, status;
    struct str before; /* the id that the page follows */
};
/* The newest first, without bodies; items are struct mail_row. */
MUST_USE struct err mail_page(struct tx *tx, const struct mail_filter *filter, size_t max,
                              struct row_list *ret_list);
/* From the status `from` to what the row says now. ERR_CONFLICT when it stands elsewhere. */
MUST_USE struct err mail_move(struct tx *tx, const struct mail_row *row, enum mail_status from);

/* Those to be sent by `now`, and those that were being sent; items are struct mail_row without
 * bodies. */
MUST_USE struct err mail_waiting(struct tx *tx, int64_t now, size_t max, struct row_list *ret_list);
/* When the next one is due after `now`; ROW_NONE when none is. */
MUST_USE struct err mail_next_due(struct tx *tx, int64_t now, int64_t *ret_at);

/* What a customer wants none of. */
MUST_USE struct err mail_optout_put(struct tx *tx, struct str user_id, struct str kind);
MUST_USE struct err mail_optout_get(struct tx *tx, struct str user_id, struct str kind,
                                    bool *ret_is);

struct mail_suppression_row {
    struct str address; /* in lower case */
    struct str reason;
    int64_t created_at;
};
MUST_USE struct err mail_suppression_get(struct tx *tx, struct str address,
                                         struct mail_suppression_row *ret_row, bool *ret_found);
/* The first reason stays. */
MUST_USE struct err mail_suppression_put(struct tx *tx, const struct mail_suppression_row *row);
/* *ret_found is false when nothing kept the address from its mails. */
MUST_USE struct err mail_suppression_delete(struct tx *tx, struct str address, bool *ret_found);
/* In an order that means nothing. */
MUST_USE struct err mail_suppression_page(struct tx *tx, struct str after, size_t max,
                                          struct row_list *ret_list);
/* Moves those of before addresses were sealed. */
MUST_USE struct err mail_suppression_seal_all(struct tx *tx);

#endif
