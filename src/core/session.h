/* Sessions of people: how long each kind lasts, and how fresh a proof must be for what.
 *
 * A session ends when it has rested for its idle time or is as old as its absolute time, whichever
 * is first (ASVS 7.3). Pure: the caller keeps the instants. */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include <stdbool.h>

#include "base/str.h"
#include "core/calendar.h"

enum session_kind {
    SESSION_PORTAL,        /* the platform opened a customer's pages for its user */
    SESSION_MEMBER,        /* a member of a customer signed in here */
    SESSION_OPERATOR,      /* an operator signed in */
    SESSION_IMPERSONATION, /* an operator looks at a customer's pages */
    SESSION_KIND_COUNT,
};

const char *session_kind_name(enum session_kind kind);

/* The next two are durations from the last request, and from the start. */
struct duration session_idle(enum session_kind kind);
struct duration session_absolute(enum session_kind kind);

struct session_instants {
    struct instant created, seen, expires;
};
bool session_has_ended(enum session_kind kind, struct session_instants at, struct instant now);

/* What a link does, once. */
enum link_purpose {
    LINK_PORTAL,        /* the platform's user comes in */
    LINK_IMPERSONATION, /* an operator comes in as a customer's viewer */
    LINK_SETUP,         /* the first operator is made */
    LINK_RESET,         /* a new password is set */
    LINK_PURPOSE_COUNT,
};
const char *link_purpose_name(enum link_purpose purpose);
struct duration link_span(enum link_purpose purpose);

/* --- what was proved --- */

/* How somebody proved who they are: bits, named as RFC 8176 names them in `amr`. */
enum proof {
    PROOF_PASSWORD = 1,  /* pwd */
    PROOF_TOTP = 2,      /* otp: a one-time code of an app */
    PROOF_PASSKEY = 4,   /* hwk: a passkey that verified its user */
    PROOF_RECOVERY = 8,  /* kba: a recovery code; signs in, and steps nobody up */
    PROOF_ASSERTED = 16, /* mfa: the platform or an OpenID provider says that it asked for two */
};
/* Words with blanks between; a word that is none counts for nothing. */
unsigned proofs_parse(struct str words);
enum { PROOFS_TEXT_SIZE = 24 };
void proofs_text(unsigned proofs, char ret_text[PROOFS_TEXT_SIZE]);

/* The proofs that count as a second factor. */
enum { PROOFS_STRONG = PROOF_TOTP | PROOF_PASSKEY | PROOF_ASSERTED };

/* --- step-up --- */

/* What must be freshly proved before it is done; of a route. */
enum step_up {
    STEP_UP_UNSAID, /* nothing was said: no person may call such a route when it changes anything */
    STEP_UP_NONE,   /* changes nothing that is worth a proof */
    STEP_UP_PLAN,   /* buy, change, cancel */
    STEP_UP_PAY,    /* pay an invoice, ask where to send money */
    STEP_UP_PAYMENT_METHOD,
    STEP_UP_DETAILS, /* who is billed, and their tax ids */
    STEP_UP_MEMBERS,
    STEP_UP_FACTORS, /* passwords, passkeys, codes */
    STEP_UP_PRIVACY, /* export, erasure */
    STEP_UP_MONEY_BACK,
    STEP_UP_DUNNING,
    STEP_UP_TERMS, /* how a customer pays, and whether anything is charged at all */
    STEP_UP_APPROVE,
    STEP_UP_CATALOGUE,
    STEP_UP_KEYS,
    STEP_UP_SYSTEM,
    STEP_UP_OPERATORS,
    STEP_UP_IMPERSONATE,
    STEP_UP_EVIDENCE, /* packs of evidence, reviews of access */
    STEP_UP_COUNT,
};

enum { STEP_UP_SECONDS_DEFAULT = 300 };

const char *step_up_name(enum step_up action);
const char *step_up_doc(enum step_up action);
/* Which proofs do for it: enum proof bits, 0 for STEP_UP_NONE. */
unsigned step_up_proofs(enum step_up action);
/* Whether a proof of `proved`, given at `at`, is good enough at `now`. */
bool step_up_holds(enum step_up action, unsigned proved, struct instant at, struct duration age_max,
                   struct instant now);

#endif
