/* Turnpike's own HTTP API as commands use it: one call, one JSON answer, refusals as a sentence.
 *
 * A call goes to a server's address with a key, or to its unix socket, where whoever may open the
 * socket needs none. What a server answers with 503 and Retry-After was not done, and is sent
 * again, a few times and after waits that are bounded; nothing else is repeated here, since only
 * the caller knows whether a request may arrive twice. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "base/cx.h"
#include "base/json.h"

enum {
    CLIENT_ATTEMPTS_MAX = 5,
    CLIENT_WAIT_MS_MAX = 10 * 1000, /* between two attempts, whatever Retry-After says */
    CLIENT_TIMEOUT_MS = 60 * 1000,  /* of one attempt */
    CLIENT_PART = 8 * 1024 * 1024,  /* bytes of a file in one call */
};

struct client {
    struct str base_url;                           /* "http://127.0.0.1:8080" */
    const char *unix_socket;                       /* path; NULL: `base_url` */
    struct str key;                                /* "tp_live_…"; empty on the unix socket */
    void (*pause)(void *context, int64_t wait_ms); /* NULL: sleeps */
    void *pause_context;
};

struct client_request {
    struct str method;
    struct str target;       /* "/api/…" */
    struct str body;         /* empty: none */
    struct str content_type; /* empty: application/json */
    struct str user_id;      /* on whose behalf (Turnpike-User); empty: nobody's */
};

/* What the server said. With a status of 400 or more, `problem` is one sentence for a person, with
 * every bad field in it, and `code` the problem's stable name (empty when the answer was no problem
 * document). Texts lie in the arena of the call's cx. */
struct client_answer {
    int status;
    json_t *json; /* NULL: no JSON body */
    struct str problem;
    struct str code;
};

/* Calls and waits; *ret_answer is the caller's, to be given to client_answer_finish. Fails, with a
 * sentence in cx->detail, as http_call() does when no answer came, and with ERR_FORMAT when the
 * answer is a success but not JSON, as from a server that is not Turnpike. */
MUST_USE struct err client_call(struct cx *cx, const struct client *client,
                                const struct client_request *request,
                                struct client_answer *ret_answer);
/* A file that the server gives, a part at a time, so that memory never holds the whole. */
struct client_file {
    struct str target;
    uint64_t at;     /* the next byte of it; 0 at first */
    struct str etag; /* that of the first part: the others must be of the same file */
};
/* The next part, in the arena of `cx`, which may end before the next call if `file->etag` outlives
 * it; *ret_is_last is true of the last. A refusal is a failure, as client_answer_check() says;
 * ERR_CONFLICT when the file has become another one meanwhile. */
MUST_USE struct err client_fetch(struct cx *cx, const struct client *client,
                                 struct client_file *file, struct str *ret_bytes,
                                 bool *ret_is_last);
/* Waits as the client's `pause` says, between two looks at what goes on by itself. */
void client_wait(const struct client *client, int64_t wait_ms);
void client_answer_finish(struct client_answer *answer); /* also for CLEANUP */
/* A refusal made a failure, with its sentence in cx->detail: ERR_PERMISSION for 401 and 403,
 * ERR_BUSY for 5xx, else ERR_CONFLICT. OK for any other answer. */
MUST_USE struct err client_answer_check(struct cx *cx, const struct client_answer *answer);

#endif
