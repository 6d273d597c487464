/* The audit log: who did what, when, from where, and what came of it.
 *
 * A row is written in the transaction that it tells of, so that neither is there without the other.
 * Nobody calls for it: app.c writes one for every command that somebody asked for (app/actor.h), as
 * its savepoint ends, refusals included; and every line of a customer's billing history has one
 * (billing_event_note), so that what the program does to plans and money by itself is there too.
 * What only counts usage writes none: the journal is its evidence. A use case may say more of what
 * it did; what it says goes into the row of its command.
 *
 * Rows cannot be changed, and personal data must be: so it stands in none. What is personal is
 * veiled: a keyed hash, by which the same can be known again. Where a request came from, and why it
 * was done in the words of whoever asked, is kept beside the rows, sealed, and may be forgotten
 * there. */
#ifndef APP_AUDIT_H
#define APP_AUDIT_H

#include "app/actor.h"
#include "app/app.h"
#include "core/jcs.h"
#include "store/audit.h"

/* What a use case says of what it does; empty members say nothing. Texts live as long as the
 * transaction. */
struct audit_said {
    struct str customer;      /* whose chain: when the request itself does not say */
    struct str object;        /* what it is about: "subs_…" */
    struct str before, after; /* from audit_facts() */
    struct str reason;        /* in the words of whoever asked */
    struct str approval;      /* "appr_…": who else had to agree */
    struct str outcome;       /* where it is none of enum outcome */
};

/* What is written down of a transaction under way. */
struct audit {
    struct app *app;
    const struct act *act; /* NULL: the system's */
    struct audit_said said;
};

/* Who acts in the transaction; NULL: the program by itself. */
const struct actor *audit_actor(const struct tx *tx);
/* What they are called; empty: the program, or the owner of the machine. */
struct str audit_actor_id(const struct tx *tx);

/* Adds to what is said of the command; later words replace earlier ones. */
void audit_say(struct tx *tx, const struct audit_said *said);

/* A JSON object in canonical form, in the arena. */
struct str audit_facts(struct cx *cx, const struct jcs_member *members, size_t count);
#define AUDIT_FACTS(cx, ...)                                                                       \
    audit_facts((cx), (const struct jcs_member[]){__VA_ARGS__},                                    \
                sizeof((const struct jcs_member[]){__VA_ARGS__}) / sizeof(struct jcs_member))
#define AUDIT_TEXT(member_name, value)                                                             \
    { .name = (member_name), .kind = JCS_TEXT, .text = (value) }
#define AUDIT_WHOLE(member_name, value)                                                            \
    { .name = (member_name), .kind = JCS_WHOLE, .whole = (value) }

enum { AUDIT_VEILED_SIZE = 35 }; /* "h:", 32 digits, NUL */
/* Personal text as it stands in rows: the beginning of its HMAC under a key of the installation's.
 * The same text gives the same, here and nowhere else. Empty stays empty. */
void audit_veil(const struct app *app, struct str text, char ret_veiled[AUDIT_VEILED_SIZE]);

/* The same, in the transaction's arena; empty when nothing is written down of it. */
struct str audit_veiled(struct tx *tx, struct str text);

/* A row beside that of the command. */
struct audit_entry {
    struct str action; /* "subscription.started" */
    struct audit_said said;
};
MUST_USE struct err audit_append(struct tx *tx, const struct audit_entry *entry);

/* The row of a command that somebody asked for, as it ends; for app.c. */
MUST_USE struct err audit_conclude(struct tx *tx, enum outcome outcome);

/* A command that does nothing, of which therefore only the row remains: what somebody looked at, or
 * was refused. The act is the one in app->acting. */
struct audit_only {
    struct command command;
    struct str outcome; /* what the row says came of it: a literal */
};
void audit_write_only(struct app *app, struct audit_only *only);

/* --- reading --- */

#define AUDIT_ROW_KIND "audt" /* of the ids of rows */

/* Items are struct audit_row, the newest first. */
MUST_USE struct err audit_read_page(struct tx *tx, const struct audit_filter *filter, size_t max,
                                    struct row_list *ret_list);
MUST_USE struct err audit_read_walk(struct tx *tx, struct str user_id, int64_t seq, size_t max,
                                    struct row_list *ret_list);
/* What stands behind a row's origin; *ret_found is false once it was forgotten. */
MUST_USE struct err audit_read_origin(struct tx *tx, const struct audit_row *row,
                                      struct audit_origin_row *ret_row, bool *ret_found);
/* Why, in words; bytes NULL when none were said, or they were veiled or forgotten. */
MUST_USE struct err audit_read_reason(struct tx *tx, const struct audit_row *row,
                                      struct str *ret_reason);

#endif
