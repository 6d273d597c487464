/* libcurl's multi interface on the libuv loop: what outbound HTTP (http_client.h) and mail (smtp.h)
 * have in common. A transfer is an easy handle that its owner has set up; its end is told once,
 * later, on the loop's thread. */
#ifndef NET_TRANSFERS_H
#define NET_TRANSFERS_H

#include <uv.h>

#include "base/cx.h"
#include "net/curl.h"

struct transfers;

/* Embedded in what the owner keeps of its transfer; stays where it is until `done`. */
struct transfer_task {
    CURL *easy; /* NULL: it could not even be set up, which `done` is to report */
    /* CURLE_FAILED_INIT: never started; CURLE_ABORTED_BY_CALLBACK: the program ends. The handle is
     * the owner's to clean up. */
    void (*done)(struct transfer_task *task, CURLcode code);
    struct transfers *transfers;
    struct transfer_task *before, *next;
    bool is_started;
};

MUST_USE struct err transfers_create(struct cx *cx, struct env *env, uv_loop_t *loop,
                                     struct transfers **ret_transfers);
/* Aborts what is under way and closes its handles; the loop must run once more before its memory
 * goes. Takes NULL. */
void transfers_destroy(struct transfers *transfers);
/* What a transfer is set up with. It is loaded when it is first asked for; failures are logged, and
 * the next one to ask tries again: ERR_NOT_FOUND, ERR_NO_MEMORY. */
MUST_USE struct err transfers_curl(struct transfers *transfers, const struct curl **ret_curl);
/* `easy` and `done` are set. Never calls `done` before it returns. */
void transfers_start(struct transfers *transfers, struct transfer_task *task);
/* Under way or to be reported. */
size_t transfers_count(const struct transfers *transfers);

#endif
