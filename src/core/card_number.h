/* Finds numbers of payment cards in what people write, so that none is kept (PCI DSS 4.0.1, 3.3 and
 * 3.4). Pure.
 *
 * A number is 13 to 19 decimal digits of any script that pass the check of ISO/IEC 7812-1 (Luhn),
 * with blanks and dashes of any kind between groups of them. One that begins as a network's and is
 * as long as that network's are is found among more digits so parted, from any group to any group;
 * any other where it is all of the digits, or stands among them in one piece or in fours.
 *
 * Not taken for one is what says by itself what else it is: a telephone number with its + (ITU-T
 * E.164), digits that begin with 00, an account whose own check digits are right (IBAN, ISO 13616),
 * nothing but dates (2026-11-22 2026-11-26), a time in milli-, micro- or nanoseconds, the number of
 * a French company's place behind the word SIRET, and digits that are part of a longer run. */
#ifndef CORE_CARD_NUMBER_H
#define CORE_CARD_NUMBER_H

#include <stdbool.h>

#include "base/str.h"

enum card_number_rule {
    CARD_NUMBER_ANY,    /* of free text */
    CARD_NUMBER_ISSUED, /* a network's only: where other numbers belong */
};

/* Whether one stands in the text, which is UTF-8; bytes that are not part no digits. */
bool card_number_is_in(struct str text, enum card_number_rule rule);

#endif
