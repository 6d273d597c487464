/* What is written to people: one row a kind of mail. tools/mailgen.py reads this table too, and
 * refuses a template in src/mail/template/ that speaks of a value its kind has not.
 *
 * X(enumerator, word, class, values). A value is `name:type`, with a ? when it may be absent:
 *     text, count        as it is; a whole number
 *     money              whole minor units; the value `currency` beside it says of what
 *     metric, quantity   "api_requests", shown by its title; a whole number in its unit
 *     instant, date      RFC 3339; shown with its time of day, and without
 *     url                absolute, or from "/" on, of this server
 *     flag               true or false; to be asked by {{#if}}
 *     plan, interval     "starter": shown by its name; "month" or "year"
 *     decline            Stripe's decline code; in words ("The card's balance is too low.")
 * An alert goes to the operators, what is personal to the person whom its order names. What is
 * optional can be unsubscribed from; what is due can not; what is owed is due until it is paid. */
#ifndef APP_MAIL_KIND_H
#define APP_MAIL_KIND_H

#include "app/mail_kind_values.h"

#define MAIL_KINDS(X)                                                                              \
    /* usage */                                                                                    \
    X(USAGE_80, "usage_80", OPTIONAL, MAIL_USAGE " projectedAt:date?")                             \
    X(USAGE_100, "usage_100", DUE, MAIL_USAGE " hardLimit:quantity graceEndsAt:instant?")          \
    X(USAGE_GRACE_ENDING, "usage_grace_ending", DUE,                                               \
      MAIL_USAGE " hardLimit:quantity graceEndsAt:instant")                                        \
    X(USAGE_BLOCKED, "usage_blocked", DUE, MAIL_USAGE " hardLimit:quantity blockedAt:instant")     \
    /* money that did not come */                                                                  \
    X(PAYMENT_FAILED, "payment_failed", OWED, MAIL_DUNNING)                                        \
    X(PAYMENT_ACTION_REQUIRED, "payment_action_required", OWED, MAIL_DUNNING)                      \
    X(INVOICE_OVERDUE, "invoice_overdue", OWED, MAIL_DUNNING)                                      \
    X(RETRY_FAILED, "retry_failed", OWED, MAIL_DUNNING)                                            \
    X(ACCESS_ENDING, "access_ending", OWED, MAIL_DUNNING)                                          \
    X(ACCESS_RESTRICTED, "access_restricted", OWED, MAIL_DUNNING)                                  \
    X(SUBSCRIPTION_ENDING, "subscription_ending", OWED, MAIL_DUNNING)                              \
    X(MOVED_TO_FREE, "moved_to_free", DUE, MAIL_DUNNING)                                           \
    X(ACCESS_RESTORED, "access_restored", DUE, MAIL_DUNNING)                                       \
    /* money that came, or went back */                                                            \
    X(INVOICE_AVAILABLE, "invoice_available", OWED, MAIL_INVOICE " dueDate:date payUrl:url?")      \
    X(RECEIPT, "receipt", DUE, MAIL_INVOICE " tax:money? paidAt:date")                             \
    X(REFUND, "refund", DUE, MAIL_INVOICE " reason:text?")                                         \
    X(CREDIT_NOTE, "credit_note", DUE,                                                             \
      MAIL_INVOICE " creditNoteNumber:text duplicate:flag? fraudulent:flag? orderChange:flag? "    \
                   "unsatisfactory:flag? isCorrection:flag?")                                      \
    /* the subscription */                                                                         \
    X(PLAN_CHANGED, "plan_changed", DUE, MAIL_CHANGE)                                              \
    X(CHANGE_SCHEDULED, "change_scheduled", DUE, MAIL_CHANGE)                                      \
    X(CANCEL_SCHEDULED, "cancel_scheduled", DUE, "plan:plan endsAt:instant")                       \
    X(CANCEL_UNDONE, "cancel_undone", DUE,                                                         \
      "plan:plan renewsAt:instant amount:money? currency:text?")                                   \
    X(SUBSCRIPTION_ENDED, "subscription_ended", DUE, "plan:plan endedAt:instant")                  \
    X(WITHDRAWAL_RECEIVED, "withdrawal_received", DUE,                                             \
      "plan:plan receivedAt:instant statement:text isShare:flag")                                  \
    X(TRIAL_ENDING, "trial_ending", DUE,                                                           \
      "plan:plan endsAt:instant amount:money? currency:text? method:text?")                        \
    X(TRIAL_EXTENDED, "trial_extended", DUE,                                                       \
      "plan:plan endedBefore:date endsAt:instant amount:money? currency:text? method:text?")       \
    X(SUBSCRIPTION_PAUSED, "subscription_paused", DUE, "plan:plan resumesAt:date?")                \
    X(SUBSCRIPTION_RESUMED, "subscription_resumed", DUE, "plan:plan renewsAt:instant")             \
    X(RENEWAL_REMINDER, "renewal_reminder", DUE,                                                   \
      "plan:plan renewsAt:instant amount:money currency:text method:text?")                        \
    X(PRICE_CHANGE, "price_change", DUE, MAIL_PRICE " amountBefore:money")                         \
    X(PRICE_CHANGE_WITHDRAWN, "price_change_withdrawn", DUE, MAIL_PRICE)                           \
    X(CARD_EXPIRING, "card_expiring", OPTIONAL, MAIL_CARD)                                         \
    X(CARD_EXPIRING_SOON, "card_expiring_soon", DUE, MAIL_CARD)                                    \
    X(CONTRACT_OFFERED, "contract_offered", DUE,                                                   \
      "number:count amount:money currency:text termMonths:count isYearly:flag "                    \
      "validUntil:instant")                                                                        \
    X(CONTRACT_RENEWING, "contract_renewing", DUE,                                                 \
      "number:count endsAt:date noticeUntil:instant amount:money currency:text termMonths:count "  \
      "isYearly:flag")                                                                             \
    X(CONTRACT_ENDING, "contract_ending", DUE, "number:count endsAt:instant")                      \
    X(PRIVACY_RESTRICTION, "privacy_restriction", DUE, "isRestricted:flag reason:text? at:date")   \
    X(FEEDBACK_ASKED, "feedback_asked", OPTIONAL, "askUrl:url")                                    \
    /* to a person who signs in */                                                                 \
    X(APPROVAL_REQUESTED, "approval_requested", PERSONAL,                                          \
      MAIL_APPROVAL " requestedBy:text? expiresAt:instant")                                        \
    X(APPROVAL_DECIDED, "approval_decided", PERSONAL,                                              \
      MAIL_APPROVAL " isExecuted:flag isFailed:flag isRejected:flag isExpired:flag "               \
                    "decidedBy:text? decisionReason:text?")                                        \
    X(INVITATION, "invitation", PERSONAL,                                                          \
      "customerName:text? invitedBy:text? acceptUrl:url expiresAt:instant")                        \
    X(INQUIRY_RECEIVED, "inquiry_received", PERSONAL, "requestId:text")                            \
    X(PASSWORD_RESET, "password_reset", PERSONAL, "resetUrl:url expiresAt:instant")                \
    X(EMAIL_CONFIRM, "email_confirm", PERSONAL, "isTaken:flag confirmUrl:url expiresAt:instant")   \
    X(EMAIL_CHANGING, "email_changing", PERSONAL, "stopUrl:url expiresAt:instant")                 \
    X(SECURITY_NOTICE, "security_notice", PERSONAL,                                                \
      "isSignIn:flag isPasskeyAdded:flag isCodesAdded:flag isFactorRemoved:flag "                  \
      "isPasswordChanged:flag isRecoveryUsed:flag isLocked:flag isCodesLocked:flag "               \
      "isPasskeyCopied:flag isProviderLinked:flag isProviderUnlinked:flag isRoleChanged:flag "     \
      "isEmailChanged:flag isEmailStopped:flag at:instant address:text? device:text?")             \
    X(ERASURE_DONE, "erasure_done", PERSONAL,                                                      \
      "requestId:text askedAt:date erasedAt:date sha256:text? keptUntilYear:text?")                \
    X(PRIVACY_ANSWER, "privacy_answer", PERSONAL,                                                  \
      "requestId:text isExport:flag isErasure:flag isRefused:flag askedAt:date dueAt:date "        \
      "reason:text")                                                                               \
    X(INVOICE_ARCHIVE, "invoice_archive", PERSONAL,                                                \
      "account:text year:text lacksSome:flag papers:count missing:count until:date? "              \
      "invoicesUrl:url")                                                                           \
    X(USAGE_ALERT, "usage_alert", PERSONAL,                                                        \
      "account:text percent:count metric:metric used:quantity base:quantity isOfLimit:flag "       \
      "isBlocked:flag resetsAt:instant? usageUrl:url alertsUrl:url")                               \
    X(BUDGET_ALERT, "budget_alert", PERSONAL,                                                      \
      "account:text percent:count amount:money budget:money currency:text invoiceAt:date "         \
      "alertsUrl:url")                                                                             \
    X(MAIL_TEST, "mail_test", PERSONAL, "at:instant")                                              \
    X(FEEDBACK_REPLY, "feedback_reply", PERSONAL, "said:text? reply:text saidAt:date")             \
    X(INVOICE_ANSWER, "invoice_answer", PERSONAL,                                                  \
      "number:text said:text? answer:text saidAt:date")                                            \
    /* for the operators */                                                                        \
    X(CUSTOMER_PARKED, "customer_parked", ALERT,                                                   \
      "userId:text isUnusual:flag isSecond:flag isDisputed:flag isPrice:flag amount:money? "       \
      "usual:money? currency:text? invoiceId:text? parkedAt:instant")                              \
    X(PRIVACY_DUE, "privacy_due", ALERT,                                                           \
      "requestId:text isExport:flag isErasure:flag userId:text? askedAt:date dueAt:date "          \
      "daysLeft:count isOverdue:flag")                                                             \
    X(CONTRACT_REQUESTED, "contract_requested", ALERT,                                             \
      "userId:text contractId:text message:text?")                                                 \
    X(INQUIRY_MADE, "inquiry_made", ALERT,                                                         \
      "requestId:text country:text? requestsUrl:url isLast:flag")                                  \
    X(CONTRACT_DEADLINE, "contract_deadline", ALERT,                                               \
      "userId:text contractId:text number:count endsAt:instant noticeUntil:instant?")              \
    X(MAIL_UNDELIVERED, "mail_undelivered", ALERT,                                                 \
      "userId:text? mailKind:text mailSubject:text mailId:text answer:text? isBounced:flag")       \
    X(COMMAND_FAILED, "command_failed", ALERT, "place:text error:text failedAt:instant")           \
    X(PAGES_CHANGED, "pages_changed", ALERT, "url:text difference:text count:count hasMore:flag")  \
    X(ACCESS_REVIEW_DUE, "access_review_due", ALERT,                                               \
      "reviewId:text left:count dueAt:instant isOver:flag")                                        \
    X(WEBHOOK_FAILED, "webhook_failed", ALERT,                                                     \
      "eventType:text eventId:text objectId:text? answer:text? receivedAt:instant")                \
    X(RETENTION_DUE, "retention_due", ALERT, "planId:text customers:count")                        \
    X(BREACH_DUE, "breach_due", ALERT,                                                             \
      "breachId:text hoursLeft:count knownAt:instant dueAt:instant")                               \
    X(WEBHOOK_ENDPOINT_DISABLED, "webhook_endpoint_disabled", ALERT,                               \
      "endpointId:text url:text answer:text? isGone:flag failingSince:instant? "                   \
      "disabledAt:instant")

enum mail_kind {
#define X(name, word, class, values) MAIL_KIND_##name,
    MAIL_KINDS(X)
#undef X
        MAIL_KIND_COUNT
};

#endif
