/* Inquiries: who is nobody's customer yet asks for a contract, on the pricing page. Operators
 * answer one by making it a customer's, which begins a contract (app/contract.h), or by closing it.
 * What is kept of it is personal, and forgotten some time after the answer (app/maintenance.h). */
#ifndef APP_INQUIRY_H
#define APP_INQUIRY_H

#include "app/customer.h"
#include "app/invitation.h"
#include "store/inquiry.h"

/* So many wait at most, and of so many a day the operators are told by mail: whoever floods the
 * form fills neither the disk nor a mailbox. */
enum { INQUIRIES_WAITING_MAX = 10000, INQUIRIES_TOLD_A_DAY = 20 };

/* CREATED; DONE while the same waits in the same words; INQUIRIES_FULL. Who asked is written to
 * once a day at most, in words that are ours alone: a stranger's address is no mailbox for others'
 * texts. */
struct inquiry_make {
    struct command command;
    struct str company, name, email;
    struct str country, language; /* may be empty */
    struct str message;
    struct str usage;    /* JSON of whole numbers by metric, in canonical form */
    struct record_id id; /* out */
    struct instant at;   /* out: when it was asked first */
};
void inquiry_make(struct app *app, struct inquiry_make *make);

/* The inquiry is a customer's: a contract of theirs is requested, in the same words. With
 * `makes_customer` the customer is made of what was asked. DONE, also when it was answered so
 * before; INQUIRY_NOT_FOUND, INQUIRY_ANSWERED, CUSTOMER_NOT_FOUND, CUSTOMER_CONFLICT,
 * CUSTOMER_ERASED, CONTRACT_OPEN. */
struct inquiry_attach {
    struct command command;
    struct str id, user_id;
    bool makes_customer;
    enum role role;        /* that who asked is invited to; ROLE_NONE: they are not */
    struct str invited_by; /* whom that mail names; or empty */
    struct customer_create customer;
};
void inquiry_attach(struct app *app, struct inquiry_attach *attach);

/* Nothing comes of it. DONE, also when it was closed so before; INQUIRY_NOT_FOUND,
 * INQUIRY_ANSWERED. */
struct inquiry_close {
    struct command command;
    struct str id, reason;
};
void inquiry_close(struct app *app, struct inquiry_close *close);

/* On the loop's thread; as store/inquiry.h. */
MUST_USE struct err inquiry_read(struct tx *tx, struct str id, struct inquiry_row *ret_row,
                                 bool *ret_found);
MUST_USE struct err inquiries_read(struct tx *tx, int status, struct str before, size_t max,
                                   struct row_list *ret_list);

#endif
