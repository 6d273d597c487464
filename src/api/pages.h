/* The documents of ui/pages.json, as they are embedded. */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "api/api.h"
#include "core/locale.h"

struct api_request;

/* The document of a page: that of its own path ("/account/privacy.html"), or of the nearest above
 * ("/admin/contracts/:id" is shown by "/admin.html"). False: there is none in the program. */
MUST_USE bool pages_find_document(const struct api *api, struct str path, enum language language,
                                  struct arena *arena, struct api_asset *ret_asset);
/* Where what it says begins, in a document that is filled before it is sent: behind
 * `<div id="app">`. */
size_t pages_fill_at(struct str document);
/* Whether If-None-Match names it. */
bool pages_client_has(const struct http_request *http, struct str etag);
/* Without the pages in the program, a page that says so. */
void pages_reply_none(struct api_request *request);

#endif
