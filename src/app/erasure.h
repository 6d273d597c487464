/* Forgetting somebody (GDPR, 17): a customer, once a second person has agreed; a person, when they
 * say so themselves.
 *
 * Who a customer is lies under one key, which is destroyed; so is that of each of their people who
 * has no other place. What is not sealed under these keys goes in the same transaction. What the
 * law wants kept stays under the customer's other key, and a certificate says what went and what
 * stays. What is open must be settled first: debt, disputes, changes under way, a paid plan. */
#ifndef APP_ERASURE_H
#define APP_ERASURE_H

#include "app/approval.h"
#include "app/privacy.h"

/* CREATED: it waits for a second person; DONE: it waited already, or, where the catalogue wants no
 * second person, it is done: the row says which. CUSTOMER_NOT_FOUND, CUSTOMER_ERASED,
 * ERASURE_SUBSCRIBED, ERASURE_OWES, ERASURE_DISPUTED, OPERATION_IN_PROGRESS. */
struct erasure_ask {
    struct command command;
    struct str user_id;
    struct str person_id;           /* who asks; empty: a machine */
    struct str reason;              /* may be empty */
    struct privacy_request_row row; /* its texts end with the transaction */
    struct gate_update gate_update;
};
void erasure_ask(struct app *app, struct erasure_ask *ask);

/* Of the row of the audit log that has a certificate's hash. */
#define ERASURE_ACTION "privacy.erased"

/* For app/approval_nouns.c. */
MUST_USE struct err erasure_describe(struct app *app, struct tx *tx,
                                     const struct approval_subject *subject,
                                     struct approval_facts *ret_facts);
MUST_USE struct err erasure_execute(struct approval_execution *execution);

/* A person leaves for good. DONE; PERSON_NOT_FOUND; LAST_ONE when nobody would be left who can let
 * others in, for a customer or for the installation. */
struct person_erase {
    struct command command;
    struct str person_id;
};
void person_erase(struct app *app, struct person_erase *erase);

/* Inside a transaction: the person's key and rows. */
MUST_USE struct err erasure_of_person(struct tx *tx, struct str person_id);
/* The rows alone, which no key is needed for. */
MUST_USE struct err erasure_rows_of_person(struct tx *tx, struct str person_id);

/* --- in a backup of before (main/backup_keys.h) --- */

/* Beside the keys that go with no backup: what was answered to those who were erased, and which
 * addresses nothing is sent to, by their stand-ins. */
MUST_USE struct err erasure_carry_out(struct tx *from, struct tx *to);
/* The same into a restored copy, from such a file or (`is_all`) from data that are replaced. What
 * nothing was sent to then and may be by now, goes. */
MUST_USE struct err erasure_carry_in(struct tx *from, bool is_all, struct tx *to);
/* In a restored copy whose keys are today's: whoever's is destroyed is erased again. */
MUST_USE struct err erasure_again(struct tx *tx);

#endif
