/* How long what is kept: one table of kinds, each with its period, the least that it may be, why it
 * is kept, and from when the period counts (GDPR, 5(1)(e)).
 *
 * What goes when it is over differs: rows that a nightly sweep takes; what lies under a customer's
 * key of the books, which is destroyed once the last of what it seals may go; what the program
 * itself needs for a time that is no setting; and what stays.
 *
 * Pure: rows and clocks are the caller's. */
#ifndef CORE_RETENTION_H
#define CORE_RETENTION_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"
#include "core/calendar.h"

enum retention_kind {
    /* what lies under a customer's key of the books */
    RETENTION_BOOKS,
    RETENTION_INVOICES,
    RETENTION_LETTERS,
    /* what is swept */
    RETENTION_CSP_REPORTS,
    RETENTION_DATA_KEYS,
    RETENTION_EXPORTS,
    RETENTION_FEEDBACK,
    RETENTION_IDEMPOTENCY_KEYS,
    RETENTION_INVITATIONS,
    RETENTION_MAIL_TEXTS,
    RETENTION_MAILS,
    RETENTION_ORIGINS,
    RETENTION_PRIVACY_REQUESTS,
    RETENTION_WEBHOOKS_IN,
    RETENTION_WEBHOOKS_OUT,
    /* what the program needs for so long itself */
    RETENTION_EVIDENCE,
    RETENTION_INQUIRIES,
    RETENTION_LEASES,
    RETENTION_QUOTES,
    RETENTION_SESSIONS,
    RETENTION_TAKES,
    RETENTION_USAGE_EVENTS,
    /* what has no end of its own */
    RETENTION_ACCOUNT,
    RETENTION_AUDIT_LOG,
    RETENTION_BREACHES,
    RETENTION_PEOPLE,
    RETENTION_SYSTEM,
    RETENTION_USAGE_TOTALS,
    RETENTION_KIND_COUNT,
};

enum retention_how {
    RETENTION_BY_KEY, /* a key is destroyed, once a second person has agreed */
    RETENTION_SWEPT,  /* rows go, each night */
    RETENTION_FIXED,  /* the same, after a time that is no setting */
    RETENTION_STAYS,  /* until what it belongs to goes */
};

struct retention_info {
    const char *name; /* "webhooksIn": in the catalogue and in answers */
    const char *what; /* is kept */
    const char *why;  /* the basis */
    const char *from; /* when the period counts */
    enum retention_how how;
    const char *period;  /* by default, ISO 8601; "": it stays */
    const char *minimum; /* the same; "": there is none, or it is no setting */
};
const struct retention_info *retention_info_of(enum retention_kind kind);
/* "key", "sweep", "fixed", "none". */
const char *retention_how_name(enum retention_how how);
/* Whether a catalogue may say its period. */
bool retention_is_setting(enum retention_kind kind);

/* --- by law --- */

/* What a country's law wants of books, invoices and letters. No advice: whoever operates checks. */
struct retention_country {
    const char *code; /* ISO 3166-1: "DE" */
    const char *books, *invoices, *letters;
    const char *source;
};
extern const struct retention_country retention_countries[];
extern const size_t retention_country_count;
/* NULL: none of the table. */
const struct retention_country *retention_country_find(struct str code);

/* --- a policy --- */

struct retention_policy {
    const struct retention_country *country; /* NULL: none was said */
    struct calendar_step periods[RETENTION_KIND_COUNT];
    bool sweeps; /* by itself each night; false: only as a plan says */
};
/* Of a country, or of none: ten years for books, invoices and letters. */
struct retention_policy retention_policy_default(const struct retention_country *country);
/* The least for a kind: its own, or what the country's law wants. */
const char *retention_minimum(const struct retention_country *country, enum retention_kind kind);

/* Whole years, months, weeks and days, at most a century: "P10Y". */
MUST_USE bool retention_period_parse(struct str text, struct calendar_step *ret_period);
/* By the longest that months and years can be. */
bool retention_is_shorter(struct calendar_step a, struct calendar_step b);
enum { RETENTION_PERIOD_SIZE = 24 };
/* "P10Y", "P1Y6M", "P30D"; NUL-terminated. */
void retention_period_text(struct calendar_step period, char ret_text[RETENTION_PERIOD_SIZE]);

/* What is older than this may go at `now`. Of a kind with a period. */
struct instant retention_cutoff(const struct retention_policy *policy, enum retention_kind kind,
                                struct instant now);

/* --- books --- */

/* The newest of what a customer's key of the books seals. */
struct retention_books {
    bool has_invoice, has_letter;
    struct instant invoice; /* or credit note, or payment */
    struct instant letter;  /* or what happened, of somebody who was never billed */
};
/* Counted from the end of the year (UTC) of each. False: there is nothing. */
MUST_USE bool retention_books_due(const struct retention_policy *policy,
                                  const struct retention_books *books, struct instant *ret_at);

#endif
