#include "core/accessibility.h"

#include "base/attr.h"
#include "base/check.h"

/* By country. No advice: a catalogue may name another. */
const struct accessibility_authority accessibility_authorities[] = {
    {"AT", "Sozialministeriumservice", "https://www.sozialministeriumservice.gv.at/"},
    {"DE",
     "Marktüberwachungsstelle der Länder für die Barrierefreiheit von Produkten und "
     "Dienstleistungen (MLBF)",
     "https://mlbf-barrierefrei.de/"},
    {"FR",
     "Direction générale de la concurrence, de la consommation et de la répression des "
     "fraudes (DGCCRF)",
     "https://www.economie.gouv.fr/dgccrf"},
    {"IE", "Competition and Consumer Protection Commission (CCPC)", "https://www.ccpc.ie/"},
    {"IT", "Agenzia per l'Italia digitale (AgID)", "https://www.agid.gov.it/"},
    {"NL", "Autoriteit Consument & Markt (ACM)", "https://www.acm.nl/"},
};
const size_t accessibility_authority_count = ARRAY_LEN(accessibility_authorities);

const struct accessibility_authority *accessibility_authority_of(struct str country) {
    for (size_t i = 0; i < ARRAY_LEN(accessibility_authorities); i++) {
        const struct accessibility_authority *authority = &accessibility_authorities[i];
        check(authority->name != NULL);
        check(authority->url != NULL);
        if (str_equal(country, str_from_cstr(authority->country))) {
            return authority;
        }
    }
    return NULL;
}

static int number_at(struct str text, size_t at, size_t len) {
    int number = 0;
    check(at + len <= text.len);
    for (size_t i = at; i < at + len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return -1;
        }
        number = number * 10 + (text.bytes[i] - '0');
    }
    return number;
}

bool accessibility_is_day(struct str text) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len != 10 || text.bytes[4] != '-' || text.bytes[7] != '-') {
        return false;
    }
    int year = number_at(text, 0, 4);
    int month = number_at(text, 5, 2);
    int day = number_at(text, 8, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    check(month >= 1);
    check((size_t)month <= ARRAY_LEN(days));
    return day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}
