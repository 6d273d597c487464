/* What the files of reconciliation share. */
#ifndef APP_RECONCILE_INSIDE_H
#define APP_RECONCILE_INSIDE_H

#include "app/compare.h"
#include "app/reconcile.h"

/* Reads of one object by name, by the word in reconcile_suspects.object. */
struct str reconcile_word(int64_t kind); /* of a READ or LIST kind: "invoice" */
bool reconcile_read_call(struct tx *tx, const struct reconcile_object *object,
                         struct payments_call *ret_call);

/* Judges a suspect that was read afresh: notes, repairs, counts in *run. reconcile_judge.c. */
struct err reconcile_judge(struct reconcile_step *step, struct tx *tx,
                           struct reconciliation_row *run);

#endif
