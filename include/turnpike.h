/* libturnpike: the gate inside your own process.
 *
 * May this customer use more? Verdicts come from allowance that the server leased to this process
 * ahead of time: no network, lock, allocation, clock or system call in turnpike_take(), _check(),
 * _record() and _release(). Once a second one exchange reports what was used and fetches more. The
 * sum that all processes let through never passes the customer's hard limit.
 *
 *     struct turnpike_options options = TURNPIKE_OPTIONS;
 *     options.url = "https://turnpike.example"; options.key = "tp_live_…"; options.node = "edge-7";
 *     struct turnpike *gate;
 *     if (turnpike_open(&options, &gate) != TURNPIKE_OK) { … }
 *     struct turnpike_customer *ada;
 *     turnpike_customer(gate, "ada", &ada);                      // once, not for each request
 *     if (turnpike_take(ada, TURNPIKE_API_REQUESTS, 1).is_allowed) { … serve … }
 *     turnpike_record(ada, TURNPIKE_BANDWIDTH, bytes_sent);      // what has happened anyway
 *     turnpike_close(gate, 5000);
 *
 * Threads: every function may be called from any thread, but turnpike_close() and turnpike_poll(),
 * which belong to one. fork(): a child has no allowance (TURNPIKE_FORKED) and must neither poll nor
 * close; it may open a gate of its own, under another node name. Texts are UTF-8. The library keeps
 * no pointer of yours but log_context. Built with libcurl, jansson, pthreads. */
#ifndef TURNPIKE_H
#define TURNPIKE_H

#include "turnpike_take.h" /* turnpike_take() */
#include "turnpike_types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct turnpike;
struct turnpike_customer; /* a handle; lives until turnpike_close() */

/* Does not wait for the server. *ret_gate is set only with TURNPIKE_OK. */
enum turnpike_status turnpike_open(const struct turnpike_options *options,
                                   struct turnpike **ret_gate);
/* Gives back what is unspent and reports the rest, for at most timeout_ms; frees everything, also
 * when that failed (the journal then reports it at the next open). NULL is allowed. No other call
 * may be running. */
enum turnpike_status turnpike_close(struct turnpike *gate, int timeout_ms);

/* The handle of a user id of 1..64 bytes. Takes a lock; keep the handle. */
enum turnpike_status turnpike_customer(struct turnpike *gate, const char *user_id,
                                       struct turnpike_customer **ret_customer);

/* turnpike_take(customer, metric, amount), in turnpike_take.h: counts all of `amount` and allows
 * it, or counts nothing. */

/* What turnpike_take() would say; counts nothing. */
struct turnpike_verdict turnpike_check(struct turnpike_customer *customer,
                                       enum turnpike_metric metric, int64_t amount);
/* Counts what has happened, even past the limit. An amount outside 0..TURNPIKE_AMOUNT_MAX is not
 * counted: false. */
bool turnpike_record(struct turnpike_customer *customer, enum turnpike_metric metric,
                     int64_t amount);
/* Gives back what was taken and not used, at most what this process took from its lease in this
 * usage period; returns how much that was. */
int64_t turnpike_release(struct turnpike_customer *customer, enum turnpike_metric metric,
                         int64_t amount);
/* As take, but when the lease cannot tell the server is asked: exact, and blocks for at most
 * timeout_ms. When no answer came it says no, though the server may have counted it. */
struct turnpike_verdict turnpike_take_wait(struct turnpike_customer *customer,
                                           enum turnpike_metric metric, int64_t amount,
                                           int timeout_ms);
/* As release, and what the lease does not know of is given back to the server, once, however often
 * that must be sent within timeout_ms. Returns the sum; what no answer came to is not in it, though
 * the server may have it: do not give that back again. */
int64_t turnpike_release_wait(struct turnpike_customer *customer, enum turnpike_metric metric,
                              int64_t amount, int timeout_ms);

/* What the server last said of a counter. */
void turnpike_verdict_details(struct turnpike_customer *customer, enum turnpike_metric metric,
                              struct turnpike_details *ret_details);

/* Waits until all that was counted before the call is acknowledged: durable at the server. */
enum turnpike_status turnpike_flush(struct turnpike *gate, int timeout_ms);

/* With is_host_loop: does what is due and never waits for the network (the journal's sync is a wait
 * for the disk). Call it at the latest turnpike_next_ms() milliseconds later, and after that has
 * changed because of a turnpike_flush() or a new customer; every 100 ms is always right. */
void turnpike_poll(struct turnpike *gate);
int turnpike_next_ms(struct turnpike *gate);

void turnpike_stats(struct turnpike *gate, struct turnpike_stats *ret_stats);

const char *turnpike_reason_name(enum turnpike_reason reason); /* "within_lease" */
const char *turnpike_status_name(enum turnpike_status status); /* "bad_option" */
const char *turnpike_version(void);

#ifdef __cplusplus
}
#endif

#endif
