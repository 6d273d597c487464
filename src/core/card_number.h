/* Finds numbers of payment cards in what people write, so that none is kept (PCI DSS 4.0.1, 3.3 and
 * 3.4). Pure.
 *
 * A number is 13 to 19 decimal digits of any script that pass the check of ISO/IEC 7812-1 (Luhn),
 * begin as an issuer's and are as long as that issuer's are. Blanks and dashes of any kind may
 * stand between them, and it may stand among more digits so parted. Not taken for one: a telephone
 * number with its + (ITU-T E.164), an account whose own check digits are right (IBAN, ISO 13616),
 * fourteen digits that are no Diners Club's (a French SIRET passes the same check), and digits that
 * are part of a longer run. */
#ifndef CORE_CARD_NUMBER_H
#define CORE_CARD_NUMBER_H

#include <stdbool.h>

#include "base/str.h"

/* Whether one stands in the text, which is UTF-8; bytes that are not part no digits. */
bool card_number_is_in(struct str text);

#endif
