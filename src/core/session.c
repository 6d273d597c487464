#include "core/session.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"
#include "base/check.h"

static const struct {
    const char *name;
    int64_t idle_minutes, absolute_minutes;
} kinds[SESSION_KIND_COUNT] = {
    [SESSION_PORTAL] = {"portal", 60, INT64_C(7) * 24 * 60},
    [SESSION_MEMBER] = {"member", 60, INT64_C(7) * 24 * 60},
    [SESSION_OPERATOR] = {"operator", 15, INT64_C(12) * 60},
    [SESSION_IMPERSONATION] = {"impersonation", 15, 30},
};

static struct duration minutes(int64_t count) {
    check(count > 0);
    return (struct duration){count * 60 * 1000};
}

const char *session_kind_name(enum session_kind kind) {
    check(kind < SESSION_KIND_COUNT);
    return kinds[kind].name;
}

struct duration session_idle(enum session_kind kind) {
    check(kind < SESSION_KIND_COUNT);
    check(kinds[kind].idle_minutes <= kinds[kind].absolute_minutes);
    return minutes(kinds[kind].idle_minutes);
}

struct duration session_absolute(enum session_kind kind) {
    check(kind < SESSION_KIND_COUNT);
    return minutes(kinds[kind].absolute_minutes);
}

bool session_has_ended(enum session_kind kind, struct session_instants at, struct instant now) {
    check(kind < SESSION_KIND_COUNT);
    return now.ms >= at.expires.ms || now.ms >= instant_add(at.seen, session_idle(kind)).ms ||
           now.ms >= instant_add(at.created, session_absolute(kind)).ms;
}

static const struct {
    const char *name;
    int64_t minutes;
} links[LINK_PURPOSE_COUNT] = {
    [LINK_PORTAL] = {"portal", 15},
    [LINK_IMPERSONATION] = {"impersonation", 5},
    [LINK_SETUP] = {"setup", INT64_C(24) * 60},
    [LINK_RESET] = {"reset", 30},
};

const char *link_purpose_name(enum link_purpose purpose) {
    check(purpose < LINK_PURPOSE_COUNT);
    return links[purpose].name;
}

struct duration link_span(enum link_purpose purpose) {
    check(purpose < LINK_PURPOSE_COUNT);
    return minutes(links[purpose].minutes);
}

/* --- what was proved --- */

static const struct {
    enum proof proof;
    const char *word;
} proof_words[] = {
    {PROOF_PASSWORD, "pwd"}, {PROOF_TOTP, "otp"},     {PROOF_PASSKEY, "hwk"},
    {PROOF_RECOVERY, "kba"}, {PROOF_ASSERTED, "mfa"},
};
static_assert(ARRAY_LEN(proof_words) * 4 < PROOFS_TEXT_SIZE, "all words fit");

unsigned proofs_parse(struct str words) {
    unsigned found = 0;
    struct str rest = words;
    while (rest.len > 0) {
        struct str word = str_cut(&rest, ' ');
        for (size_t i = 0; i < ARRAY_LEN(proof_words); i++) {
            found |=
                str_equal(word, str_from_cstr(proof_words[i].word)) ? proof_words[i].proof : 0U;
        }
    }
    return found;
}

void proofs_text(unsigned proved, char ret_text[PROOFS_TEXT_SIZE]) {
    size_t length = 0;
    for (size_t i = 0; i < ARRAY_LEN(proof_words); i++) {
        if ((proved & proof_words[i].proof) != 0) {
            if (length > 0) {
                ret_text[length++] = ' ';
            }
            memcpy(ret_text + length, proof_words[i].word, 3);
            length += 3;
        }
    }
    ret_text[length] = '\0';
}

/* --- step-up --- */

static const struct {
    const char *name, *doc;
    unsigned proofs;
} actions[STEP_UP_COUNT] = {
    [STEP_UP_UNSAID] = {"", "Nobody has said.", 0},
    [STEP_UP_NONE] = {"none", "Changes nothing that is worth a proof.", 0},
    [STEP_UP_PLAN] = {"plan", "Buy, change, cancel.", PROOFS_STRONG},
    [STEP_UP_PAY] = {"pay", "Pay an invoice, ask where to send money.", PROOFS_STRONG},
    [STEP_UP_PAYMENT_METHOD] = {"payment_method", "Add, remove, choose a method of payment.",
                                PROOFS_STRONG},
    [STEP_UP_DETAILS] = {"details", "Say who is billed, and by which tax ids.", PROOFS_STRONG},
    [STEP_UP_MEMBERS] = {"members", "Invite people, change their roles, remove them.",
                         PROOFS_STRONG},
    [STEP_UP_FACTORS] = {"factors", "Change passwords, passkeys, codes.", PROOFS_STRONG},
    [STEP_UP_PRIVACY] = {"privacy", "Export, rectify, restrict, erase.", PROOFS_STRONG},
    [STEP_UP_MONEY_BACK] = {"money_back", "Give money back, by refund or credit note.",
                            PROOFS_STRONG},
    [STEP_UP_DUNNING] = {"dunning", "Retry, pause, extend, write off.", PROOFS_STRONG},
    [STEP_UP_TERMS] = {"terms", "Change how a customer pays, and whether anything is charged.",
                       PROOFS_STRONG},
    [STEP_UP_APPROVE] = {"approve", "Say yes or no to what somebody else asked for.",
                         PROOFS_STRONG},
    [STEP_UP_CATALOGUE] = {"catalogue", "Change what is sold.", PROOFS_STRONG},
    [STEP_UP_KEYS] = {"keys", "Make and revoke API keys.", PROOFS_STRONG},
    [STEP_UP_SYSTEM] = {"system", "Replays, leases, reconciliation, webhooks.", PROOFS_STRONG},
    [STEP_UP_OPERATORS] = {"operators", "Invite operators, change their roles, remove them.",
                           PROOFS_STRONG},
    [STEP_UP_IMPERSONATE] = {"impersonate", "Open a customer's pages.", PROOFS_STRONG},
    [STEP_UP_EVIDENCE] = {"evidence", "Take evidence out, review who has access.", PROOFS_STRONG},
};

const char *step_up_name(enum step_up action) {
    check(action < STEP_UP_COUNT);
    return actions[action].name;
}

const char *step_up_doc(enum step_up action) {
    check(action < STEP_UP_COUNT);
    return actions[action].doc;
}

unsigned step_up_proofs(enum step_up action) {
    check(action < STEP_UP_COUNT);
    return actions[action].proofs;
}

bool step_up_holds(enum step_up action, unsigned proved, struct instant at, struct duration age_max,
                   struct instant now) {
    check(action != STEP_UP_UNSAID);
    unsigned proofs = step_up_proofs(action);
    bool is_fresh = now.ms >= at.ms && now.ms - at.ms < age_max.ms;
    return proofs == 0 || ((proofs & proved) != 0 && is_fresh);
}
