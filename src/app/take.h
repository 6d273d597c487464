/* May a customer use N more? take counts and answers, check only answers, release gives back. */
#ifndef APP_TAKE_H
#define APP_TAKE_H

#include "app/app.h"
#include "app/usage.h"
#include "base/shape.h"

/* The answer as the API gives it, and as a take with an id is remembered. */
struct take_answer {
    struct str
        reason;       /* "within_limit", "within_grace", "unlimited", "hard_limit", "grace_ended" */
    struct str state; /* "ok", "warning", "over", "blocked" */
    struct str detail;     /* a sentence: what happened, and what would lift it */
    struct str upgrade_to; /* a tier, or empty */
    int64_t used, limit, hard_limit, remaining;
    int64_t resets_at, grace_ends_at;
    int64_t as_of; /* the figures hold all that was answered up to here */
    bool allowed;
    bool has_limit, has_resets_at, has_grace;
};
extern const struct shape take_answer_shape;
/* As shape_text() and shape_encode() write it, but quicker. */
struct str take_answer_text(const struct take_answer *answer, struct arena *arena);
void take_answer_encode(const struct take_answer *answer, struct json_writer *out);

/* Looks and counts nothing. On the loop's thread. CUSTOMER_NOT_FOUND or DONE. */
struct take_request {
    struct str user_id;
    enum metric metric;
    struct quantity amount;
    struct str id; /* empty: none */
};
enum outcome take_check(struct app *app, const struct take_request *request, struct arena *arena,
                        struct take_answer *ret_answer);

/* Counts all or nothing; durable before `finished`. DONE (also when denied), CUSTOMER_NOT_FOUND,
 * TAKE_CONFLICT. */
struct take_command {
    struct command command;
    struct take_request request;
    struct arena *arena; /* the caller's */
    struct take_answer answer;
    struct str body;             /* the answer as JSON, also when repeated */
    struct gate_verdict verdict; /* of this try */
    struct instant at;
    bool is_counted;  /* in the gate: to be given back if the store refuses */
    bool is_repeated; /* answered as the first time */
    bool is_to_be_stored;
    void (*finished)(struct take_command *take); /* on the loop's thread */
};
void take_start(struct app *app, struct take_command *command);

/* Many takes with one commit, each decided by itself and in order; `finished` of a take is not
 * called. The batch's outcome is DONE, and each take has its own; or the store failed (STORE_BUSY,
 * …) and none of them counts. */
struct take_batch {
    struct command command;
    struct take_command *takes; /* those whose outcome is not DONE beforehand are left alone */
    size_t count;
    void (*finished)(struct take_batch *batch); /* on the loop's thread */
};
void take_start_batch(struct app *app, struct take_batch *batch);

/* Gives back what a take counted: of the take `request.id`, or of what is used. DONE,
 * TAKE_NOT_FOUND, RELEASE_TOO_LARGE, RELEASE_CONFLICT, CUSTOMER_NOT_FOUND. The answer is that of a
 * check afterwards. */
struct release_command {
    struct command command;
    struct take_request request;
    struct str id; /* of the release, which then gives back once however often it comes; or empty */
    struct arena *arena;
    struct take_answer answer;
    struct quantity released; /* in the gate: to be counted again if the store refuses */
    struct instant at;
    bool is_to_be_stored;
    void (*finished)(struct release_command *release); /* on the loop's thread */
};
void release_start(struct app *app, struct release_command *command);

/* As take_batch. */
struct release_batch {
    struct command command;
    struct release_command *releases;
    size_t count;
    void (*finished)(struct release_batch *batch); /* on the loop's thread */
};
void release_start_batch(struct app *app, struct release_batch *batch);

#endif
