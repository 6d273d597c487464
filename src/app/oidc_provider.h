/* The OpenID provider of the installation: its document and its keys, fetched when they are needed
 * and kept for an hour, and the exchange of a code for a token that holds. Of the loop's thread.
 *
 * The issuer is the operator's choice and may lie in their own network; an address that its
 * document names elsewhere is talked to in the public internet only (net/guard.h). No redirect is
 * followed, no answer waited for longer than 5 seconds, nothing read beyond 64 KiB. A token that is
 * signed by an unknown key makes the keys be fetched anew, once a minute at most. */
#ifndef APP_OIDC_PROVIDER_H
#define APP_OIDC_PROVIDER_H

#include "base/env.h"
#include "core/role.h"
#include "proof/oidc.h"

/* Who comes uninvited, and of whom the provider says this, operates in this role. */
struct oidc_role_rule {
    struct str claim, value;
    enum role role;
};

struct oidc_settings {
    struct str issuer; /* as it names itself, byte by byte */
    struct str client_id, client_secret;
    struct str name;     /* what people call it */
    struct str acr;      /* the context that means two factors; empty: none does */
    enum role newcomers; /* of whom nobody has invited; ROLE_NONE: they are not let in */
    const struct oidc_role_rule *rules; /* before that; the first that holds */
    size_t rule_count;
    bool trusts_emails;  /* an address counts as verified where it does not say that it is not */
    bool may_be_private; /* all its addresses may be of one's own network */
};

struct oidc_provider;

/* Texts are borrowed. NULL when there is no memory. */
struct oidc_provider *oidc_provider_create(struct env *env, const struct oidc_settings *settings);
void oidc_provider_destroy(struct oidc_provider *provider); /* takes NULL */
const struct oidc_settings *oidc_provider_settings(const struct oidc_provider *provider);

/* As what somebody operates of whom nobody has invited; ROLE_NONE: they are not let in. */
enum role oidc_newcomer_role(const struct oidc_settings *settings, struct str payload);

/* Asks for the provider's document; the struct is the caller's and lives until `done`, which may be
 * called before this returns. */
struct oidc_call {
    struct oidc_provider *provider;
    struct arena *arena;
    void (*done)(struct oidc_call *call);
    enum oidc_verdict verdict;       /* out */
    struct oidc_discovery discovery; /* out, if fine */
};
void oidc_discover(struct oidc_call *call);

/* Gives a code for what it proves. `call.discovery` is there already. */
struct oidc_redeem {
    struct oidc_call call; /* first: `done` hands it back */
    struct oidc_client client;
    struct str code, verifier, nonce;
    int64_t now_s;
    int64_t auth_age_s_max; /* 0: does not matter */
    /* out */
    enum jwks_verdict keys;   /* of OIDC_KEYS */
    enum jwt_verdict token;   /* of OIDC_TOKEN */
    struct jwt_claims claims; /* if fine */
    struct oidc_person person;
    /* under way */
    struct oidc_tokens tokens;
    struct oidc_code_request asked;
    struct str headers[3];
};
void oidc_redeem(struct oidc_redeem *redeem);
/* What went wrong, in one sentence; static text. */
const char *oidc_redeem_text(const struct oidc_redeem *redeem);

#endif
