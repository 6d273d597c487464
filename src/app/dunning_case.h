/* The parts of dunning that its files share: how a case moves, and how an invoice is charged. */
#ifndef APP_DUNNING_CASE_H
#define APP_DUNNING_CASE_H

#include "app/dunning.h"
#include "store/invoice.h"

/* One case in hand. */
struct dunning {
    struct app *app;
    struct tx *tx;
    struct dunning_row row;
    struct gate_update *update; /* becomes due when access changes */
    struct str reason;          /* of an operator's move; for the history */
};

/* Moves the case, writes it, and does what follows; false when the move is refused. */
MUST_USE struct err dunning_move(struct dunning *dunning, const struct dunning_input *input,
                                 bool *ret_is_legal);
/* The same for an event without particulars. */
MUST_USE struct err dunning_event(struct dunning *dunning, enum dunning_event event,
                                  bool *ret_is_legal);
/* Writes a new case and does what follows from its being open. */
MUST_USE struct err dunning_begin(struct dunning *dunning, const struct dunning_step *opened);
/* Works out anew when something falls due, and writes the case. */
MUST_USE struct err dunning_keep(struct dunning *dunning);
struct dunning_case dunning_case_of(const struct dunning_row *row);

/* What a second person has agreed to (app/dunning_approval.h): the action itself, remembered under
 * its key; its outcome is the command's. */
MUST_USE struct err dunning_act_agreed(struct dunning_action *action, struct tx *tx,
                                       struct gate_update *update);

/* An attempt to collect begins: its row, and the call. None begins when one is in flight, or the
 * invoice is not open. */
MUST_USE struct err dunning_collect(struct dunning *dunning, enum attempt_origin origin,
                                    bool *ret_has_begun);
/* Tells the provider to stop collecting this invoice by itself. */
MUST_USE struct err dunning_take_over(struct dunning *dunning);
/* A charge that no attempt of the invoice has made, as far as we know. */
MUST_USE struct err dunning_is_new_charge(struct tx *tx, struct str user_id, struct str invoice_id,
                                          struct str charge_id, bool *ret_is_new);
/* Writes an attempt with an id of its own, as made now; over, unless its status says otherwise. */
MUST_USE struct err dunning_put_attempt(struct tx *tx, const struct payment_attempt_row *attempt);

/* Opens the cases of invoices that are overdue, at most DUNNING_BATCH; an update for each whose
 * access changed. */
MUST_USE struct err dunning_open_overdue(struct app *app, struct tx *tx,
                                         struct gate_update updates[DUNNING_BATCH],
                                         size_t *ret_count);

/* What a mail tells; in dunning_mail.c. */
enum dunning_mail {
    DUNNING_SAYS_FAILED, /* the first time */
    DUNNING_SAYS_RETRY_FAILED,
    DUNNING_SAYS_ACCESS_ENDING,
    DUNNING_SAYS_RESTRICTED,
    DUNNING_SAYS_ENDING,
    DUNNING_SAYS_ENDED,
    DUNNING_SAYS_RECOVERED,
    DUNNING_SAYS_REMINDED, /* because an operator wants it */
};
MUST_USE struct err dunning_tell(const struct dunning *dunning, enum dunning_mail mail);

#endif
