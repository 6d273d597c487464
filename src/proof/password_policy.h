/* Which passwords may be chosen (NIST SP 800-63B, 3.1.1.2; OWASP ASVS 5.0, 6.2).
 *
 * 12 to 128 characters, any of Unicode, spaces included; nothing is cut off, changed or demanded:
 * no "one digit, one sign". Refused is what guessers try first: a password of the list that is
 * built in (tools/common_passwords.py), also with up to eight digits or signs behind it or written
 * several times, and one that is little more than words the guesser knows: the product's name, the
 * person's, their address. ASCII letters count the same in either case. */
#ifndef PROOF_PASSWORD_POLICY_H
#define PROOF_PASSWORD_POLICY_H

#include "base/str.h"

enum {
    PASSWORD_CHARACTERS_MIN = 12, /* Unicode code points */
    PASSWORD_CHARACTERS_MAX = 128,
};

enum password_refusal {
    PASSWORD_ACCEPTED,
    PASSWORD_NOT_TEXT, /* no UTF-8, or with control characters, which no keyboard gives */
    PASSWORD_TOO_SHORT,
    PASSWORD_TOO_LONG,
    PASSWORD_COMMON,
    PASSWORD_KNOWN_WORDS, /* fewer than 8 characters beside the words given */
};

/* `words` are texts that a guesser knows, as they are ("Ada Lovelace", "ada.l@example.com"): each
 * run of letters and digits of four bytes or more in them counts. */
enum password_refusal password_judge(struct str password, const struct str *words, size_t count);

/* One sentence for who chose it; empty when accepted. */
const char *password_refusal_text(enum password_refusal refusal);

#endif
