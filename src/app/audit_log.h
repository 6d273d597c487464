/* Checkpoints of the audit log: what all chains have come to, signed, and sent to where nobody
 * here can change it.
 *
 * Chains are told to one log, whose Merkle tree only grows; a checkpoint signs its root
 * (core/audit.h). One is due an hour after the last, and earlier once a thousand rows wait, if any
 * wait at all. It is written in the transaction that tells the log, with a row for each sink that
 * it is to go to; those are sent from their rows, again and again until it is there. */
#ifndef APP_AUDIT_LOG_H
#define APP_AUDIT_LOG_H

#include "app/app.h"
#include "base/sign.h"
#include "core/audit.h"
#include "core/period.h"
#include "store/audit_log.h"

enum { AUDIT_SINKS_MAX = 8, AUDIT_SINK_MAX = 512, AUDIT_ROWS_DUE = 1000 };

/* Who signs, and where what was signed goes; lives as long as the app. */
struct audit_signer {
    struct str origin; /* "turnpike/inst_…" */
    struct sign_key key;
    struct str sinks[AUDIT_SINKS_MAX]; /* "file:/…", "syslog:", "https://…" */
    size_t sink_count;
};

/* When a checkpoint is due; INSTANT_MAX while nothing waits. */
MUST_USE struct err audit_log_due_at(const struct app *app, struct tx *tx, struct instant *ret_at);
/* Tells the log of a few hundred chains, and signs it when it has been told of all; else there is
 * more to do. On the writer's thread. */
MUST_USE struct err audit_log_sign(struct app *app, struct tx *tx, bool *ret_has_more);

/* Notes the key that signs from now on: verifiers ask for all that ever did, one a line, in
 * audit_key_write()'s form. At the start. */
MUST_USE struct err audit_log_keep_key(const struct app *app, struct tx *tx);
MUST_USE struct err audit_log_keys(struct tx *tx, struct str *ret_keys);

/* Items are struct audit_checkpoint_row, of less than `before` heads, the newest first. */
MUST_USE struct err audit_checkpoints_read(struct tx *tx, int64_t before, size_t max,
                                           struct row_list *ret_list);

/* --- on their way --- */

/* Where a checkpoint goes: struct audit_shipment_row. */
MUST_USE struct err audit_shipments_read(struct tx *tx, int64_t size, struct row_list *ret_list);

/* The next one to be sent by now; *ret_found is false when none is. */
MUST_USE struct err audit_shipment_read(struct tx *tx, struct instant now,
                                        struct audit_shipment_row *ret_row, struct str *ret_note,
                                        bool *ret_found);
/* INSTANT_MAX when none waits. */
MUST_USE struct err audit_shipment_due_at(struct tx *tx, struct instant *ret_at);

/* Notes what came of sending one. One that failed is sent again after a pause that doubles from a
 * minute to an hour. */
struct audit_shipped {
    struct command command;
    struct audit_shipment_row row; /* as it was read; its texts live as long as the command */
    struct str error;              /* empty: it is there */
};
void audit_shipment_settle(struct app *app, struct audit_shipped *shipped);

#endif
