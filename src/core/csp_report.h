/* What of a browser's report about the pages' policy is kept: which directive, and whom it has
 * stopped, as an origin. Addresses with their paths and queries may tell of people; of what has no
 * host only the word or the scheme is left. Pure.
 *
 * W3C Content Security Policy Level 3, section 5 (reporting); Reporting API. */
#ifndef CORE_CSP_REPORT_H
#define CORE_CSP_REPORT_H

#include <stdbool.h>

#include "base/str.h"

enum { CSP_BLOCKED_SIZE = 300 }; /* with the NUL */

/* The directive of the policy that a report names, by itself or with its values, as older browsers
 * do ("script-src 'self'"); bytes NULL: there is no such directive. */
struct str csp_directive_of(struct str text);

/* Whether what the directive stops could have been a script: what an assessor asks of first. */
bool csp_directive_is_of_scripts(struct str directive);

/* What was stopped: "https://evil.example:8443", a scheme that has no host ("data"), a word of the
 * standard ("inline", "eval"); "other" of anything else, and of a host with the number of a card.
 */
void csp_blocked_of(struct str text, char ret_blocked[CSP_BLOCKED_SIZE]);

#endif
