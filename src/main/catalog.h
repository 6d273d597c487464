/* The default catalogue, catalog/plans.json, as it was when the program was built. */
#ifndef MAIN_CATALOG_H
#define MAIN_CATALOG_H

#include "base/str.h"

struct str catalog_text(void);

#endif
