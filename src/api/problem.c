#include "api/problem.h"

#include "api/api.h"
#include "base/check.h"

struct entry {
    const char *code, *text;
    int status;
};

/* Which status each way to end has. 402 is for the card, 409 for what the present state forbids,
 * 422 for what no state would allow; 5xx alone leaves it open whether something was done. */
static const int outcome_statuses[OUTCOME_COUNT] = {
    [OUTCOME_DONE] = 200,
    [OUTCOME_CREATED] = 201,
    [OUTCOME_APPROVAL_REQUIRED] = 202,
    [OUTCOME_CUSTOMER_NOT_FOUND] = 404,
    [OUTCOME_PRIVACY_REQUEST_NOT_FOUND] = 404,
    [OUTCOME_PRIVACY_REQUEST_ANSWERED] = 409,
    [OUTCOME_PRIVACY_EXTENDED] = 409,
    [OUTCOME_PRIVACY_EXTENDED_LATE] = 409,
    [OUTCOME_RETENTION_BUSY] = 409,
    [OUTCOME_RETENTION_PLAN_NOT_FOUND] = 404,
    [OUTCOME_RETENTION_PLAN_NOT_READY] = 409,
    [OUTCOME_RETENTION_PLAN_OLD] = 409,
    [OUTCOME_RETENTION_HELD] = 409,
    [OUTCOME_RETENTION_NOT_HELD] = 404,
    [OUTCOME_INVALID_HOLD] = 422,
    [OUTCOME_PLAN_VERSION_UNKNOWN] = 422,
    [OUTCOME_REVENUE_RATE_OF_REPORTING] = 422,
    [OUTCOME_REVENUE_RATES_FULL] = 409,
    [OUTCOME_REVENUE_MONTH_TO_COME] = 422,
    [OUTCOME_REVENUE_TARGET_UNKNOWN] = 404,
    [OUTCOME_REVENUE_TARGET_RANGE] = 422,
    [OUTCOME_REVENUE_REBUILD_NOT_FOUND] = 404,
    [OUTCOME_REVENUE_REBUILD_BUSY] = 409,
    [OUTCOME_REVENUE_REBUILD_OVER] = 409,
    [OUTCOME_PRICE_CHANGE_SAME] = 422,
    [OUTCOME_PRICE_CHANGE_NO_PRICE] = 422,
    [OUTCOME_PRICE_CHANGE_TOO_SOON] = 422,
    [OUTCOME_PRICE_CHANGE_NOTICE] = 422,
    [OUTCOME_PRICE_CHANGE_NOT_FOUND] = 404,
    [OUTCOME_PRICE_CHANGE_NOT_READY] = 409,
    [OUTCOME_PRICE_CHANGE_OLD] = 409,
    [OUTCOME_PRICE_CHANGE_STALE] = 409,
    [OUTCOME_PRICE_MOVE_NOT_FOUND] = 404,
    [OUTCOME_PRICE_MOVE_DELIVERED] = 409,
    [OUTCOME_INVALID_TOLD_AT] = 422,
    [OUTCOME_EXPERIMENT_NOT_FOUND] = 404,
    [OUTCOME_EXPERIMENT_NAME_TAKEN] = 409,
    [OUTCOME_EXPERIMENT_INVALID] = 422,
    [OUTCOME_EXPERIMENT_FIXED] = 409,
    [OUTCOME_EXPERIMENT_STATE] = 409,
    [OUTCOME_EXPERIMENT_INFEASIBLE] = 422,
    [OUTCOME_EXPERIMENT_OVERLAPS] = 409,
    [OUTCOME_EXPERIMENT_SRM] = 409,
    [OUTCOME_EXPERIMENT_TOO_SOON] = 409,
    [OUTCOME_EXPERIMENT_ARM_UNKNOWN] = 422,
    [OUTCOME_EXPERIMENT_UNIT_SEEN] = 409,
    [OUTCOME_EXPERIMENT_UNIT_TIME] = 422,
    [OUTCOME_EXPERIMENT_UNIT_UNKNOWN] = 422,
    [OUTCOME_EXPERIMENT_UNIT_PAYS] = 409,
    [OUTCOME_EXPERIMENT_NOT_LOWER] = 422,
    [OUTCOME_BREACH_NOT_FOUND] = 404,
    [OUTCOME_BREACH_CLOSED] = 409,
    [OUTCOME_INVALID_BREACH] = 422,
    [OUTCOME_EXPORT_NOT_READY] = 409,
    [OUTCOME_EXPORTS_TOO_MANY] = 409,
    [OUTCOME_ERASURE_SUBSCRIBED] = 409,
    [OUTCOME_ERASURE_OWES] = 409,
    [OUTCOME_ERASURE_DISPUTED] = 409,
    [OUTCOME_CUSTOMER_ERASED] = 410,
    [OUTCOME_EVIDENCE_NOT_FOUND] = 404,
    [OUTCOME_ALERT_NOT_FOUND] = 404,
    [OUTCOME_ALERT_HANDLED] = 409,
    [OUTCOME_ACCESS_REVIEW_NOT_FOUND] = 404,
    [OUTCOME_ACCESS_REVIEW_OPEN] = 409,
    [OUTCOME_ACCESS_REVIEW_CLOSED] = 409,
    [OUTCOME_ACCESS_REVIEW_DECIDED] = 409,
    [OUTCOME_ACCESS_REVIEW_OWN] = 403,
    [OUTCOME_ACCESS_REVIEW_CHANGED] = 409,
    [OUTCOME_ACCESS_REVIEW_NO_ROLE] = 409,
    [OUTCOME_EVIDENCE_NOT_READY] = 409,
    [OUTCOME_EVIDENCE_TOO_MANY] = 409,
    [OUTCOME_CUSTOMER_CONFLICT] = 409,
    [OUTCOME_INVOICE_NOT_REFUNDABLE] = 409,
    [OUTCOME_INVOICE_NOT_TOLD] = 409,
    [OUTCOME_TRIAL_NOT_RUNNING] = 409,
    [OUTCOME_SUBSCRIPTION_PAUSED] = 409,
    [OUTCOME_SUBSCRIPTION_NOT_PAUSED] = 409,
    [OUTCOME_PAUSE_OWING] = 409,
    [OUTCOME_PAUSE_CHANGED] = 409,
    [OUTCOME_PAUSE_FIXED] = 409,
    [OUTCOME_PAUSE_NOT_OFFERED] = 409,
    [OUTCOME_PAUSE_OUT_OF_RANGE] = 422,
    [OUTCOME_RECONCILIATION_OVER] = 409,
    [OUTCOME_SAVED_VIEW_NOT_FOUND] = 404,
    [OUTCOME_SAVED_VIEW_NOT_YOURS] = 403,
    [OUTCOME_SAVED_VIEW_NAME_TAKEN] = 409,
    [OUTCOME_SAVED_VIEWS_TOO_MANY] = 409,
    [OUTCOME_AUDIT_LOOK_BUSY] = 409,
    [OUTCOME_AUDIT_LOOK_NOT_FOUND] = 404,
    [OUTCOME_AUDIT_LOOK_OVER] = 409,
    [OUTCOME_FEEDBACK_NOT_HEARD] = 404,
    [OUTCOME_FEEDBACK_NOT_LINKED] = 404,
    [OUTCOME_TRIAL_OUT_OF_RANGE] = 422,
    [OUTCOME_TRIAL_CHANGED] = 409,
    [OUTCOME_TRIAL_FIXED] = 409,
    [OUTCOME_REFUND_TOO_LARGE] = 409,
    [OUTCOME_INVOICE_NOT_CREDITABLE] = 409,
    [OUTCOME_CREDIT_TOO_LARGE] = 409,
    [OUTCOME_APPROVAL_WAITING] = 409,
    [OUTCOME_APPROVAL_NOT_FOUND] = 404,
    [OUTCOME_APPROVAL_OWN] = 403,
    [OUTCOME_APPROVAL_NOT_THEIRS] = 403,
    [OUTCOME_APPROVAL_NOT_REQUESTER] = 403,
    [OUTCOME_APPROVAL_DECIDED] = 409,
    [OUTCOME_APPROVAL_DELEGATE] = 409,
    [OUTCOME_APPROVAL_EXPIRED] = 409,
    [OUTCOME_APPROVAL_STALE] = 409,
    [OUTCOME_CONTRACT_NOT_FOUND] = 404,
    [OUTCOME_CONTRACT_CHANGED] = 409,
    [OUTCOME_CONTRACT_IN_FORCE] = 409,
    [OUTCOME_CONTRACT_NOTICE_LATE] = 409,
    [OUTCOME_CONTRACT_OPEN] = 409,
    [OUTCOME_CONTRACT_RENEWS_NOT] = 409,
    [OUTCOME_CONTRACT_WRONG_STATUS] = 409,
    [OUTCOME_CONTRACT_TERMS_INVALID] = 422,
    [OUTCOME_INQUIRY_NOT_FOUND] = 404,
    [OUTCOME_INQUIRY_ANSWERED] = 409,
    [OUTCOME_INQUIRIES_FULL] = 503,
    [OUTCOME_CURRENCY_MISMATCH] = 422,
    [OUTCOME_CURRENCY_NOT_SOLD] = 422,
    [OUTCOME_PAYMENT_METHOD_REQUIRED] = 409,
    [OUTCOME_PAYMENT_METHOD_NOT_FOUND] = 404,
    [OUTCOME_PAYMENT_METHOD_REFUSED] = 402,
    [OUTCOME_CARD_NOT_CONFIRMED] = 409,
    [OUTCOME_PAYMENT_METHOD_IN_USE] = 409,
    [OUTCOME_ALREADY_SUBSCRIBED] = 409,
    [OUTCOME_NOT_SUBSCRIBED] = 409,
    [OUTCOME_NO_CHANGE] = 409,
    [OUTCOME_NOTHING_TO_RESUME] = 409,
    [OUTCOME_SUBSCRIPTION_NOT_ACTIVE] = 409,
    [OUTCOME_CONTRACT_BINDS] = 409,
    [OUTCOME_CONTRACT_REQUIRED] = 409,
    [OUTCOME_COUPON_UNKNOWN] = 422,
    [OUTCOME_COUPON_EXPIRED] = 409,
    [OUTCOME_COUPON_NOT_APPLICABLE] = 409,
    [OUTCOME_TAX_LOCATION_INVALID] = 409,
    [OUTCOME_TAX_ID_INVALID] = 422,
    [OUTCOME_TAX_ID_NOT_FOUND] = 404,
    [OUTCOME_CHANGED_MEANWHILE] = 409,
    [OUTCOME_PRICE_DISPUTED] = 502,
    [OUTCOME_PAYMENT_PROVIDER_UNAVAILABLE] = 503,
    [OUTCOME_PAYMENT_FAILED] = 402,
    [OUTCOME_PAYMENT_ACTION_REQUIRED] = 402,
    [OUTCOME_PAYMENT_PENDING] = 504,
    [OUTCOME_PAYMENT_PROVIDER_REFUSED] = 502,
    [OUTCOME_OPERATION_IN_PROGRESS] = 409,
    [OUTCOME_IDEMPOTENCY_MISMATCH] = 422,
    [OUTCOME_QUOTE_EXPIRED] = 409,
    [OUTCOME_RENEWAL_CONSENT_REQUIRED] = 409,
    [OUTCOME_RENEWAL_CHANGED] = 409,
    [OUTCOME_WITHDRAWAL_NOT_OFFERED] = 409,
    [OUTCOME_WITHDRAWAL_OVER] = 409,
    [OUTCOME_WITHDRAWAL_CHANGED] = 409,
    [OUTCOME_INVOICE_NOT_CORRECTABLE] = 409,
    [OUTCOME_INVOICE_ALREADY_CORRECTED] = 409,
    [OUTCOME_INVOICE_GIVEN_BACK] = 409,
    [OUTCOME_INVOICE_DISPUTED] = 409,
    [OUTCOME_INVOICE_WITHDRAWABLE] = 409,
    [OUTCOME_CORRECTION_NOT_NEEDED] = 409,
    [OUTCOME_CORRECTION_NOT_POSSIBLE] = 409,
    [OUTCOME_CORRECTION_NEEDS_OPERATOR] = 409,
    [OUTCOME_CORRECTION_NOT_FOUND] = 404,
    [OUTCOME_CORRECTION_EXPIRED] = 409,
    [OUTCOME_INVOICE_NOT_FOUND] = 404,
    [OUTCOME_INVOICE_NOT_PAYABLE] = 409,
    [OUTCOME_PAYMENT_IN_PROGRESS] = 409,
    [OUTCOME_CASE_NOT_FOUND] = 404,
    [OUTCOME_CASE_MOVE_REFUSED] = 409,
    [OUTCOME_CASE_NEEDS_METHOD] = 409,
    [OUTCOME_TAKE_NOT_FOUND] = 404,
    [OUTCOME_TAKE_CONFLICT] = 409,
    [OUTCOME_RELEASE_CONFLICT] = 409,
    [OUTCOME_RELEASE_TOO_LARGE] = 409,
    [OUTCOME_CLOCK_BACKWARD] = 409,
    [OUTCOME_CLOCK_BUSY] = 409,
    [OUTCOME_KEY_NOT_FOUND] = 404,
    [OUTCOME_KEY_NOT_ACTIVE] = 409,
    [OUTCOME_PASSWORD_WRONG] = 401,
    [OUTCOME_PASSWORD_WEAK] = 422,
    [OUTCOME_NO_HOUSE] = 403,
    [OUTCOME_PROOF_WRONG] = 401,
    [OUTCOME_PROOF_THROTTLED] = 429,
    [OUTCOME_NO_SUCH_FACTOR] = 404,
    [OUTCOME_FACTOR_EXISTS] = 409,
    [OUTCOME_LAST_FACTOR] = 409,
    [OUTCOME_PASSKEY_REFUSED] = 422,
    [OUTCOME_CHALLENGE_GONE] = 409,
    [OUTCOME_SESSION_ENDED] = 401,
    [OUTCOME_INVITATION_INVALID] = 410,
    [OUTCOME_ALREADY_MEMBER] = 409,
    [OUTCOME_PERSON_NOT_FOUND] = 404,
    [OUTCOME_LAST_ONE] = 409,
    [OUTCOME_ALREADY_SET_UP] = 409,
    [OUTCOME_LINK_INVALID] = 410,
    [OUTCOME_INVOICE_ARCHIVE_NOT_FOUND] = 404,
    [OUTCOME_INVOICE_ARCHIVE_EMPTY] = 409,
    [OUTCOME_INVOICE_ARCHIVE_NOT_READY] = 409,
    [OUTCOME_INVOICE_ARCHIVES_TOO_MANY] = 409,
    [OUTCOME_USAGE_ALERT_NOT_FOUND] = 404,
    [OUTCOME_USAGE_ALERTS_FULL] = 409,
    [OUTCOME_USAGE_ALERT_NO_LIMIT] = 409,
    [OUTCOME_USAGE_ALERT_ABOVE_LIMIT] = 409,
    [OUTCOME_USAGE_ALERT_BLOCKS_NOW] = 409,
    [OUTCOME_USAGE_ALERT_RECIPIENT_UNKNOWN] = 409,
    [OUTCOME_WHAT_IF_NOT_FOUND] = 404,
    [OUTCOME_WHAT_IF_BUSY] = 409,
    [OUTCOME_WHAT_IF_OVER] = 409,
    [OUTCOME_WHAT_IF_CATALOGUE] = 422,
    [OUTCOME_WHAT_IF_CURRENCY] = 422,
    [OUTCOME_WHAT_IF_PLAN_MISSING] = 422,
    [OUTCOME_QUESTION_DRAFT] = 409,
    [OUTCOME_QUESTION_TOO_OFTEN] = 429,
    [OUTCOME_QUESTION_TOO_MANY] = 409,
    [OUTCOME_QUESTION_NOT_FOUND] = 404,
    [OUTCOME_QUESTION_IS_ANSWERED] = 409,
    [OUTCOME_QUESTION_IS_SETTLED] = 409,
    [OUTCOME_QUESTION_NOT_ANSWERED] = 409,
    [OUTCOME_QUESTION_NOT_CORRECTED] = 409,
    [OUTCOME_FEEDBACK_TOO_OFTEN] = 429,
    [OUTCOME_FEEDBACK_SCORED_LATELY] = 409,
    [OUTCOME_FEEDBACK_NOT_ASKED] = 409,
    [OUTCOME_FEEDBACK_NOT_ALLOWED] = 409,
    [OUTCOME_FEEDBACK_ASKED_LATELY] = 409,
    [OUTCOME_FEEDBACK_NOT_FOUND] = 404,
    [OUTCOME_FEEDBACK_IS_CLOSED] = 409,
    [OUTCOME_FEEDBACK_IS_REPLIED] = 409,
    [OUTCOME_FEEDBACK_NO_REPLY] = 409,
    [OUTCOME_FEEDBACK_NO_ADDRESS] = 409,
    [OUTCOME_FEEDBACK_ADDRESS_SUPPRESSED] = 409,
    [OUTCOME_EMAIL_SAME] = 409,
    [OUTCOME_EMAIL_UNREACHABLE] = 409,
    [OUTCOME_EMAIL_CHANGES_TOO_MANY] = 409,
    [OUTCOME_EMAIL_CHANGE_NOT_FOUND] = 404,
    [OUTCOME_EMAIL_LINK_INVALID] = 410,
    [OUTCOME_EMAIL_TAKEN] = 409,
    [OUTCOME_OIDC_NOT_SET_UP] = 404,
    [OUTCOME_OIDC_PROVIDER_FAILED] = 502,
    [OUTCOME_OIDC_ATTEMPT_GONE] = 410,
    [OUTCOME_OIDC_DENIED] = 403,
    [OUTCOME_OIDC_OTHER_ISSUER] = 403,
    [OUTCOME_OIDC_TOKEN_INVALID] = 403,
    [OUTCOME_OIDC_EMAIL_UNVERIFIED] = 403,
    [OUTCOME_OIDC_PERSON_UNKNOWN] = 403,
    [OUTCOME_OIDC_SUBJECT_CHANGED] = 403,
    [OUTCOME_OIDC_OTHER_PERSON] = 403,
    [OUTCOME_OIDC_ONE_FACTOR] = 403,
    [OUTCOME_IDENTITY_TAKEN] = 409,
    [OUTCOME_IDENTITY_EXISTS] = 409,
    [OUTCOME_IDENTITY_NOT_FOUND] = 404,
    [OUTCOME_LAST_WAY_IN] = 409,
    [OUTCOME_MAIL_NOT_FOUND] = 404,
    [OUTCOME_MAIL_NOT_RETRYABLE] = 409,
    [OUTCOME_MAIL_NOT_SUPPRESSED] = 404,
    [OUTCOME_MAIL_SERVER_MISSING] = 409,
    [OUTCOME_WEBHOOK_NOT_FOUND] = 404,
    [OUTCOME_SET_ASIDE_NOT_FOUND] = 404,
    [OUTCOME_WEBHOOK_ENDPOINT_NOT_FOUND] = 404,
    [OUTCOME_WEBHOOK_ENDPOINTS_FULL] = 409,
    [OUTCOME_WEBHOOK_ENDPOINT_DISABLED] = 409,
    [OUTCOME_WEBHOOK_DELIVERY_NOT_FOUND] = 404,
    [OUTCOME_RECONCILIATION_RUNNING] = 409,
    [OUTCOME_KEY_WALK_RUNNING] = 409,
    [OUTCOME_KEY_UNCHANGED] = 409,
    [OUTCOME_EARLIER_KEY_MISSING] = 409,
    [OUTCOME_KEY_SOURCE_FAILED] = 409,
    [OUTCOME_RECONCILIATION_NOT_FOUND] = 404,
    [OUTCOME_LINE_NOT_FOUND] = 404,
    [OUTCOME_LEASE_INCARNATION] = 409,
    [OUTCOME_CHARGING_FROZEN] = 503,
    [OUTCOME_NOT_FROZEN] = 409,
    [OUTCOME_INGESTION_PAUSED] = 503,
    [OUTCOME_INGESTION_PAUSED_ALREADY] = 409,
    [OUTCOME_INGESTION_RUNS] = 409,
    [OUTCOME_CUSTOMER_PARKED] = 409,
    [OUTCOME_CUSTOMER_NOT_PARKED] = 409,
    [OUTCOME_STORE_FULL] = 507,
    [OUTCOME_STORE_BUSY] = 503,
    [OUTCOME_STORE_FAILED] = 500,
    [OUTCOME_INTERNAL] = 500,
};

static const struct entry own[] = {
#define X(name, code, status, text) {code, text, status},
    PROBLEMS(X)
#undef X
};

static struct entry entry_of(int problem) {
    check(problem > OUTCOME_APPROVAL_REQUIRED && problem < PROBLEM_COUNT);
    if (problem >= OUTCOME_COUNT) {
        return own[problem - OUTCOME_COUNT];
    }
    enum outcome outcome = (enum outcome)problem;
    return (struct entry){outcome_code(outcome), outcome_text(outcome), outcome_statuses[outcome]};
}

const char *problem_code(int problem) {
    return entry_of(problem).code;
}

const char *problem_text(int problem) {
    return entry_of(problem).text;
}

int problem_status(int problem) {
    int status = entry_of(problem).status;
    check(status >= 400); /* an outcome without a row in the table above */
    return status;
}

/* --- documents --- */

static const struct shape_field error_fields[] = {
    {"field", "Where: a name, or names with dots between", SHAPE_STR,
     .offset = offsetof(struct problem_field, field), .max = 1000},
    {"expected", "What belongs there", SHAPE_STR,
     .offset = offsetof(struct problem_field, expected), .max = 2000},
};
static const struct shape error_shape =
    SHAPE("ProblemField", "One thing wrong with the input", struct problem_field, error_fields);
enum { STEP_UP_METHODS_MAX = 4 };
static const struct shape_field method_item = {.kind = SHAPE_STR, .max = 16};
static const struct shape_field error_item = {.kind = SHAPE_OBJECT, .of = &error_shape};

#define AT(member) offsetof(struct problem_document, member)
static const struct shape_field problem_fields[] = {
    {"type", "Names the problem, and where it is explained", SHAPE_STR, .offset = AT(type),
     .max = 200},
    {"title", "What the code means", SHAPE_STR, .offset = AT(title), .max = 300},
    {"status", "The HTTP status", SHAPE_I64, .offset = AT(status), .min = 400, .max = 599},
    {"code", "Stable: what a program decides by", SHAPE_STR, .offset = AT(code), .max = 64},
    {"detail", "What happened here, for a person", SHAPE_STR, .offset = AT(detail), .max = 1000},
    {"requestId", "What the log has it under", SHAPE_STR, .offset = AT(request_id), .max = 40},
    {"errors", "Every bad field; empty when the fields are not at fault", SHAPE_LIST,
     .offset = AT(errors), .max = LIMIT_FIELD_ERRORS, .item = &error_item,
     .item_size = sizeof(struct problem_field)},
    {"actionUrl", "Where the customer can put it right", SHAPE_STR, .offset = AT(action_url),
     .max = 2000, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
    {"declineCode", "Why the bank refused, in its word", SHAPE_STR, .offset = AT(decline_code),
     .max = 100, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED},
    {"methods", "By which the person can prove it is them: totp, passkey, provider, platform",
     SHAPE_LIST, .offset = AT(methods), .max = STEP_UP_METHODS_MAX, .item = &method_item,
     .item_size = sizeof(struct str), .flags = SHAPE_OPTIONAL | SHAPE_OMITTED,
     .is_set = AT(asks_proof)},
    {"maxAgeSeconds", "How old the proof may be", SHAPE_I64, .offset = AT(max_age_s), .min = 1,
     .max = LIMIT_STEP_UP_SECONDS_MAX, .flags = SHAPE_OPTIONAL | SHAPE_OMITTED,
     .is_set = AT(asks_proof)},
};
const struct shape problem_shape =
    SHAPE("Problem", "A refusal (RFC 9457)", struct problem_document, problem_fields);

struct problem_document problem_document_of(struct arena *arena, int problem, struct str detail) {
    struct entry entry = entry_of(problem);
    return (struct problem_document){
        .type = arena_printf(arena, "https://turnpike.dev/problems/%s", entry.code),
        .title = str_from_cstr(entry.text),
        .status = problem_status(problem),
        .code = str_from_cstr(entry.code),
        .detail = detail.len > 0 ? detail : str_from_cstr(entry.text),
        .request_id = STR(""),
    };
}

static struct str field_name(struct arena *arena, struct str pointer) {
    if (pointer.len == 0) {
        return STR("(body)");
    }
    char *name = arena_alloc(arena, pointer.len);
    if (name == NULL) {
        return STR("");
    }
    size_t len = 0;
    for (size_t i = 1; i < pointer.len; i++) {
        char c = pointer.bytes[i];
        if (c == '~' && i + 1 < pointer.len) {
            i++;
            name[len++] = pointer.bytes[i] == '0' ? '~' : '/';
        } else {
            name[len++] = c == '/' ? '.' : c;
        }
    }
    return str_of(name, len);
}

void problem_add_errors(struct arena *arena, const struct shape_errors *errors,
                        struct problem_document *document) {
    struct problem_field *fields = arena_array(arena, errors->count, sizeof *fields);
    if (fields == NULL) {
        return;
    }
    for (size_t i = 0; i < errors->count; i++) {
        fields[i] = (struct problem_field){field_name(arena, errors->list[i].path),
                                           errors->list[i].expected};
    }
    document->errors = (struct shape_list){fields, errors->count};
}

/* --- the page of the documentation --- */

static void add_row(struct buf *out, int problem) {
    buf_printf(out, "| `%s` | %d | %s |\n", problem_code(problem), problem_status(problem),
               problem_text(problem));
}

void api_errors_page(struct buf *out) {
    buf_add(out, STR("# Errors\n\n"
                     "Printed from the table of problems; `./dev docs` writes it anew.\n\n"
                     "Every refusal is an RFC 9457 problem document of type "
                     "`application/problem+json`: `type`, `title`, `status`, `code`, `detail`, "
                     "`requestId` and `errors`, which names every bad field at once. "
                     "Programs decide by `code`, which never changes its meaning.\n\n"
                     "| code | status | meaning |\n|---|---|---|\n"));
    for (int i = OUTCOME_APPROVAL_REQUIRED + 1; i < PROBLEM_COUNT; i++) {
        add_row(out, i);
    }
}
