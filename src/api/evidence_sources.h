/* What the API knows of itself that is evidence (app/evidence.h). */
#ifndef API_EVIDENCE_SOURCES_H
#define API_EVIDENCE_SOURCES_H

#include "app/evidence.h"

extern const struct evidence_source api_evidence_sources[];
extern const size_t api_evidence_sources_count;

#endif
