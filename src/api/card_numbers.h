/* Keeps the numbers of payment cards out: of what is asked, and of what is kept of it. */
#ifndef API_CARD_NUMBERS_H
#define API_CARD_NUMBERS_H

#include "api/request.h"

/* False, with a reply that says where but not what, when free text has the number of a payment
 * card. */
MUST_USE bool has_no_card_number(struct api_request *request, const struct shape *shape,
                                 const json_t *json);

/* The text of `json`, with a word in place of each text that has such a number: of what somebody
 * else sends whom we cannot refuse. Alters `json` then. */
struct str without_card_numbers(struct arena *arena, json_t *json, struct str text);

/* The header User-Agent; empty when it has one. */
struct str request_user_agent(const struct api_request *request);

#endif
