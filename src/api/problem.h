/* Refusals as RFC 9457 problem documents: one table of every code with its status and its sentence.
 *
 * The codes are those of app/outcome.h and, numbered on from there, the API's own; a code once
 * published never changes its meaning. docs/reference/errors.md is printed from the same table. */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "app/outcome.h"
#include "base/shape.h"

/* X(enumerator, code, status, what a person is told) */
#define PROBLEMS(X)                                                                                \
    X(NOT_FOUND, "not_found", 404, "There is nothing at this address.")                            \
    X(METHOD_NOT_ALLOWED, "method_not_allowed", 405,                                               \
      "This address does not take this method; the header Allow names those that it takes.")       \
    X(MALFORMED_URL, "malformed_url", 400, "The address is not well percent-encoded UTF-8.")       \
    X(MALFORMED_REQUEST, "malformed_request", 400, "The request is not valid HTTP/1.1.")           \
    X(MALFORMED_JSON, "malformed_json", 400, "The body is not valid JSON.")                        \
    X(INVALID_FIELDS, "invalid_fields", 422, "Some fields are not as expected; errors names all.") \
    X(INVALID_QUERY, "invalid_query", 422,                                                         \
      "Some query parameters are not as expected; errors names all.")                              \
    X(CARD_NUMBER_REFUSED, "card_number_refused", 422,                                             \
      "The number of a payment card is taken nowhere here: cards are entered at the payment "      \
      "provider. Nothing of the request was kept; errors names where it stood.")                   \
    X(INVALID_IDEMPOTENCY_KEY, "invalid_idempotency_key", 400,                                     \
      "An Idempotency-Key has 1 to 255 printable ASCII characters.")                               \
    X(IDEMPOTENCY_KEY_MISSING, "idempotency_key_missing", 400,                                     \
      "Send an Idempotency-Key, so that repeating the request does it once.")                      \
    X(WRONG_CONTENT_TYPE, "wrong_content_type", 415,                                               \
      "The body has another Content-Type than this address takes.")                                \
    X(BATCH_TOO_LARGE, "batch_too_large", 413, "A batch has at most 10,000 events.")               \
    X(SPAN_TOO_LARGE, "span_too_large", 422,                                                       \
      "There are too many points in this span. Ask for a shorter one, or a coarser granularity.")  \
    X(KEY_MISSING, "key_missing", 401, "Sign in, or send an API key: Authorization: Bearer tp_….") \
    X(KEY_INVALID, "key_invalid", 401,                                                             \
      "The API key is not well-formed, unknown, expired, or revoked.")                             \
    X(KEY_ADDRESS_REFUSED, "key_address_refused", 403,                                             \
      "The API key may not be used from this address.")                                            \
    X(SESSION_MISSING, "session_missing", 401, "Nobody is signed in.")                             \
    X(SESSION_EXPIRED, "session_expired", 401, "The session has ended. Sign in again.")            \
    X(SCOPE_MISSING, "scope_missing", 403, "The API key has not the scope that this needs.")       \
    X(SECOND_FACTOR_REQUIRED, "second_factor_required", 401,                                       \
      "The password was right; now prove a second factor, or set one up.")                         \
    X(TOO_MANY_ATTEMPTS, "too_many_attempts", 429,                                                 \
      "Too many attempts to come in were made from this address.")                                 \
    X(TOO_MANY_REQUESTS, "too_many_requests", 429,                                                 \
      "Too many requests were sent from this address.")                                            \
    X(STEP_UP_REQUIRED, "step_up_required", 401,                                                   \
      "Prove afresh who you are, by one of the methods, and send the same request again.")         \
    X(ROLE_FORBIDDEN, "role_forbidden", 403, "Your role does not allow this.")                     \
    X(READS_ONLY, "reads_only", 403,                                                               \
      "This session looks at a customer's pages as an operator; it changes nothing.")              \
    X(CSRF_TOKEN_INVALID, "csrf_token_invalid", 403,                                               \
      "Send the session's csrfToken, as GET /api/session gives it, in X-CSRF-Token.")              \
    X(NOT_A_PAGE, "not_a_page", 403,                                                               \
      "This address answers programs. A browser may not show what it says as a page, a frame, a "  \
      "picture or a script.")                                                                      \
    X(CROSS_SITE, "cross_site", 403,                                                               \
      "A change made by a signed-in person must be sent by the pages of this server.")             \
    X(CUSTOMER_REQUIRED, "customer_required", 400,                                                 \
      "Name the customer in the header Turnpike-User.")                                            \
    X(SIGNATURE_INVALID, "signature_invalid", 400, "The webhook's signature does not hold.")       \
    X(NO_UPCOMING_INVOICE, "no_upcoming_invoice", 404, "Nothing will be billed.")                  \
    X(INVOICE_HAS_NO_PDF, "invoice_has_no_pdf", 404, "There is no PDF of this invoice yet.")       \
    X(NOT_IN_TEST_MODE, "not_in_test_mode", 404, "This is there in test mode only.")               \
    X(NO_SANDBOX, "no_sandbox", 404, "The server does not charge through its sandbox.")            \
    X(BODY_TOO_LARGE, "body_too_large", 413, "The body is larger than this address takes.")        \
    X(URI_TOO_LONG, "uri_too_long", 414, "The address is too long.")                               \
    X(HEADERS_TOO_LARGE, "headers_too_large", 431, "The headers are too large.")                   \
    X(RANGE_NOT_SATISFIABLE, "range_not_satisfiable", 416,                                         \
      "The range begins behind the end of the file; Content-Range says how long it is.")           \
    X(EXPECTATION_FAILED, "expectation_failed", 417, "The expectation cannot be met.")             \
    X(REQUEST_TIMEOUT, "request_timeout", 408, "The request did not arrive in time.")              \
    X(TOO_MANY_STREAMS, "too_many_streams", 429,                                                   \
      "Too many watch this already: 20 of one customer, 1,000 in all. Close some, or ask for "     \
      "/api/billing/usage now and then.")                                                          \
    X(AUDIT_ROW_NOT_FOUND, "audit_row_not_found", 404, "The audit log has no such row.")           \
    X(AUDIT_ROW_UNSIGNED, "audit_row_unsigned", 409,                                               \
      "No checkpoint covers this row yet: one is made within the hour.")                           \
    X(SCAN_RUNNING, "scan_running", 409,                                                           \
      "The pages are being compared already. Ask again shortly.")                                  \
    X(NOT_READY, "not_ready", 503, "The server is not ready.")                                     \
    X(OVERLOADED, "overloaded", 503, "The server has too much to do. Try again shortly.")          \
    X(HTTP_VERSION, "http_version_not_supported", 505, "The server speaks HTTP/1.1.")

enum problem {
    PROBLEM_BEFORE_FIRST = OUTCOME_COUNT - 1, /* those below are outcomes */
#define X(name, code, status, text) PROBLEM_##name,
    PROBLEMS(X)
#undef X
        PROBLEM_COUNT,
    PROBLEM_INTERNAL = OUTCOME_INTERNAL, /* a use case may end so, and a handler */
};

/* `problem` is in all of these an enum outcome other than DONE and CREATED, or an enum problem. */
const char *problem_code(int problem);
const char *problem_text(int problem);
int problem_status(int problem);

struct problem_field {
    struct str field; /* "data.value" */
    struct str expected;
};

struct problem_document {
    struct str type, title, code, detail, request_id;
    int64_t status;
    struct shape_list errors;            /* struct problem_field */
    struct str action_url, decline_code; /* bytes NULL: none */
    struct shape_list methods;           /* struct str: by which to step up; only then */
    int64_t max_age_s;                   /* how old a proof may be; 0: says nothing */
    struct str content_range;            /* of a 416, a header field; bytes NULL: none */
    bool asks_proof;
};
extern const struct shape problem_shape;

/* The document without errors; `detail` empty takes the code's own sentence. */
struct problem_document problem_document_of(struct arena *arena, int problem, struct str detail);
/* JSON Pointers made into names that read well: "/data/value" is "data.value", "" is "(body)". */
void problem_add_errors(struct arena *arena, const struct shape_errors *errors,
                        struct problem_document *document);

#endif
