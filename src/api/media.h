/* Media types as they stand in Content-Type (RFC 9110, 8.3.1). Pure. */
#ifndef API_MEDIA_H
#define API_MEDIA_H

#include "base/str.h"

/* True when the header names `type`, in any case, with no charset but UTF-8. */
bool media_is(struct str header, struct str type);

#endif
