/* The documents of ui/pages.json, as they are embedded. */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "api/api.h"
#include "core/locale.h"

/* The document of a page: that of its own path ("/account/privacy.html"), or of the nearest above
 * ("/admin/contracts/:id" is shown by "/admin.html"). False: there is none in the program. */
MUST_USE bool pages_find_document(const struct api *api, struct str path, enum language language,
                                  struct arena *arena, struct api_asset *ret_asset);

#endif
