/* How coming in by the OpenID provider ends: rows of OUTCOMES (app/outcome.h), where their form is
 * told. */
#ifndef APP_OUTCOME_OIDC_H
#define APP_OUTCOME_OIDC_H

#define OUTCOMES_OIDC(X)                                                                           \
    X(OIDC_NOT_SET_UP, "oidc_not_set_up", "No OpenID provider is set up here.")                    \
    X(OIDC_PROVIDER_FAILED, "oidc_provider_failed",                                                \
      "The OpenID provider cannot be reached, or its answer cannot be used.")                      \
    X(OIDC_ATTEMPT_GONE, "oidc_attempt_gone",                                                      \
      "This sign-in was begun in another browser or more than 10 minutes ago, or has ended; "      \
      "begin "                                                                                     \
      "again.")                                                                                    \
    X(OIDC_DENIED, "oidc_denied", "The OpenID provider did not sign the person in.")               \
    X(OIDC_OTHER_ISSUER, "oidc_other_issuer", "The answer is of another provider.")                \
    X(OIDC_TOKEN_INVALID, "oidc_token_invalid",                                                    \
      "What the OpenID provider says of the person does not hold.")                                \
    X(OIDC_EMAIL_UNVERIFIED, "oidc_email_unverified",                                              \
      "The OpenID provider does not say that the address is theirs.")                              \
    X(OIDC_PERSON_UNKNOWN, "oidc_person_unknown",                                                  \
      "Nobody here goes by this account; ask to be invited under its address.")                    \
    X(OIDC_SUBJECT_CHANGED, "oidc_subject_changed",                                                \
      "This address belongs to somebody whom the provider knows by another account.")              \
    X(OIDC_OTHER_PERSON, "oidc_other_person",                                                      \
      "This is the account of somebody else than who is signed in.")                               \
    X(OIDC_ONE_FACTOR, "oidc_one_factor",                                                          \
      "The OpenID provider does not say that it asked for two factors just now.")                  \
    X(IDENTITY_TAKEN, "identity_taken", "Somebody else here goes by this account already.")        \
    X(IDENTITY_EXISTS, "identity_exists",                                                          \
      "The provider knows this person by another account; unlink that one first.")                 \
    X(IDENTITY_NOT_FOUND, "identity_not_found", "This provider does not know the person.")         \
    X(LAST_WAY_IN, "last_way_in",                                                                  \
      "Without it nobody could come in: set up a passkey or a password first.")

#endif
