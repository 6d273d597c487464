/* The populations of a pack of evidence: which rows, of which control, in which columns. */
#include "store/evidence.h"
#include "store/queries.h"
#include "store/sealed.h"

#define SEALED(field) .sealed = (field) + 1
#define TEXT(name, doc, ...)                                                                       \
    { name, doc, EXPORT_TEXT, __VA_ARGS__ }
#define PLAIN(name, doc)                                                                           \
    { name, doc, EXPORT_TEXT, .sealed = 0 }
#define WHOLE(name, doc)                                                                           \
    { name, doc, EXPORT_WHOLE, .sealed = 0 }
#define FLAG(name, doc)                                                                            \
    { name, doc, EXPORT_FLAG, .sealed = 0 }
#define INSTANT(name, doc)                                                                         \
    { name, doc, EXPORT_INSTANT, .sealed = 0 }
#define JSON(name, doc, ...)                                                                       \
    { name, doc, EXPORT_JSON, __VA_ARGS__ }
#define MEMBER(name, doc)                                                                          \
    { name, doc, EXPORT_MEMBER, .sealed = 0 }
#define FACTS(name, doc)                                                                           \
    { name, doc, EXPORT_FACTS, .sealed = 0 }
#define ID PLAIN("id", "Ours")

/* Rows of the audit log that tell of some actions, all in the same columns. */
#define ACTS(of_control, of_name, of_doc, list)                                                    \
    .rows = {.name = (of_name),                                                                    \
             .doc = (of_doc),                                                                      \
             .statement = Q_EVIDENCE_ACTS,                                                         \
             .columns = {ID, INSTANT("at", "When"), PLAIN("actor", "Who: a person or a key"),      \
                         MEMBER("actorKind", "What they are"),                                     \
                         MEMBER("impersonator", "Who acted as them"),                              \
                         PLAIN("chain", "Of the log: a customer's; empty: the operators'"),        \
                         MEMBER("customer", "Whom it was about, who has no chain"),                \
                         PLAIN("action", "What"), PLAIN("object", "About what"),                   \
                         MEMBER("outcome", "What came of it: done, or the code of a refusal"),     \
                         FACTS("reason", "In the words of whoever asked"),                         \
                         MEMBER("approval", "Who else had to agree: see approvals"),               \
                         FACTS("before", "What was"), FACTS("after", "What is since"),             \
                         FACTS("asked", "What was asked for")},                                    \
             .count = 15},                                                                         \
    .control = (of_control), .how = EVIDENCE_BY_ACTION, .id_kind = "audt", .actions = (list)

static const char *const people_actions[] = {
    "setup.link",      "setup.first_operator", "operator.invite", "invitation.accept",
    "operator.change", "operator.remove",      "member.invite",   "member.change",
    "member.remove",   "person.erase",         "session.revoke",  NULL};
static const char *const key_actions[] = {"key.create", "key.rotate", "key.revoke", NULL};
static const char *const ended_actions[] = {"operator.remove",      "member.remove", "key.revoke",
                                            "access_review.decide", "person.erase",  NULL};
static const char *const factor_actions[] = {
    "password.set",     "password.reset", "totp.begin",          "totp.remove",
    "passkey.register", "passkey.remove", "recovery_codes.make", NULL};
static const char *const export_actions[] = {"privacy.export",  "privacy.download",  "audit.export",
                                             "evidence.create", "evidence.download", NULL};
static const char *const impersonation_actions[] = {"impersonation.create", NULL};
static const char *const policy_actions[] = {"lease_policy.set",
                                             "billing_terms.set",
                                             "keyring.rotate",
                                             "webhook_endpoint.create",
                                             "webhook_endpoint.change",
                                             "webhook_endpoint.rotate_secret",
                                             "webhook_endpoint.delete",
                                             "contract.write",
                                             "contract.submit",
                                             "contract.withdraw",
                                             NULL};
static const char *const sign_in_actions[] = {
    "session.sign_in_password", "session.sign_in_passkey", "session.sign_in_oidc",
    "session.prove_totp",       "session.prove_passkey",   "session.prove_recovery_code",
    "session.ask_sign_in",      "password.reset",          NULL};
static const char *const refusal_actions[] = {"request.refused", NULL};
static const char *const money_actions[] = {"refund.create",     "credit_note.create",
                                            "dunning.write_off", "charging.release",
                                            "customer.release",  NULL};

const struct evidence_noun evidence_nouns[] = {
    {.rows = {.name = "people",
              .doc = "Everybody who may sign in, with what proves them; operators by name",
              .statement = Q_EVIDENCE_PEOPLE,
              .sealed = &sealed_people,
              .is_of_people = true,
              .columns = {ID, PLAIN("kind", "operator or member"), PLAIN("operatorRole", "Theirs"),
                          WHOLE("customers", "For how many they act"),
                          TEXT("name", "Of an operator", SEALED(PEOPLE_NAME)),
                          FLAG("hasPassword", "One of their own"),
                          WHOLE("totp", "Apps that make codes"), WHOLE("passkeys", "How many"),
                          WHOLE("recoveryCodes", "That are left"),
                          WHOLE("identities", "At an OpenID provider, or the platform"),
                          INSTANT("createdAt", "Since when"),
                          INSTANT("disabledAt", "Since when not any more")},
              .count = 12},
     .control = "CC6.1",
     .how = EVIDENCE_AS_IT_IS},
    {.rows = {.name = "api_keys",
              .doc = "Keys of machines that could open anything in the period",
              .statement = Q_EVIDENCE_KEYS,
              .columns = {ID, PLAIN("prefix", "How it begins"), PLAIN("last4", "How it ends"),
                          PLAIN("scopes", "What it may"), INSTANT("createdAt", "When it was made"),
                          INSTANT("expiresAt", "When it ends by itself"),
                          INSTANT("revokedAt", "When it was ended"),
                          INSTANT("lastUsedAt", "To the minute")},
              .count = 8},
     .control = "CC6.1",
     .how = EVIDENCE_BY_TIME},
    {.rows = {.name = "configuration",
              .doc = "How the server was set up: at the beginning of the period, and from each "
                     "start in it; with the version and the build that ran. No secrets",
              .statement = Q_EVIDENCE_STARTS,
              .columns = {ID, INSTANT("at", "When it started"), PLAIN("version", "Of the program"),
                          PLAIN("build", "Its build id"),
                          JSON("configuration", "How it was set up", .sealed = 0)},
              .count = 5},
     .control = "CC8.1",
     .how = EVIDENCE_BY_TIME},
    {ACTS("CC6.2", "people_changes",
          "People who were asked in, came, were given another role, were removed", people_actions)},
    {ACTS("CC6.2", "key_changes", "Keys of machines that were made, replaced, revoked",
          key_actions)},
    {.rows = {.name = "access_reviews",
              .doc = "Who was looked at in a review of access, what was decided, by whom; overdue: "
                     "nobody decided in time",
              .statement = Q_EVIDENCE_REVIEWS,
              .columns = {ID, PLAIN("reviewId", "Of which review"),
                          INSTANT("openedAt", "When it was opened"), INSTANT("dueAt", "By when"),
                          INSTANT("closedAt", "When it was closed"),
                          PLAIN("kind", "operator or key"), PLAIN("subject", "Who, or which"),
                          PLAIN("held", "The role, or the scopes, that they had"),
                          PLAIN("decision", "keep, change, revoke, overdue; empty: none yet"),
                          PLAIN("becomes", "Of change: the role since"),
                          PLAIN("reason", "In the words of who decided"), PLAIN("decidedBy", "Who"),
                          INSTANT("decidedAt", "When")},
              .count = 13},
     .control = "CC6.3",
     .how = EVIDENCE_BY_TIME},
    {ACTS("CC6.3", "access_ended",
          "Access that was ended; sessions, and what a key opens, end in the same step",
          ended_actions)},
    {ACTS("CC6.1", "factor_changes", "Passwords, passkeys and codes that were set up or removed",
          factor_actions)},
    {ACTS("CC6.7", "exports", "Personal data, the audit log and evidence that left the system",
          export_actions)},
    {ACTS("CC6.7", "impersonations", "Operators who opened a customer's pages",
          impersonation_actions)},
    {.rows = {.name = "approvals",
              .doc = "What needed a second person: who asked, what it changes, who decided",
              .statement = Q_EVIDENCE_APPROVALS,
              .sealed = &sealed_approvals,
              .columns = {ID, PLAIN("action", "What; catalogue: what is sold, and its prices"),
                          PLAIN("status", "How it stands"), PLAIN("userId", "The customer, if any"),
                          PLAIN("objectId", "About what"),
                          JSON("request", "What will be done", SEALED(APPROVALS_REQUEST)),
                          JSON("before", "What it rests on", SEALED(APPROVALS_FACTS_BEFORE)),
                          JSON("after", "What of that changes", SEALED(APPROVALS_FACTS_AFTER)),
                          WHOLE("amount", "In minor units"), PLAIN("currency", "ISO 4217"),
                          TEXT("reason", "In the words of who asked", SEALED(APPROVALS_REASON)),
                          PLAIN("requestedBy", "Who asked"), INSTANT("requestedAt", "When"),
                          PLAIN("decidedBy", "The second person"), INSTANT("decidedAt", "When"),
                          TEXT("decisionReason", "In their words",
                               SEALED(APPROVALS_DECISION_REASON))},
              .count = 16},
     .control = "CC8.1",
     .how = EVIDENCE_BY_TIME,
     .whose = 4},
    {.rows = {.name = "plan_versions",
              .doc = "Terms of plans that came into force",
              .statement = Q_EVIDENCE_PLANS,
              .columns = {PLAIN("plan", "And its version"), PLAIN("tier", "The plan"),
                          WHOLE("version", "Of it"), PLAIN("contentHash", "SHA-256 of the terms"),
                          PLAIN("content", "The terms"), INSTANT("createdAt", "Since when")},
              .count = 6},
     .control = "CC8.1",
     .how = EVIDENCE_BY_TIME},
    {ACTS("CC8.1", "policy_changes", "Rules and terms that were changed", policy_actions)},
    {.rows = {.name = "alerts",
              .doc = "What was told to the operators because a person had to look",
              .statement = Q_EVIDENCE_MAILS,
              .columns = {ID, PLAIN("kind", "What about"), PLAIN("userId", "Whom about, if anyone"),
                          PLAIN("status", "Whether the mail went out"),
                          INSTANT("createdAt", "When"), INSTANT("sentAt", "When it went out")},
              .count = 6},
     .control = "CC7.2",
     .how = EVIDENCE_BY_ID,
     .id_kind = "mail",
     .is_of_alerts = true},
    {ACTS("CC7.2", "failed_sign_ins", "Attempts to come in, or to prove who one is, that failed",
          sign_in_actions),
     .is_of_refusals = true},
    {ACTS("CC7.2", "refused_requests", "Requests that were refused to who made them",
          refusal_actions)},
    {.rows = {.name = "audit_log",
              .doc = "The whole audit log of the period, row by row, with its hashes",
              .statement = Q_EVIDENCE_AUDIT,
              .columns = {ID, INSTANT("at", "When"),
                          PLAIN("chain", "A customer's; empty: the operators'"),
                          WHOLE("seq", "In the chain"), PLAIN("actor", "Who"),
                          MEMBER("actorKind", "What they are"), PLAIN("action", "What"),
                          PLAIN("object", "About what"), MEMBER("outcome", "What came of it"),
                          JSON("row", "All of it, as it was hashed", .sealed = 0),
                          PLAIN("leaf", "SHA-256 of a zero byte and the row"),
                          PLAIN("hash", "Of the chain up to here")},
              .count = 12},
     .control = "CC7.3",
     .how = EVIDENCE_BY_ID,
     .id_kind = "audt"},
    {.rows = {.name = "reconciliations",
              .doc = "When everything was compared with the payment provider, and what was found",
              .statement = Q_EVIDENCE_RECONCILIATIONS,
              .columns = {ID, PLAIN("reason", "asked, daily or restore"),
                          PLAIN("onlyUserId", "One customer; empty: all"),
                          FLAG("isDryRun", "Nothing was repaired"), PLAIN("status", "How it ended"),
                          WHOLE("examined", "Objects"), WHOLE("found", "Differences"),
                          WHOLE("repaired", "Of them"), WHOLE("leftOver", "For a person"),
                          INSTANT("startedAt", "When"), INSTANT("finishedAt", "When it ended")},
              .count = 11},
     .control = "PI1",
     .how = EVIDENCE_BY_ID,
     .id_kind = "reco"},
    {.rows = {.name = "differences",
              .doc = "What differed from the payment provider: found or settled in the period, or "
                     "open",
              .statement = Q_EVIDENCE_DIFFERENCES,
              .columns = {ID, PLAIN("reconciliationId", "Which walk has found it"),
                          PLAIN("userId", "Whose"), PLAIN("kind", "What"),
                          PLAIN("providerId", "The provider's object"), PLAIN("here", "As stored"),
                          PLAIN("there", "As the provider says"), PLAIN("status", "How it stands"),
                          INSTANT("foundAt", "When"), INSTANT("settledAt", "When it was settled")},
              .count = 10},
     .control = "PI1",
     .how = EVIDENCE_BY_TIME},
    {.rows = {.name = "usage_accounts",
              .doc = "Records of usage by customer: received = counted + duplicate + rejected",
              .statement = Q_EVIDENCE_USAGE,
              .columns = {PLAIN("userId", "The customer"), WHOLE("received", "Records"),
                          WHOLE("counted", "Of them"), WHOLE("duplicate", "Of them"),
                          WHOLE("rejected", "Of them"), FLAG("balances", "The sum is right")},
              .count = 6},
     .control = "PI1",
     .how = EVIDENCE_AS_IT_IS},
    {ACTS("PI1", "money_given_back", "Refunds, credit notes, debts given up, charging let go",
          money_actions)},
    {.rows = {.name = "privacy_requests",
              .doc = "What people asked of their data, and what was answered, with certificates",
              .statement = Q_EVIDENCE_PRIVACY,
              .columns = {ID, PLAIN("kind", "export or erasure"),
                          PLAIN("userId", "The customer, if any"), PLAIN("personId", "Who asked"),
                          PLAIN("status", "How it stands"), INSTANT("createdAt", "When"),
                          INSTANT("dueAt", "By when it is to be answered"),
                          INSTANT("finishedAt", "When it was"),
                          PLAIN("decidedBy", "The second person"),
                          PLAIN("sha256", "Of an export's file"),
                          JSON("certificate", "Of an erasure", .sealed = 0)},
              .count = 11},
     .control = "C1/P",
     .how = EVIDENCE_BY_TIME},
    {.rows = {.name = "erased_customers",
              .doc = "Customers whose personal data were destroyed",
              .statement = Q_EVIDENCE_ERASED,
              .columns = {PLAIN("userId", "The customer"), PLAIN("requestId", "The request"),
                          INSTANT("erasedAt", "When")},
              .count = 3},
     .control = "C1/P",
     .how = EVIDENCE_BY_TIME},
    {.rows = {.name = "evidence_packs",
              .doc = "Who has asked for evidence, of which period",
              .statement = Q_EVIDENCE_PACKS,
              .columns = {ID, INSTANT("from", "The period's beginning"),
                          INSTANT("to", "And its end"), PLAIN("status", "How it stands"),
                          PLAIN("requestedBy", "Who"), PLAIN("requesterKind", "What they are"),
                          INSTANT("requestedAt", "When"), INSTANT("finishedAt", "When it was made"),
                          PLAIN("sha256", "Of the file")},
              .count = 9},
     .control = "CC6.7",
     .how = EVIDENCE_BY_ID,
     .id_kind = "evpk"},
};
const size_t evidence_nouns_count = ARRAY_LEN(evidence_nouns);
