/* Whether cards are entered in a page of ours, and what belongs to that page. */
#ifndef API_CARD_FORM_H
#define API_CARD_FORM_H

#include "api/request.h"

bool card_form_is_on(const struct api *api);
/* Where the page is, as browsers reach it. */
struct str card_form_url(struct api_request *request);
/* Whether an asset is the page's own, and therefore not there without it. */
bool card_form_owns(struct str path);

/* The handlers, and their shapes. */
void card_form_get(struct api_request *request);
void card_form_scripts(struct api_request *request);
extern const struct shape card_form_shape, card_form_scripts_shape;

#endif
