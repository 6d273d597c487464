/* What of PCI DSS this installation meets, found out by looking: for the answer, and for packs of
 * evidence. */
#ifndef API_PCI_H
#define API_PCI_H

#include "api/request.h"

struct pci_line {
    struct str id, requirement, title;
    struct str result; /* "pass", "fail", "not_ours" */
    struct str detail; /* what was seen, or what is to be done */
};
/* All checks; the texts lie in the transaction's arena, or are constant. */
MUST_USE struct err pci_look(struct api *api, struct tx *tx, struct pci_line **ret_lines,
                             size_t *ret_count);

#endif
