/* Who looks at prices, and what an experiment shows them (app/experiment_offer.h).
 *
 * A stranger is known again by a random number in a cookie, __Host-visitor, which says nothing of
 * them, is set only when an experiment has something to show, and is what keeps the price that they
 * saw. Whoever sends Sec-GPC is left out. */
#ifndef API_EXPERIMENT_VIEWER_H
#define API_EXPERIMENT_VIEWER_H

#include "api/request.h"
#include "app/experiment_offer.h"

/* Finds what is shown to whoever asks, and once that it is shown is durable (or nothing has to be
 * written) calls `then`. `page`: where it is shown; NULL: it is not, but who they were before they
 * had an account is written down. Replies itself when the store fails. */
void experiment_meet(struct api_request *request, const char *page,
                     void (*then)(struct api_request *request));
/* What whoever asks is offered, after that. False, with a reply, when the store failed. */
MUST_USE bool experiment_offer_of(struct api_request *request, struct experiment_offer *ret_offer);
/* The cookie, where this request has made one. */
void add_visitor_cookie(struct api_request *request, struct http_response *response);

#endif
