/* The sandbox's own tax rates: one a place, good enough to see every path of the procedure. They
 * resemble the standard rates of 2026 and are nobody's advice. docs/guide/sandbox.md lists them. */
#include "sandbox/tax.h"

#include <stdlib.h>
#include <string.h>

static const struct tax_place places[] = {
    {"US", "CA", 72500, "sales_tax", "Sales tax", false},
    {"US", "NY", 88750, "sales_tax", "Sales tax", false},
    {"US", "PA", 60000, "sales_tax", "Sales tax", false},
    {"US", "TX", 82500, "sales_tax", "Sales tax", false},
    {"US", "WA", 104000, "sales_tax", "Sales tax", false},
    {"US", "OR", 0, "sales_tax", "Sales tax", false},
    {"CA", "BC", 120000, "gst", "GST and PST", false},
    {"CA", "ON", 130000, "hst", "HST", false},
    {"CA", "QC", 149750, "gst", "GST and QST", false},
    {"CA", NULL, 50000, "gst", "GST", false},
    {"AT", NULL, 200000, "vat", "VAT", true},
    {"AU", NULL, 100000, "gst", "GST", false},
    {"BE", NULL, 210000, "vat", "VAT", true},
    {"CH", NULL, 81000, "vat", "VAT", false},
    {"DE", NULL, 190000, "vat", "VAT", true},
    {"DK", NULL, 250000, "vat", "VAT", true},
    {"ES", NULL, 210000, "vat", "VAT", true},
    {"FI", NULL, 255000, "vat", "VAT", true},
    {"FR", NULL, 200000, "vat", "VAT", true},
    {"GB", NULL, 200000, "vat", "VAT", false},
    {"IE", NULL, 230000, "vat", "VAT", true},
    {"IT", NULL, 220000, "vat", "VAT", true},
    {"JP", NULL, 100000, "jct", "JCT", false},
    {"NL", NULL, 210000, "vat", "VAT", true},
    {"NO", NULL, 250000, "vat", "VAT", false},
    {"NZ", NULL, 150000, "gst", "GST", false},
    {"PL", NULL, 230000, "vat", "VAT", true},
    {"PT", NULL, 230000, "vat", "VAT", true},
    {"SE", NULL, 250000, "vat", "VAT", true},
    {"SG", NULL, 90000, "gst", "GST", false},
};

const struct tax_place *tax_place_find(const char *country, const char *state) {
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        bool is_it = strcmp(places[i].country, country) == 0 &&
                     (places[i].state == NULL || strcmp(places[i].state, state) == 0);
        if (is_it) {
            return &places[i];
        }
    }
    return NULL;
}

/* The ranges of the first three digits, of the states in the table and their neighbours. */
static const struct range {
    int first, last;
    const char *state;
} ranges[] = {
    {100, 149, "NY"}, {150, 196, "PA"}, {197, 199, "DE"}, {750, 799, "TX"}, {885, 885, "TX"},
    {900, 961, "CA"}, {967, 968, "HI"}, {970, 979, "OR"}, {980, 994, "WA"}, {995, 999, "AK"},
    {5, 5, "NY"},     {10, 27, "MA"},   {60, 69, "CT"},   {70, 89, "NJ"},   {200, 200, "DC"},
    {201, 201, "VA"}, {202, 205, "DC"}, {206, 219, "MD"}, {220, 246, "VA"}, {320, 349, "FL"},
    {430, 459, "OH"}, {600, 629, "IL"}, {800, 816, "CO"}, {850, 865, "AZ"}, {889, 898, "NV"},
};

const char *tax_state_of_postal_code(const char *postal_code) {
    static const char digits[] = "0123456789";
    bool is_zip =
        strspn(postal_code, digits) == 5 && (postal_code[5] == '\0' || postal_code[5] == '-');
    if (!is_zip) {
        return NULL;
    }
    int prefix =
        (postal_code[0] - '0') * 100 + (postal_code[1] - '0') * 10 + (postal_code[2] - '0');
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        if (prefix >= ranges[i].first && prefix <= ranges[i].last) {
            return ranges[i].state;
        }
    }
    return "";
}
