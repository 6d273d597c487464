/* The built pages in the program, as the API looks them up. */
#ifndef MAIN_PAGES_H
#define MAIN_PAGES_H

#include "api/api.h"

bool pages_find(void *context, struct str path, struct api_asset *ret_asset);
bool pages_at(void *context, size_t index, struct str *ret_path, struct api_asset *ret_asset);

#endif
